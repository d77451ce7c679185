"""What a script decided (RunEvent)."""

from __future__ import annotations

from dataclasses import dataclass

from calls.commands import Value
from calls.events.base import Body
from calls.repairs import Repair
from calls.run import Earlier
from calls.speech import HeardBy


@dataclass(frozen=True, slots=True)
class WorkflowStarted(Body, name="workflow.started"):
    """A script took the call, or was called by another."""

    script: str
    digest: str


@dataclass(frozen=True, slots=True)
class WorkflowCalled(Body, name="workflow.called"):
    """A script was called by another, which waits for it where it stands."""

    script: str
    digest: str


@dataclass(frozen=True, slots=True)
class WorkflowReturned(Body, name="workflow.returned"):
    """A called script came to its end, and the one that waited goes on where it stood."""

    script: str
    """the one that ended"""
    outcome: str
    """how it ended; the call's own outcome when nothing else is achieved"""


@dataclass(frozen=True, slots=True)
class WorkflowMigrated(Body, name="workflow.migrated"):
    """The version this call began with is gone: it goes on at ``step`` of another."""

    script: str
    from_digest: str
    to_digest: str
    step: str


@dataclass(frozen=True, slots=True)
class StepEntered(Body, name="step.entered", version=2):
    """The script stands here now."""

    step: str


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
class SlotPartlyFilled(Body, name="slot.partly_filled"):
    """A part of a value was given: the first digits of a number. Taken together with those before it."""

    slot: str
    part: str
    """all that is known of the value so far"""
    text: str
    """the words (or keys) of this turn"""


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
class CallerVerified(Body, name="caller.verified"):
    """Who is calling was proved, until the line is lost or the call ends."""

    level: str
    """how: ``code | facts | one_time_code``"""
    subject: str
    """id of the record that was proved to be theirs"""
    by: tuple[str, ...]
    """the slots that proved it; never their values"""


@dataclass(frozen=True, slots=True)
class VerificationFailed(Body, name="verification.failed"):
    """What the caller gave proves nothing. Which part of it was wrong is not known here."""

    what: str
    attempt: int
    """from 1, within this call"""
    locked: bool


@dataclass(frozen=True, slots=True)
class VerificationLapsed(Body, name="verification.lapsed"):
    """Somebody else may hold the phone now: what proved the caller, and what was found for them, is forgotten."""

    slots: tuple[str, ...]
    facts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class CallNoted(Body, name="call.noted"):
    """A field the script keeps of its calls."""

    field: str
    value: Value


@dataclass(frozen=True, slots=True)
class OutcomeReached(Body, name="outcome.reached"):
    """The script decided how the call is to be filed."""

    outcome: str


@dataclass(frozen=True, slots=True)
class RepairApplied(Body, name="repair.applied"):
    """The talk had gone beside the script, and this is how it was brought back. Changes nothing by itself."""

    pattern: Repair


@dataclass(frozen=True, slots=True)
class ResumeOffered(Body, name="resume.offered"):
    """The same number's earlier call broke off, and going on with it was offered. Nothing of it was said."""

    earlier: Earlier
