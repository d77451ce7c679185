"""Slot values in a turn: the slot asked for first and leniently, every other one only on firm evidence."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from agent.understanding.wording import stripped
from calls.errors import EngineError
from calls.guidance import Guidance, SlotExpectation
from calls.run import CallFacts
from spoken import SUPPORTED_LOCALES, Choice, Context, Kind, Parsed, SpokenError, parse, parse_all

_LENIENT = frozenset({Kind.person_name, Kind.spelled_name, Kind.free_text, Kind.address})
"""Kinds which would take other values' words for their own."""
_CHANGE = re.compile(
    r"\b(?:change|correct|fix|update|wrong|different|another|new|not|isnt|mistake|edit|move|instead|redo|incorrect)\b"
)
_NAMED_AFTER = re.compile(r"\b([^\W\d]+) is (?:the |my )?(first|last)(?: name)?\b", re.IGNORECASE)
""" "Tom is the first": a first name, and no day of the month"""
_LEAST = 0.3
"""below this a find is a guess, not a value"""


@dataclass(frozen=True, slots=True)
class Reading:
    """A value and the slot it belongs to."""

    slot: SlotExpectation
    parsed: Parsed


def kind_of(slot: SlotExpectation) -> Kind:
    """The kind of a slot. Raises EngineError for one that ``spoken`` does not know."""
    try:
        return Kind(slot.kind)
    except ValueError:
        raise EngineError("understanding", f"slot {slot.slot!r} has the unknown kind {slot.kind!r}") from None


def context_for(slots: Sequence[SlotExpectation], facts: CallFacts) -> Context:
    """What values of these slots are heard against. Raises EngineError when the line's zone is unknown."""
    locale = facts.locale if facts.locale in SUPPORTED_LOCALES else _nearest(facts.locale)
    choices = tuple(Choice(o.id, o.says) for slot in slots for o in slot.options)
    length = next((slot.length for slot in slots if slot.length is not None), None)
    hours = next((slot.hours for slot in slots if slot.hours is not None), None)
    try:
        now = datetime.fromisoformat(facts.wall)
        return Context(now, facts.timezone, locale, choices, length=length, business_hours=hours)
    except (SpokenError, ValueError) as error:
        raise EngineError("understanding", f"the call's time context is unusable: {error}") from error


def _nearest(locale: str) -> str:
    return "en-GB" if locale.lower().replace("_", "-") in ("en-ie", "en-au", "en-nz", "en-in", "en-za") else "en-US"


def read_values(text: str, guidance: Guidance, facts: CallFacts) -> list[Reading]:
    """Every value in ``text`` that some slot would take, the primary's first."""
    slots = [slot for slot in guidance.slots if kind_of(slot) is not Kind.yes_no]
    if not slots or not text.strip():
        return []
    primary = next((slot for slot in slots if slot.slot == guidance.primary), None)
    if primary is not None and kind_of(primary) is Kind.person_name:
        text = _NAMED_AFTER.sub(r"\2 name \1", text)
    others = [slot for slot in slots if slot is not primary and kind_of(slot) not in (Kind.free_text,)]
    own = parse(kind_of(primary), text, context_for([primary], facts)) if primary else None
    if own is not None and own.confidence < _LEAST:
        own = None
    firm = _firm(text, [*([primary] if primary else []), *others], facts)
    if own is None and firm and primary is not None and kind_of(primary) in _LENIENT:
        own = _beside(primary, text, firm, facts)
    readings: list[Reading] = []
    if own is not None and primary is not None:
        own, firm = _settle_primary(own, firm, text)
        if own is not None:
            readings.append(Reading(primary, own))
    taken = {reading.slot.slot for reading in readings}
    for parsed in firm:
        slot = _slot_of(parsed, [s for s in (*others, *([primary] if primary else [])) if s.slot not in taken], text)
        if slot is not None:
            readings.append(Reading(slot, _within(parsed, slot)))
            taken.add(slot.slot)
    return readings or _bare_amount(text, guidance, facts)


def _bare_amount(text: str, guidance: Guidance, facts: CallFacts) -> list[Reading]:
    """Asked "all of it, or a part?" callers say "thirty five": an amount, where one is wanted and little else said."""
    wanted = [slot for slot in guidance.slots if kind_of(slot) is Kind.money and not slot.filled]
    if guidance.primary or len(wanted) != 1:
        return []
    found = parse(Kind.money, text, context_for(wanted, facts))
    if found is None or found.confidence < _LEAST or 2 * len(found.text.split()) < len(text.split()):
        return []
    return [Reading(wanted[0], found)]


