"""What a transcript is made of: a closed union of typed lines."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

ClauseState = Literal["composed", "voiced", "sent", "paused", "heard", "interrupted", "blocked"]


@dataclass(frozen=True, slots=True)
class CallerTurn:
    """What the caller said."""

    from_ms: float
    to_ms: float
    text: str
    turn: int
    confidence: float = 1.0
    unfinished: bool = False
    """the record stops in the middle of these words"""


@dataclass(frozen=True, slots=True)
class CallerKeys:
    """Keys the caller pressed, as one entry."""

    from_ms: float
    to_ms: float
    digits: str
    turn: int


@dataclass(frozen=True, slots=True)
class AgentClause:
    """What the agent said, with its four truths: composed, voiced, sent, heard."""

    from_ms: float
    """when its first audio left; before that, when it was composed"""
    to_ms: float
    clause: str
    reply: str
    turn: int
    composed: str
    """the words chosen"""
    said: str
    """the words voiced: the composed ones, unless the speech gate put others in their place"""
    heard: str
    """the words that sounded at the caller"""
    heard_ms: float
    state: ClauseState
    read_back: str = ""
    """the slot whose value is read back (``*``: all of them)"""
    rule: str = ""
    """rule of the speech gate that blocked or replaced it"""

    @property
    def unheard(self) -> str:
        """The words chosen that the caller did not hear."""
        if self.state == "heard":
            return ""
        if self.heard and self.said.startswith(self.heard):
            return self.said[len(self.heard) :].strip()
        return " ".join(self.said.split()[len(self.heard.split()) :])


@dataclass(frozen=True, slots=True)
class SlotLine:
    """A value was taken, agreed to, or taken back."""

    from_ms: float
    to_ms: float
    slot: str
    change: Literal["filled", "corrected", "confirmed", "cleared"]
    value: str = ""


@dataclass(frozen=True, slots=True)
class ActionLine:
    """Something was done in the world, or was not."""

    from_ms: float
    to_ms: float
    action: str
    key: str
    state: Literal["requested", "committed", "answered", "refused"]
    result: tuple[tuple[str, str], ...] = ()
    refusal: str = ""
    digest: str = ""
    """of the receipt; only when committed"""


@dataclass(frozen=True, slots=True)
class Notice:
    """Something about the call itself."""

    from_ms: float
    to_ms: float
    text: str
    danger: str = ""
    """the kind of danger it tells of; empty: none"""


Entry = CallerTurn | CallerKeys | AgentClause | SlotLine | ActionLine | Notice
