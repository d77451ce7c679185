"""Values that come in pieces, or that choose among what was just offered."""

from __future__ import annotations

import re
from datetime import datetime

from agent.understanding.values import context_for, kind_of
from agent.understanding.wording import plain, stripped
from calls.commands import Command, CorrectSlot, FillPart, FillSlot, Value
from calls.guidance import Guidance, SlotExpectation
from calls.run import CallFacts
from spoken import Kind, Parsed, extend, parse

_DIGITS = frozenset({Kind.phone, Kind.card, Kind.code, Kind.postcode})
_CALENDAR = frozenset({Kind.date, Kind.time, Kind.datetime, Kind.date_of_birth})

_COMPLETABLE = 0.4
"""confidence of a part; less has digits too many, and is a value to be refused"""

_MONTH = "january|february|march|april|may|june|july|august|september|october|november|december"
_DAY_FRAGMENT = re.compile(
    rf"^(?:(?:of|in|on|for|early|late|sometime|some time|any ?time|maybe|the|by|mid|around|end of|beginning of) )*"
    rf"(?:{_MONTH}|(?:this|next|the following|that|the same) (?:week|month|weekend)|week|weekend|month)$"
)
_TIME_FRAGMENT = re.compile(
    r"^(?:(?:in|at|on|for|early|late|sometime|some time|any ?time|maybe|the|by|mid|rather|during|of|preferably) )*"
    r"(?:morning|mornings|afternoon|afternoons|evening|evenings|night|noon|am|a m|pm|p m)$"
)
_PLACES = {
    "first": 0, "former": 0, "second": 1, "latter": -1, "third": 2, "last": -1, "middle": 1, "one": 0,
}  # fmt: skip
_PICK = re.compile(
    r"(?:(?:ill take|lets take|lets do|i want|id like|give me|take|make it|the|that) )*"
    r"(first|former|second|latter|third|last|middle|earlier|earliest|soonest|later|latest)"
    r"(?: (?:one|of those|of these|of the two|time|day|option|please|works|is fine|is good|would be good))*"
)


_ANY = re.compile(
    r"(?:(?:ill take|lets take|id like|give me|i can do|is|its|whats|at) )*"
    r"(?:(?:any|any ?time|whenever|whatever|whichever|anything)(?: (?:of (?:those|them)|time|one|you have|you like|"
    r"you prefer|you want|is free|is available|suits you|is best|is easiest))*"
    r"|(?:the )?(?:very )?(?:earliest|soonest|first)(?: (?:one|time|possible|available|slot|opening|you have|you got|"
    r"youve got|thats free|there is|you can do))*"
    r"|(?:as )?(?:early|soon) as (?:possible|you can|you have)|i dont mind|i do not mind|i dont care|im easy"
    r"|im flexible|you (?:pick|choose|decide)|surprise me)"
    r"(?: (?:works|work|is fine|is good|is ok|is okay|will do|would be good|would be great|for me|with me|by me))*"
)
_SOONEST = re.compile(r"\b(?:earliest|soonest|early|soon)\b")
_UNASKED = 0.6
"""confidence of what the caller left to us: it is read back on its own"""


def left_to_us(text: str, guidance: Guidance) -> Command | None:
    """ "The earliest you have", "any time", where free times have been told: the first of them."""
    slot = guidance.slot(guidance.primary)
    if slot is None or slot.filled or not slot.free or FillSlot.__name__ not in guidance.allowed:
        return None
    words = plain(text)
    if not _ANY.fullmatch(words) and not _ANY.fullmatch(stripped(words)):
        return None
    value = min(slot.free, key=str) if _SOONEST.search(words) else slot.free[0]
    return FillSlot(slot.slot, value, text, _UNASKED)


def picked(text: str, guidance: Guidance) -> Command | None:
    """ "The second one", where values were just named to choose from."""
    slot = guidance.slot(guidance.primary)
    if slot is None or len(guidance.offered) < 2:
        return None
    found = _PICK.fullmatch(stripped(plain(text)))
    if found is None:
        return None
    word, offered = found.group(1), guidance.offered
    if word in ("earlier", "earliest", "soonest"):
        value: Value = min(offered, key=str)
    elif word in ("later", "latest"):
        value = max(offered, key=str)
    elif _PLACES[word] < len(offered):
        value = offered[_PLACES[word]]
    else:
        return None
    return _taken(slot, value, text, 0.95)


