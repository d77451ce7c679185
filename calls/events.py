"""Everything that can stand on a call's record: a closed union, one typed body per name.

Names are past tense with a dot. A body's ``version`` rises when its fields change; ``calls.codec`` reads old ones.
``RunEvent`` bodies are the ones a script produces; the rest come from the conversation, the carrier side and people.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import ClassVar

from calls.commands import Command, Value
from calls.run import Receipt
from calls.speech import Clause, HeardBy, Tone

EVENTS: dict[str, type[Body]] = {}
"""Every body by its name."""


@dataclass(frozen=True, slots=True)
class Body:
    """What every event body has: a stable ``name`` and a ``version``."""

    name: ClassVar[str] = ""
    version: ClassVar[int] = 1

    def __init_subclass__(cls, *, name: str = "", version: int = 1) -> None:
        # dataclass(slots=True) builds each class twice; the second, final one takes the name over.
        cls.name = name or cls.name
        cls.version = version if name else cls.version
        if cls.name:
            EVENTS[cls.name] = cls


# --- the call and its carrier -----------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class CallAnswered(Body, name="call.answered"):
    """The media stream started for the first time; at_ms 0 is this moment."""

    call: str
    carrier: str
    caller: str
    called: str
    line: str
    line_version: str
    engine: str
    locale: str
    timezone: str
    answered_at: str
    """ISO 8601, UTC"""


@dataclass(frozen=True, slots=True)
class CarrierConnected(Body, name="carrier.connected"):
    """A media socket carries the call; more than once when the carrier came back."""

    stream_id: str
    attempt: int


@dataclass(frozen=True, slots=True)
class CarrierLost(Body, name="carrier.lost"):
    """The media socket went away without the call having ended."""

    reason: str


@dataclass(frozen=True, slots=True)
class CarrierReplaced(Body, name="carrier.replaced"):
    """A newer media socket with a valid token took the call over; this one was closed."""


@dataclass(frozen=True, slots=True)
class CarrierFaulted(Body, name="carrier.faulted"):
    """Frames which could not be read, counted by reason, told once when the socket ends."""

    counts: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class CallEnded(Body, name="call.ended"):
    """The last event of a call's stream."""

    reason: str
    """``agent_hung_up | caller_hung_up | handed_over | carrier_lost | fault``"""
    disposition: str
    """from the script: ``booked``, ``declined``, ``callback`` ..."""
    duration_ms: float


@dataclass(frozen=True, slots=True)
class CallerHungUp(Body, name="caller.hung_up"):
    """The carrier said the stream is over."""


@dataclass(frozen=True, slots=True)
class RecordingStarted(Body, name="recording.started"):
    """Two channels are being written, the caller left and the agent right."""

    part: int
    """from 1; a new part for each media socket"""
    rate: int
    channels: int


@dataclass(frozen=True, slots=True)
class RecordingStopped(Body, name="recording.stopped"):
    """A part of the recording is complete."""

    part: int
    duration_ms: float
    digest: str
    """SHA-256, hex, of the file"""


# --- the caller -------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class CallerBegan(Body, name="caller.began"):
    """Speech set in."""

    from_ms: float


@dataclass(frozen=True, slots=True)
class CallerQuieted(Body, name="caller.quieted"):
    """What set in was no speech with words: a cough, a noise, a murmur."""

    reason: str


@dataclass(frozen=True, slots=True)
class UtteranceCheckpointed(Body, name="utterance.checkpointed"):
    """The words so far of an utterance still going on, at most once a second."""

    from_ms: float
    text: str


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
    """``grammar | similarity | keys | model``"""
    took_ms: float


# --- the script (RunEvent) --------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class WorkflowStarted(Body, name="workflow.started"):
    """A script took the call, or was called by another."""

    script: str
    digest: str


@dataclass(frozen=True, slots=True)
class StepEntered(Body, name="step.entered"):
    """The script stands here now."""

    step: str
    returns: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class SlotFilled(Body, name="slot.filled"):
    """A value was accepted."""

    slot: str
    value: Value
    text: str
    confidence: float
    by: HeardBy = HeardBy.SPEECH
    previous: Value | None = None
    """set when this corrected an earlier value"""


