"""How long a pause must be to end a turn: by what the script expects, by the words so far and by this caller's pace."""

from __future__ import annotations

import math
from datetime import UTC, datetime

from agent.hearing.decisions import Patience
from agent.hearing.growth import Growth
from agent.hearing.pace import CLOSING, CallerPace
from agent.hearing.waits import DEFAULT, PRESETS, UNHURRIED_MS, Waits
from calls.commands import Affirm
from calls.guidance import Guidance, SlotExpectation
from spoken import Choice, Context, Kind, Parsed, parse
from spoken.tokens import phrases, word_set, words_of

_SURE = 0.8
_GROWING = frozenset({Kind.phone, Kind.card, Kind.code, Kind.postcode, Kind.email, Kind.date_of_birth, Kind.datetime,
                      Kind.address})  # fmt: skip
_GROUPED = frozenset({Kind.phone, Kind.card, Kind.code, Kind.postcode, Kind.email, Kind.spelled_name, Kind.address})
"""said piece by piece, with a pause after each"""

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

_CENTURIES = word_set("nineteen twenty 19 20")
"""the first half of a year of birth: "nineteen ... eighty five" """

_GREETINGS = phrases(
    """hello | hi | hey | hello there | hi there | yes hello | good morning | good afternoon | good evening |
    hello good morning | hello good afternoon | hi good morning | hi good afternoon"""
)

# "Is this a whole date?" does not depend on which day it is, so no clock is asked.
_ANY_DAY = datetime(2026, 1, 5, 12, 0, tzinfo=UTC)


class WordPatience:
    """The rule for one call; ``expect`` changes what is expected, ``pace`` is what was learned of the caller."""

    def __init__(
        self, guidance: Guidance, locale: str = "en-US", turn_taking: str = "default", waits: Waits | None = None
    ) -> None:
        self._locale = locale if locale in ("en-US", "en-GB") else "en-US"
        self._waits = waits or PRESETS[turn_taking]
        self._growth = Growth()
        self.pace = CallerPace()
        self._turn_to(guidance)

    def expect(self, guidance: Guidance) -> None:
        """From now on."""
        if guidance is not self._guidance:
            self._turn_to(guidance)

    def _turn_to(self, guidance: Guidance) -> None:
        self._guidance = guidance
        self._judged: tuple[str, Patience] | None = None
        slot = self._slot = guidance.slot(guidance.primary)
        self.grouped = slot is not None and guidance.proposed is None and slot.kind in _GROUPED
        """whether a value is expected that is said piece by piece"""
        self._awaits_yes = guidance.proposed is not None or (
            slot.kind == Kind.yes_no if slot else Affirm.__name__ in guidance.allowed
        )

    def __call__(self, text: str, spoken_ms: float = math.inf) -> Patience:
        """The pause these words need, from this caller, who spoke for ``spoken_ms`` of the turn so far; without it the
        recognizer is taken at its word."""
        if self._judged is None or self._judged[0] != text:
            self._judged = text, self._by_words(text)
        found = self._judged[1]
        if self.grouped and not self._growth.plausible(text, spoken_ms) and found.reason == "complete":
            found = Patience(self._waits.incomplete, "incomplete")
        least_ms = self.pace.least_ms(grouped=self.grouped)
        if found.reason == "complete":
            least_ms *= CLOSING
        if self._guidance.unhurried:
            least_ms = max(least_ms, UNHURRIED_MS)
        keen = self.grouped or self._guidance.unhurried
        return Patience(max(found.ms, least_ms), found.reason, keen)

    def turned(self) -> None:
        """A turn is over."""
        self.pace.turned()
        self._growth.forget()

    def is_useful(self, text: str) -> bool:
        """Whether the words hold what the script expects, where it expects a value, or a yes or no."""
        slot, agrees = self._slot, self._awaits_yes
        if slot is None and not agrees:
            return True
        if agrees and parse(Kind.yes_no, text, Context(_ANY_DAY, "UTC", self._locale)) is not None:
            return True
        return slot is not None and (slot.kind == "free_text" or self._value(slot, text) is not None)

    def _by_words(self, text: str) -> Patience:
        waits = self._waits
        base = waits.base.get(self._guidance.patience, waits.base["normal"])
        words = words_of(text)
        if not words:
            return Patience(base)
        if _THINKING.ends_at(words, len(words)):
            return Patience(max(base, waits.thinking), "thinking")
        answer = self._answered(text, words)
        if answer is not None:
            return answer
        slot = self._slot
        found = self._value(slot, text) if slot else None
        if found is not None and slot is not None:
            kind = Kind(slot.kind)
            if kind is Kind.date_of_birth and words[-1] in _CENTURIES:
                return Patience(max(base, waits.incomplete), "incomplete")
            if _closes(found, kind, text) and (kind is not Kind.code or slot.length is not None):
                return Patience(min(base, waits.closing[kind]), "complete")
            if kind in _GROWING and not found.complete:
                return Patience(max(base, waits.incomplete), "incomplete")
        # Letters and digits may end in "a" or "double", which are no articles there; after the value check.
        if words[-1] in _DANGLING_WORDS or _DANGLING_PHRASES.ends_at(words, len(words)):
            return Patience(max(base, waits.dangling), "dangling")
        if slot is not None and slot.kind == Kind.spelled_name and len(words) < 3:
            return Patience(max(base, waits.incomplete), "incomplete")
        if self.grouped:
            return Patience(max(base, waits.grouped))
        if slot is None and _GREETINGS.ends_at(words, len(words)) == len(words) and not text.endswith("?"):
            return Patience(max(base, waits.greeting), "greeting")
        return Patience(base)

    def _answered(self, text: str, words: tuple[str, ...]) -> Patience | None:
        """A plain yes or no where one is awaited."""
        if not self._awaits_yes:
            return None
        if self._guidance.proposed is None and _DANGLING_PHRASES.ends_at(words, len(words)):
            return None  # "it is" agrees to what was read back; else it begins a sentence
        found = parse(Kind.yes_no, text, Context(_ANY_DAY, "UTC", self._locale))
        if found is None or not found.complete or found.confidence < _SURE or not _at_end(found, text):
            return None
        return Patience(self._waits.closing[Kind.yes_no] if found.value else self._waits.no, "complete")

    def _value(self, slot: SlotExpectation, text: str) -> Parsed | None:
        try:
            kind = Kind(slot.kind)
        except ValueError:
            return None
        choices = tuple(Choice(option.id, option.says) for option in slot.options)
        context = Context(_ANY_DAY, "UTC", self._locale, choices, length=slot.length, business_hours=slot.hours)
        return parse(kind, text, context)


def _closes(found: Parsed, kind: Kind, text: str) -> bool:
    return kind in DEFAULT.closing and found.complete and found.confidence >= _SURE and _at_end(found, text)


def _at_end(found: Parsed, text: str) -> bool:
    """Nothing but courtesies after the value: who goes on after it is not done."""
    rest = words_of(text[found.span[1] :])
    return all(word in ("please", "thanks", "thank", "you", "sir", "maam") for word in rest)