def _taken(slot: SlotExpectation, value: Value, text: str, sure: float) -> Command:
    return CorrectSlot(slot.slot, value, text, sure) if slot.filled else FillSlot(slot.slot, value, text, sure)


def completed(text: str, guidance: Guidance, facts: CallFacts) -> Command | None:
    """The value that this turn makes of the part before it, or the longer part."""
    slot = guidance.slot(guidance.primary)
    if slot is None or guidance.part is None or _is_read_back(slot, guidance):
        return None
    kind, context = kind_of(slot), context_for([slot], facts)
    if kind in _DIGITS or (kind is Kind.datetime and _is_canonical(str(guidance.part))):
        found = extend(kind, guidance.part, text, context)
    elif kind in _CALENDAR:
        found = _joined(kind, str(guidance.part), text, slot, facts)
    else:
        return None
    if found is None:
        return None
    words = f"{guidance.part} {text}" if kind in _CALENDAR else text
    if found.complete or (kind in _DIGITS and found.confidence < _COMPLETABLE):
        return _taken(slot, found.value, words, found.confidence)
    return _part(slot, found.value, text)


def _is_read_back(slot: SlotExpectation, guidance: Guidance) -> bool:
    """A value of the caller's own awaits a yes; the number they call from, proposed, may be answered with another."""
    return guidance.proposed is not None and slot.filled


def _part(slot: SlotExpectation, value: Value, text: str) -> FillPart:
    return FillPart(slot.slot, value, text)


def _is_canonical(part: str) -> bool:
    try:
        datetime.fromisoformat(part)
    except ValueError:
        return bool(re.fullmatch(r"[0-9]{2}:[0-9]{2}", part))
    return True


def _joined(kind: Kind, before: str, text: str, slot: SlotExpectation, facts: CallFacts) -> Parsed | None:
    """Both orders: "the fourteenth" and "of March", "in March" and "the fourteenth"."""
    context = context_for([slot], facts)
    words = re.sub(r"^(?:in|sometime|some time|maybe) ", "of " if kind is Kind.date else "in ", plain(before))
    tries = [parse(kind, f"{text} {words}", context), parse(kind, f"{before} {text}", context)]
    found = [each for each in tries if each is not None and each.complete]
    alone = parse(kind, text, context)
    better = [each for each in found if alone is None or len(each.text.split()) > len(alone.text.split())]
    return max(better, key=lambda each: len(each.text.split()), default=alone)


def part_in(text: str, guidance: Guidance, facts: CallFacts) -> Command | None:
    """A part of the value asked for, of a kind that can be completed later."""
    slot = guidance.slot(guidance.primary)
    if slot is None or _is_read_back(slot, guidance) or FillPart.__name__ not in guidance.allowed:
        return None
    kind = kind_of(slot)
    if kind in _DIGITS or kind is Kind.datetime:
        found = parse(kind, text, context_for([slot], facts))
        if found is not None and not found.complete and found.confidence >= _COMPLETABLE and not slot.filled:
            return _part(slot, found.value, text)
    words = stripped(plain(text))
    if kind in (Kind.date, Kind.datetime) and _DAY_FRAGMENT.fullmatch(words):
        return _part(slot, words, text)
    if kind in (Kind.time, Kind.datetime) and _TIME_FRAGMENT.fullmatch(words):
        return _part(slot, words, text)
    return None


def added(text: str, guidance: Guidance, facts: CallFacts) -> Command | None:
    """A piece that completes a value given the turn before: "of March", after "the fourteenth" was taken."""
    words = stripped(plain(text))
    day, hour = _DAY_FRAGMENT.fullmatch(words), _TIME_FRAGMENT.fullmatch(words)
    if not day and not hour:
        return None
    kinds = (Kind.date, Kind.datetime) if day else (Kind.time, Kind.datetime)
    for slot in guidance.slots:
        if not slot.filled or not slot.said or kind_of(slot) not in kinds or slot.slot == guidance.primary:
            continue
        found = _joined(kind_of(slot), slot.said, text, slot, facts)
        if found is not None:
            return CorrectSlot(slot.slot, found.value, f"{slot.said} {text}", found.confidence)
    return None