@dataclass(frozen=True, slots=True)
class SlotConfirmed(Body, name="slot.confirmed"):
    """The caller agreed to the read-back; ``*`` is everything read back at once."""

    slot: str


@dataclass(frozen=True, slots=True)
class SlotCleared(Body, name="slot.cleared"):
    """A value was taken back."""

    slot: str
    reason: str


@dataclass(frozen=True, slots=True)
class ConfirmationAsked(Body, name="confirmation.asked"):
    """A value was read back and a yes is awaited; empty: no longer."""

    slot: str


@dataclass(frozen=True, slots=True)
class AttemptCounted(Body, name="attempt.counted"):
    """A counter of the script moved."""

    counter: str
    count: int


@dataclass(frozen=True, slots=True)
class FactLearned(Body, name="fact.learned"):
    """Something the script may speak of, found by an action or the carrier."""

    fact: str
    value: Value


@dataclass(frozen=True, slots=True)
class OutcomeReached(Body, name="outcome.reached"):
    """The script decided how the call is to be filed."""

    outcome: str


# --- actions ----------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class ActionRequested(Body, name="action.requested"):
    """To be done exactly once, under this key."""

    key: str
    action: str
    arguments: Mapping[str, Value]
    writes: bool


@dataclass(frozen=True, slots=True)
class ActionCommitted(Body, name="action.committed"):
    """Appended from the receipt, which was written in the action's own transaction."""

    receipt: Receipt
    took_ms: float


@dataclass(frozen=True, slots=True)
class ActionAnswered(Body, name="action.answered"):
    """A look-up found this."""

    key: str
    action: str
    found: Mapping[str, Value]
    took_ms: float


@dataclass(frozen=True, slots=True)
class ActionRefused(Body, name="action.refused"):
    """The world said no; nothing was changed."""

    key: str
    action: str
    refusal: str
    found: Mapping[str, Value] = field(default_factory=dict)
    took_ms: float = 0.0


# --- the agent --------------------------------------------------------------------------------------


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


@dataclass(frozen=True, slots=True)
class GuardrailBlocked(Body, name="guardrail.blocked"):
    """The speech gate stopped a clause: it was never voiced."""

    clause: str
    rule: str
    took_ms: float = 0.0


@dataclass(frozen=True, slots=True)
class ClauseVoiced(Body, name="agent.voiced"):
    """The voice gave its first audio for a clause (truth two)."""

    clause: str
    took_ms: float
    cached: bool
    dropped_style: tuple[str, ...] = ()


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


# --- people -----------------------------------------------------------------------------------------


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


RunEvent = (
    WorkflowStarted
    | StepEntered
    | SlotFilled
    | SlotConfirmed
    | SlotCleared
    | ConfirmationAsked
    | AttemptCounted
    | FactLearned
    | OutcomeReached
)

EventBody = (
    RunEvent
    | CallAnswered
    | CarrierConnected
    | CarrierLost
    | CarrierReplaced
    | CarrierFaulted
    | CallEnded
    | CallerHungUp
    | RecordingStarted
    | RecordingStopped
    | CallerBegan
    | CallerQuieted
    | UtteranceCheckpointed
    | CallerSpoke
    | CallerPressed
    | CallerStayedSilent
    | CommandsUnderstood
    | ActionRequested
    | ActionCommitted
    | ActionAnswered
    | ActionRefused
    | LineChosen
    | GuardrailCleared
    | GuardrailBlocked
    | ClauseVoiced
    | AgentBegan
    | AgentSpoke
    | AgentPaused
    | AgentResumed
    | AgentInterrupted
    | ReplyCompleted
    | EngineFailed
    | HandoverRequested
    | HandoverAnswered
    | HandoverFailed
)


@dataclass(frozen=True, slots=True)
class CallEvent:
    """One fact of one call."""

    stream: str
    """``call:<id>``"""
    seq: int
    """from 1, without gaps"""
    at_ms: float
    """ms since answer"""
    body: EventBody

    @property
    def name(self) -> str:
        """The body's name."""
        return self.body.name


