"""Everything that can stand on a call's record: a closed union, one typed body per name.

Names are past tense with a dot. A body's ``version`` rises when its fields change; ``calls.codec`` reads old ones.
``RunEvent`` bodies are the ones a script produces; the rest come from the conversation, the carrier side and people.
"""

from __future__ import annotations

from dataclasses import dataclass

from calls.events.actions import (
    ActionAnswered,
    ActionCommitted,
    ActionRefused,
    ActionRequested,
    ActionSetAside,
    ReceiptTaken,
)
from calls.events.agent import (
    AgentBegan,
    AgentInterrupted,
    AgentPaused,
    AgentResumed,
    AgentSpoke,
    ClauseVoiced,
    EngineFailed,
    GuardrailBlocked,
    GuardrailCleared,
    HandoverAnswered,
    HandoverFailed,
    HandoverRequested,
    LineChosen,
    ReplyCompleted,
)
from calls.events.base import EVENTS, Body
from calls.events.caller import (
    CallerBegan,
    CallerPressed,
    CallerQuieted,
    CallerSpoke,
    CallerStayedSilent,
    CommandsUnderstood,
    UtteranceCheckpointed,
)
from calls.events.composing import ClauseComposed, ReplyClosed, ReplyOpened, SpeculationBegan, SpeculationEnded
from calls.events.line import (
    CallAnswered,
    CallEnded,
    CallerHungUp,
    CarrierConnected,
    CarrierFaulted,
    CarrierLost,
    CarrierReplaced,
    RecordingLacking,
    RecordingStarted,
    RecordingStopped,
)
from calls.events.orders import OrderAccepted, OrderRefused
from calls.events.providers import ProviderNoticed, SpendNoticed, UsageCounted
from calls.events.quality import LineDegraded, LineMeasured, MachineHeard
from calls.events.recording import (
    ConsentAsked,
    ConsentSettled,
    RecordingArchived,
    RecordingDestroyed,
    RecordingMuted,
    RecordingUnmuted,
)
from calls.events.safety import DangerChecked, DangerHeard
from calls.events.script import (
    AttemptCounted,
    CallerVerified,
    CallNoted,
    ConfirmationAsked,
    FactLearned,
    OutcomeReached,
    RepairApplied,
    ResumeOffered,
    SlotCleared,
    SlotConfirmed,
    SlotFilled,
    SlotPartlyFilled,
    StepEntered,
    VerificationFailed,
    VerificationLapsed,
    WorkflowCalled,
    WorkflowMigrated,
    WorkflowReturned,
    WorkflowStarted,
)
from calls.events.secure import CaptureClosed, CaptureLeft, CaptureMoved, CaptureOpened, CardPassed, CardStopped
from calls.events.turns import AgentAcknowledged, FloorTaken, OnsetJudged, PatienceGranted, TurnContinued, TurnTakenBack
from calls.events.waiting import HoldBegan, HoldEnded, TimeRanShort

RunEvent = (
    WorkflowStarted
    | WorkflowCalled
    | WorkflowReturned
    | WorkflowMigrated
    | StepEntered
    | SlotFilled
    | SlotPartlyFilled
    | SlotConfirmed
    | SlotCleared
    | ConfirmationAsked
    | AttemptCounted
    | FactLearned
    | OutcomeReached
    | CallerVerified
    | VerificationFailed
    | VerificationLapsed
    | CallNoted
    | RepairApplied
    | ResumeOffered
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
    | LineMeasured
    | LineDegraded
    | MachineHeard
    | RecordingStarted
    | RecordingLacking
    | RecordingStopped
    | RecordingMuted
    | RecordingUnmuted
    | RecordingDestroyed
    | RecordingArchived
    | ConsentAsked
    | ConsentSettled
    | CallerBegan
    | CallerQuieted
    | UtteranceCheckpointed
    | CallerSpoke
    | CallerPressed
    | CallerStayedSilent
    | CommandsUnderstood
    | DangerChecked
    | DangerHeard
    | CaptureOpened
    | CaptureMoved
    | CaptureClosed
    | CaptureLeft
    | CardStopped
    | CardPassed
    | OrderAccepted
    | OrderRefused
    | ActionRequested
    | ActionCommitted
    | ActionAnswered
    | ActionRefused
    | ActionSetAside
    | ReceiptTaken
    | LineChosen
    | ReplyOpened
    | ClauseComposed
    | ReplyClosed
    | SpeculationBegan
    | SpeculationEnded
    | GuardrailCleared
    | GuardrailBlocked
    | ClauseVoiced
    | AgentBegan
    | AgentSpoke
    | AgentPaused
    | AgentResumed
    | AgentInterrupted
    | ReplyCompleted
    | OnsetJudged
    | TurnContinued
    | TurnTakenBack
    | PatienceGranted
    | AgentAcknowledged
    | FloorTaken
    | EngineFailed
    | ProviderNoticed
    | UsageCounted
    | SpendNoticed
    | HoldBegan
    | HoldEnded
    | TimeRanShort
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


__all__ = [
    "EVENTS",
    "ActionAnswered",
    "ActionCommitted",
    "ActionRefused",
    "ActionRequested",
    "ActionSetAside",
    "AgentAcknowledged",
    "AgentBegan",
    "AgentInterrupted",
    "AgentPaused",
    "AgentResumed",
    "AgentSpoke",
    "AttemptCounted",
    "Body",
    "CallAnswered",
    "CallEnded",
    "CallEvent",
    "CallNoted",
    "CallerBegan",
    "CallerHungUp",
    "CallerPressed",
    "CallerQuieted",
    "CallerSpoke",
    "CallerStayedSilent",
    "CallerVerified",
    "CaptureClosed",
    "CaptureLeft",
    "CaptureMoved",
    "CaptureOpened",
    "CardPassed",
    "CardStopped",
    "CarrierConnected",
    "CarrierFaulted",
    "CarrierLost",
    "CarrierReplaced",
    "ClauseComposed",
    "ClauseVoiced",
    "CommandsUnderstood",
    "ConfirmationAsked",
    "ConsentAsked",
    "ConsentSettled",
    "DangerChecked",
    "DangerHeard",
    "EngineFailed",
    "EventBody",
    "FactLearned",
    "FloorTaken",
    "GuardrailBlocked",
    "GuardrailCleared",
    "HandoverAnswered",
    "HandoverFailed",
    "HandoverRequested",
    "HoldBegan",
    "HoldEnded",
    "LineChosen",
    "LineDegraded",
    "LineMeasured",
    "MachineHeard",
    "OnsetJudged",
    "OrderAccepted",
    "OrderRefused",
    "OutcomeReached",
    "PatienceGranted",
    "ProviderNoticed",
    "ReceiptTaken",
    "RecordingArchived",
    "RecordingDestroyed",
    "RecordingLacking",
    "RecordingMuted",
    "RecordingStarted",
    "RecordingStopped",
    "RecordingUnmuted",
    "RepairApplied",
    "ReplyClosed",
    "ReplyCompleted",
    "ReplyOpened",
    "ResumeOffered",
    "RunEvent",
    "SlotCleared",
    "SlotConfirmed",
    "SlotFilled",
    "SlotPartlyFilled",
    "SpeculationBegan",
    "SpeculationEnded",
    "SpendNoticed",
    "StepEntered",
    "TimeRanShort",
    "TurnContinued",
    "TurnTakenBack",
    "UsageCounted",
    "UtteranceCheckpointed",
    "VerificationFailed",
    "VerificationLapsed",
    "WorkflowCalled",
    "WorkflowMigrated",
    "WorkflowReturned",
    "WorkflowStarted",
]
