"""What no script may overlook: words of danger or of complaint, found before anything is understood.

The words said and the way that follows are fixed and reviewed, per country; no model and no script composes or
removes them. Nobody but the caller ever dials an emergency number.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, Protocol

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


class Watch(Protocol):
    """Looks at every partial transcript, before understanding. Pure, and fast enough to be asked ten times a second."""

    def find(self, text: str, locale: str, country: str, *, partial: bool = False) -> Danger | None:
        """The gravest danger in ``text``; ``country`` is ISO 3166 alpha-2 (``US``), empty when not known.

        Of a ``partial`` text the end may still turn harmless: "I'm dying" may go on "to see you".
        """


def may_sound_again(danger: Danger) -> bool:
    """Whether it is answered every time it is said; a complaint is answered once a call."""
    return danger.risk == "critical"