def _beside(slot: SlotExpectation, text: str, firm: Sequence[Parsed], facts: CallFacts) -> Parsed | None:
    """A lenient value in what is left: "Anna Miller, and my number is 212 555 0192"."""
    for parsed in firm:
        start, end = parsed.span
        text = text[:start] + " " * (end - start) + text[end:]
    found = parse(kind_of(slot), text, context_for([slot], facts))
    return found if found is not None and found.confidence >= _LEAST else None


def _firm(text: str, slots: Sequence[SlotExpectation], facts: CallFacts) -> list[Parsed]:
    """Unmistakable values of any of the slots' kinds, no word used twice."""
    kinds = [kind_of(slot) for slot in slots if kind_of(slot) is not Kind.free_text]
    if not kinds:
        return []
    # One kind alone would be read leniently; named beside another it is read strictly.
    strict = kinds if len(kinds) > 1 else [*kinds, Kind.email if kinds[0] is not Kind.email else Kind.card]
    found = parse_all(strict, text, context_for(slots, facts))
    return [parsed for parsed in found if parsed.kind in kinds and parsed.confidence >= _LEAST]


def _settle_primary(own: Parsed, firm: list[Parsed], text: str) -> tuple[Parsed | None, list[Parsed]]:
    """Who owns the words both claim. Returns the primary's value, and what is left for the others."""
    same = [parsed for parsed in firm if parsed.kind is own.kind]
    rest = [parsed for parsed in firm if parsed.kind is not own.kind]
    if same and own.kind in (Kind.person_name, Kind.spelled_name) and own.complete and _holds(own, same[0]):
        return own, [*same[1:], *rest]
    if same:
        return same[0] if same[0].complete or not own.complete else own, [*same[1:], *rest]
    rivals = [parsed for parsed in rest if _overlap(parsed, own)]
    if rivals and own.kind is Kind.free_text:
        return own, []
    if rivals and own.kind in _LENIENT:
        return None, rest
    return own, [parsed for parsed in rest if parsed not in rivals]


def _holds(whole: Parsed, part: Parsed) -> bool:
    """ "Amy, and then S A T O": read as the answer it is the whole name, read on its own only what was spelled."""
    return len(str(whole.value).split()) > len(str(part.value).split()) and _overlap(whole, part)


def _overlap(a: Parsed, b: Parsed) -> bool:
    return a.span[0] < b.span[1] and b.span[0] < a.span[1]


def _slot_of(parsed: Parsed, slots: Sequence[SlotExpectation], text: str) -> SlotExpectation | None:
    """The slot named just before the value, else the first that is still open, else the first of its kind."""
    fitting = [slot for slot in slots if kind_of(slot) is parsed.kind and _takes(slot, parsed)]
    if len(fitting) > 1:
        before = text[: parsed.span[0]].lower()
        named = [(max(before.rfind(name) for name in names_of(slot)), slot) for slot in fitting]
        best = max(named, key=lambda entry: entry[0])
        if best[0] >= 0:
            return best[1]
    return next((slot for slot in fitting if not slot.filled), fitting[0] if fitting else None)


def _takes(slot: SlotExpectation, parsed: Parsed) -> bool:
    return not slot.options or parsed.value in {option.id for option in slot.options}


def _within(parsed: Parsed, slot: SlotExpectation) -> Parsed:
    """Without alternatives that belong to another slot's options."""
    if not slot.options:
        return parsed
    ids = {option.id for option in slot.options}
    return replace(parsed, alternatives=tuple(a for a in parsed.alternatives if a in ids))


def names_of(slot: SlotExpectation) -> tuple[str, ...]:
    """What people call the slot, lower case."""
    return tuple(dict.fromkeys(n.lower() for n in (*slot.names, slot.slot.replace("_", " "))))


def named_for_change(words: str, guidance: Guidance) -> list[SlotExpectation]:
    """The slot in "I want to change the date" and "the time is wrong"; empty when no change is asked for.

    Where nothing is asked but whether all is right, or what is not, names alone will do: "no, the date", "the name and
    the time".
    """
    if not _CHANGE.search(words):
        bare = [re.sub(r"^(?:(?:a|an|the|my) )+", "", one) for one in stripped(words).split(" and ")]
        named = [_called(one, guidance) for one in bare]
        filled = [slot for slot in named if slot is not None and slot.filled]
        return filled if len(filled) == len(named) and not guidance.primary else []
    places = [
        (found.start(), slot)
        for slot in guidance.slots
        for name in names_of(slot)
        if (found := re.search(rf"\b{re.escape(name.removeprefix('the '))}\b", words))
    ]
    return [min(places, key=lambda entry: entry[0])[1]] if places else []


def _called(name: str, guidance: Guidance) -> SlotExpectation | None:
    return next((slot for slot in guidance.slots if name in {_without_article(one) for one in names_of(slot)}), None)


def _without_article(name: str) -> str:
    return name.removeprefix("the ").removeprefix("my ")
