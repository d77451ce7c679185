"""How long a pause must be to end a turn: by what the script expects and by the words so far."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime

from agent.hearing.decisions import Patience
from calls.commands import Affirm
from calls.guidance import Guidance, SlotExpectation
from spoken import Choice, Context, Kind, Parsed, parse
from spoken.tokens import phrases, word_set, words_of

BASE_MS: Mapping[str, float] = {"quick": 350.0, "normal": 500.0, "patient": 1_000.0}
DANGLING_MS = 1_400.0
"""after words that want more words"""
THINKING_MS = 1_800.0
"""after "um" and "let me see" """
INCOMPLETE_MS = 1_500.0
"""after a part of a number, a code or a spelled name"""

# How soon a whole, valid value of the expected kind may close the turn. A kind that is missing here may
# always grow ("the blue one" ... "with the stripes"), so it keeps the ordinary patience. A "no" is often
# followed by what is meant instead, therefore it waits longer than a "yes".
_CLOSES_MS: Mapping[Kind, float] = {
    Kind.yes_no: 300.0, Kind.choice: 350.0, Kind.party_size: 400.0, Kind.date: 400.0, Kind.time: 450.0,
    Kind.datetime: 400.0, Kind.phone: 500.0, Kind.card: 500.0, Kind.code: 500.0, Kind.postcode: 500.0,
    Kind.date_of_birth: 500.0, Kind.duration: 450.0, Kind.email: 700.0,
}  # fmt: skip
_NO_MS = 500.0
_SURE = 0.8
_GROWING = frozenset({Kind.phone, Kind.card, Kind.code, Kind.postcode, Kind.email, Kind.date_of_birth, Kind.datetime})

_DANGLING_WORDS = word_set(
    """and or but so because the a an my your our his her their at on in for to of from with by about between
    until till after before around than is are was were be its im ill id ive thats whats as if that which
    who please-call dash dot underscore double triple plus versus per via into onto like
    half quarter mr mrs ms dr"""
)
_DANGLING_PHRASES = phrases(
    """my name is | the name is | name is | it is | that is | i am | i would like | i would like to | i want |
    i want to | i need | i need to | i was wondering | i was wondering if | can i | could i | can you |
    could you | do you | do you have | would it be | make it | change it to | my number is | the number is |
    my email is | my phone number is | the code is | how about | what about | maybe | actually | instead of |
    id like to | i think | let me"""
)
_THINKING = phrases(
    """um | umm | uh | uhh | er | erm | hmm | hm | ah | well | let me see | let me think | let me check | let us see |
    lets see | one moment | just a second | hold on | you know | i mean | how do i say | what was it"""
)

# "Is this a whole date?" does not depend on which day it is, so no clock is asked.
_ANY_DAY = datetime(2026, 1, 5, 12, 0, tzinfo=UTC)


class WordPatience:
    """The rule for one call; ``expect`` changes what is expected."""

    def __init__(self, guidance: Guidance, locale: str = "en-US") -> None:
        self._locale = locale if locale in ("en-US", "en-GB") else "en-US"
        self._guidance = guidance

    def expect(self, guidance: Guidance) -> None:
        """From now on."""
        self._guidance = guidance

    def __call__(self, text: str) -> Patience:
        """The pause these words need."""
        base = BASE_MS.get(self._guidance.patience, BASE_MS["normal"])
        words = words_of(text)
        if not words:
            return Patience(base)
        if _THINKING.ends_at(words, len(words)):
            return Patience(max(base, THINKING_MS), "thinking")
        answer = self._answered(text)
        if answer is not None:
            return answer
        slot = self._guidance.slot(self._guidance.primary)
        found = self._value(slot, text) if slot else None
        if found is not None and slot is not None:
            kind = Kind(slot.kind)
            if _closes(found, kind, text):
                return Patience(min(base, _CLOSES_MS[kind]), "complete")
            if kind in _GROWING and not found.complete:
                return Patience(max(base, INCOMPLETE_MS), "incomplete")
        # Letters and digits may end in "a" or "double", which are no articles there; after the value check.
        if words[-1] in _DANGLING_WORDS or _DANGLING_PHRASES.ends_at(words, len(words)):
            return Patience(max(base, DANGLING_MS), "dangling")
        if slot is not None and slot.kind == Kind.spelled_name:
            return Patience(max(base, INCOMPLETE_MS if len(words) < 3 else base), "silence")
        return Patience(base)

    def _answered(self, text: str) -> Patience | None:
        """A plain yes or no where one is awaited."""
        slot = self._guidance.slot(self._guidance.primary)
        awaited = self._guidance.proposed is not None or (
            slot.kind == Kind.yes_no if slot else Affirm.__name__ in self._guidance.allowed
        )
        if not awaited:
            return None
        words = words_of(text)
        if self._guidance.proposed is None and _DANGLING_PHRASES.ends_at(words, len(words)):
            return None  # "it is" agrees to what was read back; else it begins a sentence
        found = parse(Kind.yes_no, text, Context(_ANY_DAY, "UTC", self._locale))
        if found is None or not found.complete or found.confidence < _SURE or not _at_end(found, text):
            return None
        return Patience(_CLOSES_MS[Kind.yes_no] if found.value else _NO_MS, "complete")

    def _value(self, slot: SlotExpectation, text: str) -> Parsed | None:
        try:
            kind = Kind(slot.kind)
        except ValueError:
            return None
        choices = tuple(Choice(option.id, option.says) for option in slot.options)
        context = Context(_ANY_DAY, "UTC", self._locale, choices, length=slot.length, business_hours=slot.hours)
        return parse(kind, text, context)


def _closes(found: Parsed, kind: Kind, text: str) -> bool:
    return kind in _CLOSES_MS and found.complete and found.confidence >= _SURE and _at_end(found, text)


def _at_end(found: Parsed, text: str) -> bool:
    """Nothing but courtesies after the value: who goes on after it is not done."""
    rest = words_of(text[found.span[1] :])
    return all(word in ("please", "thanks", "thank", "you", "sir", "maam") for word in rest)
