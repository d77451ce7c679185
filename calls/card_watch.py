"""Card numbers said unasked: found in every transcript before anything else sees it. See ``docs/card-data.md``."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Protocol

from calls.guidance import Guidance, SlotExpectation
from calls.keyed_cards import KeyedRow, card_in
from calls.run import CallFacts
from calls.secure_entry import luhn
from calls.signals import CallerSaid, SpeechGrew, TurnLikely
from calls.speech import Heard, HeardBy
from calls.state import CallState

_WORDS_OF = re.compile(r"words|stress")

LATELY_MS = 60_000
"""So long after a card number was stopped, shorter runs of digits count as its rest."""

MASK = "[card number]"
"""in place of the digits"""

KEYED_MASK = "[digits]"
"""in place of keys that answer nothing: perhaps a card's, perhaps a slip"""


@dataclass(frozen=True, slots=True)
class CardFound:
    """A transcript without the digits."""

    text: str
    stop: bool
    """the caller is to be stopped; else it may yet turn out to be something else"""
    doubtful: bool = False
    """a partial with more digits than what was asked for, some of them twice: a card, or a number that was doubled"""


class CardWatch(Protocol):
    """Looks at every transcript, partial ones too. Pure, and fast enough to be asked ten times a second."""

    def find(
        self, text: str, locale: str, expected: str, *, wary: bool = False, partial: bool = False
    ) -> CardFound | None:
        """What is likely a card number, from its fourth digit on; None when there is none.

        ``expected``: the kind of value the script has asked for, of which digits are no surprise. ``wary``: this line
        takes cards, or one was stopped a moment ago. ``partial``: the caller has not finished.
        """

    def answers(self, keys: str, words: str, guidance: Guidance, facts: CallFacts) -> bool:
        """Whether a whole entry of keys, and the ``words`` just before it, are what the script can take now."""


class NoCards:
    """Implements ``CardWatch`` for calls in which nothing is looked for."""

    def find(
        self, text: str, locale: str, expected: str, *, wary: bool = False, partial: bool = False
    ) -> CardFound | None:
        """None."""
        return None

    def answers(self, keys: str, words: str, guidance: Guidance, facts: CallFacts) -> bool:
        """True."""
        return True


Words = SpeechGrew | TurnLikely | CallerSaid


class CardScreen:
    """One per call, before anything else has seen what was heard: what is recorded, understood or asked of a model is
    made of what it lets pass.

    What a recognizer says of a number while it is said may have its digits twice, and right again a moment later. So a
    doubtful partial is masked at once, and stops the caller when the next partial, or the end of the turn, says so too.
    """

    def __init__(
        self, watch: CardWatch, locale: str, facts: Callable[[CallState, float], CallFacts], *, pays: bool
    ) -> None:
        """``pays``: cards can be keyed in on this line, so that digits nobody asked for are likely one."""
        self._watch = watch
        self._locale = locale
        self._facts = facts
        self._pays = pays
        self._keyed = KeyedRow()
        self._doubted = 0
        """the caller's turn of which the newest partial was doubtful"""

    def clean(self, signal: Words, guidance: Guidance, state: CallState, at_ms: float) -> Words:
        """``signal`` without the digits of a card number, and marked so; as it is when there are none."""
        text = signal.text if isinstance(signal, SpeechGrew) else signal.heard.text
        expected = guidance.slot(guidance.primary)
        keyed = isinstance(signal, CallerSaid) and signal.heard.by is HeardBy.KEYS
        if not keyed and any(character.isalnum() for character in text):
            self._keyed.spoken()
        if isinstance(signal, CallerSaid) and _spells(signal.heard, expected):
            self._keyed.spoken()
            return signal
        wary = self._pays or at_ms - state.card_ms < LATELY_MS
        kind, partial = expected.kind if expected else "", isinstance(signal, SpeechGrew)
        found = self._watch.find(text, guidance.language or self._locale, kind, wary=wary, partial=partial)
        if isinstance(signal, SpeechGrew):
            sure = self._sure(found, state.turn + 1)
            return replace(signal, text=found.text, card=found.stop and sure) if found else signal
        if keyed:
            return replace(signal, heard=self._judged(signal.heard, found, guidance, state, at_ms))
        return replace(signal, heard=_masked(signal.heard, found)) if found else signal

    def _judged(
        self, heard: Heard, found: CardFound | None, guidance: Guidance, state: CallState, at_ms: float
    ) -> Heard:
        """Keys, also with those before them: a card may be cut apart by the length of what was asked for."""
        facts = self._facts(state, at_ms)
        answers = self._watch.answers(heard.text, state.unanswered, guidance, facts)
        judged = self._keyed.judge(heard, answers=answers)
        if judged.card_ms is not None:
            # The tones of its first entries are on the recording, too.
            return replace(heard, text=MASK, card=True, from_ms=judged.card_ms)
        if found is not None:
            # More digits than were asked for are mostly a slip: the caller is told of cards where it can be one.
            card = found.stop and card_in(heard.text)
            return replace(heard, text=MASK if card else KEYED_MASK, card=card)
        return replace(heard, text=KEYED_MASK) if judged.mask else heard

    def _sure(self, found: CardFound | None, turn: int) -> bool:
        doubtful = found is not None and found.doubtful
        sure = not doubtful or self._doubted == turn
        self._doubted = turn if doubtful else 0
        return sure


def _masked(heard: Heard, found: CardFound) -> Heard:
    tone = heard.tone
    if tone is not None:
        # Words said with weight, and words as evidence, may be the digits.
        tone = replace(tone, stressed=(), evidence=tuple(cue for cue in tone.evidence if not _WORDS_OF.match(cue)))
    return replace(heard, text=found.text, card=found.stop, tone=tone)


_LETTERS = re.compile(r"(?:[2-68][1-3]|[79][1-4]|1[0-9]|0[1-6])+#?")
"""Two keys for each character: the key and the place on it (``spoken.from_pairs``)."""

_CARD = re.compile(r"(?:3[47]|4|5[1-5]|2[2-7]|6)\d+")
"""How a card number begins (ISO/IEC 7812)."""


def _spells(heard: Heard, expected: SlotExpectation | None) -> bool:
    """Whether keys spell a name, where one is asked for: a whole card number that would spell one is still a card's."""
    asked = expected is not None and expected.keys is not None and expected.keys.text
    if heard.by is not HeardBy.KEYS or not asked or not _LETTERS.fullmatch(heard.text):
        return False
    digits = heard.text.removesuffix("#")
    return not (13 <= len(digits) <= 19 and _CARD.fullmatch(digits) and luhn(digits))
