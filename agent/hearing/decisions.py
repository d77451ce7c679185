"""What hearing decides: the closed union that ``Turns`` hands out."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class SpeechStarted:
    """Enough evidence of speech; it began at ``from_ms``, before it was noticed."""

    from_ms: float


@dataclass(frozen=True, slots=True)
class Recognize:
    """Words are wanted for this audio; answer with ``recognized(ticket, ...)`` or ``failed(ticket)``.

    A later ``Recognize`` with ``partial=False`` makes every earlier ticket worthless.
    """

    ticket: int
    pcm16_8k: bytes
    partial: bool
    """the caller is still speaking; of no use once there is a newer one"""


@dataclass(frozen=True, slots=True)
class Grew:
    """The words so far."""

    from_ms: float
    text: str
    softer_db: float = 0.0
    """than this caller's turns before; 0 where nothing is known of them"""


@dataclass(frozen=True, slots=True)
class Lasts:
    """What began at ``from_ms`` goes on without a pause, and is surely speech."""

    from_ms: float


@dataclass(frozen=True, slots=True)
class Resumed:
    """The caller goes on after a pause in their turn: words recognized for that pause were not all."""

    from_ms: float
    paused_ms: float
    """since the speech before it"""
    text: str | None
    """the words before the pause, where they were known by then"""


@dataclass(frozen=True, slots=True)
class TurnEnded:
    """The caller has finished."""

    text: str
    from_ms: float
    to_ms: float
    """true end of speech"""
    decided_ms: float
    confidence: float
    reason: str
    """``silence | complete | dangling | thinking | greeting | incomplete | longest |
    recognizer``: what set the wait"""
    softer_db: float = 0.0
    """as in ``Grew``"""


@dataclass(frozen=True, slots=True)
class Faded:
    """There were no words in it after all."""

    from_ms: float
    to_ms: float
    reason: str
    """``no words | noise | recognizer``"""


Decision = SpeechStarted | Recognize | Grew | Lasts | Resumed | TurnEnded | Faded


@dataclass(frozen=True, slots=True)
class Patience:
    """How long to wait after the last speech, and what set it."""

    ms: float
    reason: str = "silence"
    keen: bool = False
    """letters and digits are said one by one: faint evidence of speech goes on with the turn"""
