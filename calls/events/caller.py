"""The caller's side."""

from __future__ import annotations

from dataclasses import dataclass

from calls.commands import Command
from calls.events.base import Body
from calls.speech import HeardBy, Tone


@dataclass(frozen=True, slots=True)
class CallerBegan(Body, name="caller.began"):
    """Speech set in, or the first key of an entry was pressed."""

    from_ms: float
    by: HeardBy = HeardBy.SPEECH


@dataclass(frozen=True, slots=True)
class CallerQuieted(Body, name="caller.quieted"):
    """What set in was no speech with words: a cough, a noise, a murmur."""

    reason: str


@dataclass(frozen=True, slots=True)
class UtteranceCheckpointed(Body, name="utterance.checkpointed"):
    """The words so far of an utterance still going on, at most once a second."""

    from_ms: float
    text: str
    softer_db: float = 0.0
    """than the caller's turns before; 0 where hearing does not tell"""


@dataclass(frozen=True, slots=True)
class CallerSpoke(Body, name="caller.spoke"):
    """A whole turn of the caller."""

    turn: int
    text: str
    from_ms: float
    to_ms: float
    """the true end of speech, from which reply latency counts"""
    confidence: float
    reason: str
    """why the turn was over"""
    tone: Tone | None = None
    provider: str = ""
    """who heard it, as the line names them: ``deepgram/nova-3``"""
    softer_db: float = 0.0
    """than their turns before; 0 where hearing does not tell"""


@dataclass(frozen=True, slots=True)
class CallerPressed(Body, name="caller.pressed"):
    """Keys, as one entry."""

    turn: int
    digits: str
    from_ms: float
    to_ms: float


@dataclass(frozen=True, slots=True)
class CallerStayedSilent(Body, name="caller.silent"):
    """Nothing came for as long as the script allowed."""

    count: int


@dataclass(frozen=True, slots=True)
class CommandsUnderstood(Body, name="commands.understood"):
    """What the caller meant, as understanding proposed it."""

    turn: int
    commands: tuple[Command, ...]
    path: str
    """``grammar | similarity | keys``, or the model by its name"""
    took_ms: float
    fallback: bool = False
    """the model could not be asked, or gave nothing that can be used: this machine understood instead"""
    provider: str = ""
    """the model that answered, where several could; empty: none was asked, or none did"""
    questions: int = 0
    """to a model, for these commands"""
    first_token_ms: float | None = None
    """since understanding began: the first of the model's answer; None: no model answered"""
