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


@dataclass(frozen=True, slots=True)
class RepairApplied(Body, name="repair.applied"):
    """The talk had gone beside the script, and this is how it was brought back. Changes nothing by itself."""

    pattern: Repair


@dataclass(frozen=True, slots=True)
class ResumeOffered(Body, name="resume.offered"):
    """The same number's earlier call broke off, and going on with it was offered. Nothing of it was said."""

    earlier: Earlier
