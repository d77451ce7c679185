"""What was heard and what was said, and how."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Literal


@dataclass(frozen=True, slots=True)
class Tone:
    """How the caller sounded, against how this caller sounds. Coarse on purpose; evidence, never a diagnosis."""

    feeling: Literal["neutral", "pleased", "uneasy", "angry", "sad"] = "neutral"
    energy: Literal["low", "usual", "high"] = "usual"
    pace: Literal["slow", "usual", "fast"] = "usual"
    confidence: float = 0.0
    """in ``feeling``, 0 to 1; 0 while nothing is known of how this caller usually sounds"""
    evidence: tuple[str, ...] = ()
    """what it rests on, one cue each: ``energy +8.2 dB``, ``words: fed up``; never more than a few words of theirs"""
    pitch: Literal["low", "usual", "high"] = "usual"
    pauses: Literal["few", "usual", "many"] = "usual"
    overlap: bool = False
    """began while the agent was speaking"""
    stressed: tuple[str, ...] = ()
    """words said with more weight than those around them, at most three"""


Emotion = Literal["neutral", "warm", "empathetic", "apologetic", "cheerful", "calm", "confident", "urgent", "serious"]

SayAs = Literal["text", "code", "digits", "spell", "money", "date"]


@dataclass(frozen=True, slots=True)
class SpeechStyle:
    """How to say it: a closed instruction language which each voice renders, or reports as dropped (docs/speaking.md).

    How a model writes it among its words: ``agent/style/directive.py``.
    """

    emotion: Emotion = "neutral"
    intensity: float = 0.5
    """of the emotion: 0.0 a hint, 0.5 plain, 1.0 strong"""
    pace: float = 1.0
    """1.0 = the voice's usual pace; 0.8 is slower; within 0.5 and 2.0"""
    volume: float = 1.0
    """factor on the samples; within 0.0 and 3.0"""
    say_as: SayAs = "text"
    """codes, runs of digits, words in capitals, sums or ISO dates are put into words before any voice has them"""
    pause_before_ms: int = 0
    """quiet before the value ``say_as`` names, or before the first word where it names none; at most 2,000"""
    why: str = ""
    """who wanted it: ``model``, ``predicted: code``, ``the caller asked``; no part of the sound"""


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
    provider: str = ""
    """who heard it, as the line names them; empty for keys"""
    card: bool = False
    """a card number was in it, and is masked"""
    words: str = ""
    """for keys: what was said in the same breath, before them or while they were pressed"""
    words_first: bool = True
    """they came before the keys"""
    softer_db: float = 0.0
    """than this caller's turns before; 0 where hearing does not tell"""


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
    press: str = ""
    """keys that sound in place of words, for a machine: ``0-9 * #``, and ``w`` for half a second of silence"""


@dataclass(frozen=True, slots=True)
class Played:
    """Where the play-out stands: which clause sounds at the caller, and how far into it."""

    clause: str
    heard_ms: float
    """ms of this clause that have sounded at the caller"""
    heard_text: str
    """the words that have sounded, cut at a word boundary"""
