"""What was heard and what was said, and how."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Literal


@dataclass(frozen=True, slots=True)
class Tone:
    """How the caller sounded. Coarse on purpose; evidence, never a diagnosis."""

    feeling: Literal["neutral", "pleased", "uneasy", "angry", "sad"] = "neutral"
    energy: Literal["low", "usual", "high"] = "usual"
    pace: Literal["slow", "usual", "fast"] = "usual"
    confidence: float = 0.0
    evidence: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class SpeechStyle:
    """How to say it: a closed vocabulary which each voice renders, or reports as dropped."""

    emotion: Literal["neutral", "warm", "apologetic", "cheerful", "serious"] = "neutral"
    intensity: float = 0.5
    pace: float = 1.0
    """1.0 = the voice's usual pace; 0.8 is slower"""
    volume: float = 1.0
    say_as: Literal["text", "code", "digits"] = "text"
    why: str = ""


NEUTRAL = SpeechStyle()


class HeardBy(StrEnum):
    """By which way the caller's words reached us."""

    SPEECH = "speech"
    KEYS = "keys"


@dataclass(frozen=True, slots=True)
class Heard:
    """A stretch of the caller's side: words, or keys."""

    text: str
    """the words; for keys the digits pressed"""
    from_ms: float
    """ms since answer, first speech"""
    to_ms: float
    """ms since answer, last speech: the true end, from which reply latency counts"""
    confidence: float = 1.0
    by: HeardBy = HeardBy.SPEECH
    tone: Tone | None = None
    reason: str = ""
    """why hearing decided the turn was over: ``silence``, ``complete``, ``keys``, ``vendor`` ..."""


@dataclass(frozen=True, slots=True)
class Clause:
    """A stretch of agent speech that is judged, voiced, sent and heard as one. Known by ``id``."""

    id: str
    """``<reply>.<n>``"""
    text: str
    line: str = ""
    """the script's name for it; empty when composed by a model"""
    interruptible: bool = True
    must_say: bool = False
    """is said again in full if it was cut"""
    receipt: str = ""
    """idempotency key of the committed action whose outcome these words claim"""
    style: SpeechStyle = NEUTRAL
    language: str = ""
    """locale of the words; empty: the line's"""


@dataclass(frozen=True, slots=True)
class Played:
    """Where the play-out stands: which clause sounds at the caller, and how far into it."""

    clause: str
    heard_ms: float
    """ms of this clause that have sounded at the caller"""
    heard_text: str
    """the words that have sounded, cut at a word boundary"""
