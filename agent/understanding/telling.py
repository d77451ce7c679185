"""What is told in free words: a problem, a message, a question. Nearly anything may be said in one, so that only what
is plainly about the talk is taken for something else; and what was written down is put right by its name."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from agent.understanding.intents import IntentFound
from agent.understanding.values import context_for, kind_of, names_of
from agent.understanding.wording import plain
from calls.commands import AskHuman, Command, CorrectSlot, Explain, FillSlot, Remark, StartWorkflow
from calls.guidance import Guidance, SlotExpectation
from calls.run import CallFacts
from spoken import Kind, parse

OUTBURST = 7
"""words up to which an outburst is no account of anything"""
_TURNS_AWAY = re.compile(
    r"^(?:(?:oh|um|uh|well|sorry|okay|ok|so) )*(?:actually|instead|no|wait|forget (?:it|that)|never ?mind)\b"
)
_LEADS = (
    r"i (?:gave|told|left|said|mentioned|meant|mean)(?: you)?",
    r"you (?:have|wrote|took|read|put|noted)(?: down| back| out)?",
    r"before|earlier|just now|though|again|really|actually|rather|more like|no|sorry",
    r"(?:is|was|isn['’]?t|wasn['’]?t|is not|was not|got)(?: all| quite)? (?:wrong|right|correct|incorrect|off)",
    r"it['’]?s|it is|it was|that['’]?s|that is|is|was|as|with|to (?:say|be|read)|to|into",
    r"(?:should|has to|needs to|ought to|must|will) (?:be|say|read|have been)",
    r"make (?:it|that)|say|um|uh|er|erm|oh|well|so|like|you know|which is",
)
_LEAD = re.compile(rf"[\s,.;:!-]*\b(?:{'|'.join(_LEADS)})\b[\s,.;:!-]*", re.IGNORECASE)
"""between the name of what was written down and what it should be"""
_LOOSE = frozenset({Kind.person_name, Kind.spelled_name, Kind.address})
"""kinds whose values are read leniently only where they are asked for, or after their name"""


def is_told(guidance: Guidance) -> bool:
    """Whether free words are being asked for."""
    slot = guidance.slot(guidance.primary)
    return slot is not None and kind_of(slot) is Kind.free_text and guidance.proposed is None and not slot.filled


def about_the_talk(wishes: Sequence[IntentFound], words: str) -> list[IntentFound]:
    """Those which are the whole turn, and outbursts: of a longer account a wish is a part."""
    short = len(words.split()) <= OUTBURST
    loud = (Remark, AskHuman, Explain)
    return [replace(wish, whole=True) for wish in wishes if wish.whole or (short and isinstance(wish.command, loud))]


def turns_away(scripts: Sequence[StartWorkflow], words: str) -> tuple[StartWorkflow, ...]:
    """Requests that are meant as such: "actually, I want to cancel"; a message may speak of anything."""
    return tuple(scripts) if _TURNS_AWAY.match(words) else ()


def retold(text: str, guidance: Guidance, facts: CallFacts) -> Command | None:
    """ "The problem is wrong, it's that the screen flickers": what was written down, put right."""
    return _put_right(text, guidance, facts, frozenset({Kind.free_text}))


def renamed(text: str, guidance: Guidance, facts: CallFacts) -> Command | None:
    """The same for a name or an address: "sorry about the name before, it's really Ana Lund"."""
    return _put_right(text, guidance, facts, _LOOSE)


def _put_right(text: str, guidance: Guidance, facts: CallFacts, kinds: frozenset[Kind]) -> Command | None:
    if CorrectSlot.__name__ not in guidance.allowed and FillSlot.__name__ not in guidance.allowed:
        return None
    for slot in guidance.slots:
        kind = kind_of(slot)
        if kind not in kinds or not slot.filled:
            continue
        rest = _after_name(text, slot)
        found = parse(kind, rest, context_for([slot], facts)) if rest else None
        if found is not None and found.complete:
            value = rest if kind is Kind.free_text else found.value
            return CorrectSlot(slot.slot, value, rest, 0.8)
    return None


def _after_name(text: str, slot: SlotExpectation) -> str:
    """What is said after the slot's name and the words that lead to a new value; empty without either."""
    names = "|".join(re.escape(re.sub(r"^(?:the|my) ", "", name)) for name in names_of(slot))
    named = re.search(rf"\b(?:{names})\b", text, re.IGNORECASE)
    if named is None:
        return ""
    rest, led = text[named.end() :], False
    while found := _LEAD.match(rest):
        rest, led = rest[found.end() :], True
    least = 2 if kind_of(slot) is Kind.free_text else 1
    return rest.strip() if led and len(plain(rest).split()) >= least else ""
