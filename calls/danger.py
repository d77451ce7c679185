"""What no script may overlook: words of danger or of complaint, found before anything is understood.

The words said and the way that follows are fixed and reviewed, per country; no model and no script composes or
removes them. Nobody but the caller ever dials an emergency number.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal, Protocol

from calls.phrases import bare_words

DangerKind = Literal["emergency", "self_harm", "threat", "child_alone", "fraud", "complaint", "lawyer"]
Risk = Literal["critical", "high", "elevated"]
"""What the board sorts by: life and limb, then harm, then displeasure."""

Way = Literal["hand_over", "go_on"]
"""What follows the fixed words: a person, or the call as it was."""


@dataclass(frozen=True, slots=True)
class Danger:
    """Something was recognised, and this is what is said and done about it."""

    kind: DangerKind
    rule: str
    """id of the phrase that struck"""
    edition: str
    """version of the phrases, as reviewed"""
    risk: Risk
    say: str
    """fixed words for the caller's country"""
    alone: str
    """said after them when the line has nobody to put the caller through to; may be empty"""
    then: Way = "hand_over"
    resembles: bool = False
    """found by what the words are like, not by what they say: counts once the sentence is complete"""
    doubtful: bool = False
    """an engine that ``weighs_danger`` has the last word on it, when the turn is complete"""
    check: str = ""
    """fixed words that ask whether it was heard right; empty: it is never asked"""


class Watch(Protocol):
    """Looks at every partial transcript, before understanding. Pure, and fast enough to be asked ten times a second."""

    def find(self, text: str, locale: str, country: str, *, partial: bool = False) -> Danger | None:
        """The gravest danger in ``text``; ``country`` is ISO 3166 alpha-2 (``US``), empty when not known.

        Of a ``partial`` text the end may still turn harmless: "I'm dying" may go on "to see you".
        """


DOUBTED = 0.55
"""Confidence of hearing in a turn below which likeness alone is asked about first.

Measured with the offline recognizer: of 25 turns of danger none was below 0.68 over a clean line and none below 0.56 in
babble at 10 dB; of what it hears in babble alone 20 of 21 were.
"""
DOUBTED_ON_POOR_LINE = 0.65
"""The same on a line that has shown itself to be poor: "it's good" was heard there as "ready to do it", 0.6 sure."""
LETTERS = 4
"""words of one letter, and more, that are a spelled one"""
_YES = frozenset({"yes", "yeah", "yep", "yup", "aye", "correct", "right", "help", "please", "hurry", "definitely"})
_THAT_IS_SO = re.compile(r"^(?:i am|im|we are|were|he is|hes|she is|shes|they are|theyre|there is|theres|it is|i do)\b")
_NO = frozenset({"no", "not", "nope", "nah", "never", "dont", "isnt", "arent", "wasnt", "nobody", "none", "fine"})


def wants_check(danger: Danger, confidence: float, *, poor_line: bool = False) -> bool:
    """Whether to ask first: the words are only like words of danger, and hearing is not sure of them either."""
    unsure = DOUBTED_ON_POOR_LINE if poor_line else DOUBTED
    return danger.resembles and danger.then == "hand_over" and bool(danger.check) and confidence < unsure


def is_spelled(text: str) -> bool:
    """Whether the words are letters, one by one: they resemble anything."""
    words = bare_words(text.replace("-", " "))
    return len(words) >= LETTERS and sum(len(word) == 1 for word in words) >= 0.75 * len(words)


def answers_check(text: str) -> bool | None:
    """Yes or no to the question whether danger was heard right; None when it is neither."""
    words = bare_words(text)
    if _NO.intersection(words):
        return False
    return True if _YES.intersection(words) or _THAT_IS_SO.match(" ".join(words)) else None


def may_sound_again(danger: Danger) -> bool:
    """Whether it is answered every time it is said; a complaint is answered once a call."""
    return danger.risk == "critical"
