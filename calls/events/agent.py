"""The agent's side, and the people it hands over to."""

from __future__ import annotations

from dataclasses import dataclass

from calls.events.base import Body
from calls.speech import Clause


@dataclass(frozen=True, slots=True)
class LineChosen(Body, name="line.chosen"):
    """A reply: what is to be said, clause by clause (truth one of four: composed)."""

    reply: str
    turn: int
    clauses: tuple[Clause, ...]
    ending: str = ""
    """``hang_up | hand_over`` once all of it was heard"""
    disposition: str = ""


@dataclass(frozen=True, slots=True)
class GuardrailCleared(Body, name="guardrail.cleared"):
    """The speech gate let a clause pass, or put other words in its place."""

    clause: str
    rule: str = ""
    replacement: str = ""
    took_ms: float = 0.0
    policy: str = ""
    """name and version: ``default@1``"""


@dataclass(frozen=True, slots=True)
class GuardrailBlocked(Body, name="guardrail.blocked"):
    """The speech gate stopped a clause: it was never voiced."""

    clause: str
    rule: str
    took_ms: float = 0.0
    policy: str = ""


@dataclass(frozen=True, slots=True)
class ClauseVoiced(Body, name="agent.voiced"):
    """The voice gave its first audio for a clause (truth two)."""

    clause: str
    took_ms: float
    cached: bool
    dropped_style: tuple[str, ...] = ()
    provider: str = ""
    """the voice, as the line names it"""


@dataclass(frozen=True, slots=True)
class AgentBegan(Body, name="agent.began"):
    """The first audio of a clause left for the carrier (truth three: sent)."""

    clause: str


@dataclass(frozen=True, slots=True)
class AgentSpoke(Body, name="agent.spoke"):
    """A clause was heard to its end (truth four)."""

    clause: str
    text: str
    heard_ms: float


@dataclass(frozen=True, slots=True)
class AgentPaused(Body, name="agent.paused"):
    """The caller set in; the agent fell silent and keeps the rest."""

    clause: str
    heard_ms: float
    heard_text: str


@dataclass(frozen=True, slots=True)
class AgentResumed(Body, name="agent.resumed"):
    """It was nothing: the rest is said from the last word boundary."""

    reason: str


@dataclass(frozen=True, slots=True)
class AgentInterrupted(Body, name="agent.interrupted"):
    """The rest will not be said. ``heard_text`` is all the caller heard of the clause."""

    clause: str
    heard_ms: float
    heard_text: str


@dataclass(frozen=True, slots=True)
class ReplyCompleted(Body, name="reply.completed"):
    """All of a reply was heard."""

    reply: str


@dataclass(frozen=True, slots=True)
class EngineFailed(Body, name="engine.failed"):
    """A stage of the engine failed; the call goes on as the script says."""

    stage: str
    reason: str


@dataclass(frozen=True, slots=True)
class HandoverRequested(Body, name="handover.requested"):
    """The call goes to a person."""

    kind: str
    address: str


@dataclass(frozen=True, slots=True)
class HandoverAnswered(Body, name="handover.answered"):
    """A person took the call and it has ended there."""

    seconds: int


@dataclass(frozen=True, slots=True)
class HandoverFailed(Body, name="handover.failed"):
    """Nobody took the call; the caller comes back to the agent."""

    status: str
    """``busy | no-answer | failed | canceled``"""
