"""The fold of a script's run: the only way a ``Run`` changes, live and when a call is rebuilt."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TypeVar

from calls import events as ev
from calls.changed import changed
from calls.run import WHOLE_CALL, Frame, Run, SlotValue, Verified

V = TypeVar("V")


def fold(run: Run, body: ev.EventBody) -> Run:
    """``run`` after ``body``; events which do not concern a script leave it as it is."""
    match body:
        case ev.WorkflowStarted():
            # It takes the call for good: nothing waits any more.
            return changed(run, script=body.script, version=body.digest, frames=())
        case ev.StepEntered():
            return changed(run, step=body.step)
        case ev.SlotFilled():
            value = SlotValue(body.value, body.text, body.confidence, body.by)
            return changed(run, slots={**run.slots, body.slot: value}, parts=_without(run.parts, body.slot))
        case ev.SlotPartlyFilled():
            return changed(run, parts={**run.parts, body.slot: body.part})
        case ev.SlotConfirmed():
            return changed(run, slots=_confirmed(run, body.slot), confirming="")
        case ev.SlotCleared():
            return changed(run, slots=_without(run.slots, body.slot), parts=_without(run.parts, body.slot))
        case ev.ConfirmationAsked():
            return changed(run, confirming=body.slot)
        case ev.AttemptCounted():
            return changed(run, counters={**run.counters, body.counter: body.count})
        case ev.FactLearned():
            return changed(run, facts={**run.facts, body.fact: body.value})
        case ev.ResumeOffered():
            return changed(run, earlier=body.earlier)
        case ev.OutcomeReached():
            return changed(run, outcome=body.outcome)
        case ev.CallNoted():
            return changed(run, noted={**run.noted, body.field: body.value})
        case ev.WorkflowCalled() | ev.WorkflowReturned() | ev.WorkflowMigrated():
            return _fold_call(run, body)
        case ev.CallerVerified() | ev.VerificationLapsed():
            return _fold_proof(run, body)
        case _:
            return _fold_action(run, body)


def _fold_call(run: Run, body: ev.WorkflowCalled | ev.WorkflowReturned | ev.WorkflowMigrated) -> Run:
    match body:
        case ev.WorkflowCalled():
            return changed(
                run, script=body.script, version=body.digest, step="", slots={}, counters=_of_call(run.counters),
                facts=_of_call(run.facts), parts={}, confirming="", frames=(*run.frames, _frame(run)),
            )  # fmt: skip
        case ev.WorkflowReturned() if run.frames:
            waited = run.frames[-1]
            return changed(
                run, script=waited.script, version=waited.version, step=waited.step, slots=waited.slots,
                counters={**waited.counters, **_of_call(run.counters)},
                facts={**waited.facts, **_of_call(run.facts)}, parts=waited.parts, confirming=waited.confirming,
                frames=run.frames[:-1], outcomes=(*run.outcomes, body.outcome) if body.outcome else run.outcomes,
            )  # fmt: skip
        case ev.WorkflowMigrated():
            return changed(run, script=body.script, version=body.to_digest, step=body.step, confirming="")
        case _:
            return run


def _of_call(known: Mapping[str, V]) -> dict[str, V]:
    return {name: value for name, value in known.items() if name.startswith(WHOLE_CALL)}


def _frame(run: Run) -> Frame:
    return Frame(
        run.script, run.version, run.step, run.slots, run.confirming, run.counters, run.facts, run.parts
    )  # fmt: skip


def _fold_proof(run: Run, body: ev.CallerVerified | ev.VerificationLapsed) -> Run:
    if isinstance(body, ev.CallerVerified):
        return changed(run, verified=Verified(body.level, body.subject))
    slots, facts = body.slots, body.facts
    frames = tuple(_forgetting(frame, slots, facts) for frame in run.frames)
    asked = {key: _forgetting(frame, slots, facts) for key, frame in run.asked.items()}
    return changed(
        run, verified=None, slots=_without(run.slots, *slots), parts=_without(run.parts, *slots),
        facts=_without(run.facts, *facts), frames=frames, asked=asked,
    )  # fmt: skip


def _forgetting(frame: Frame, slots: tuple[str, ...], facts: tuple[str, ...]) -> Frame:
    return replace(
        frame, slots=_without(frame.slots, *slots), parts=_without(frame.parts, *slots),
        facts=_without(frame.facts, *facts),
    )  # fmt: skip


def _without(known: Mapping[str, V], *names: str) -> Mapping[str, V]:
    return {name: value for name, value in known.items() if name not in names}


def _fold_action(run: Run, body: ev.EventBody) -> Run:
    match body:
        case ev.ActionRequested():
            asked = {**run.asked, body.key: _frame(run)} if body.writes else run.asked
            return changed(run, awaiting=body.key, asked=asked)
        case ev.ActionCommitted():
            receipts = {**run.receipts, body.receipt.action: body.receipt}
            return changed(run, receipts=receipts, awaiting=_settled(run, body.receipt.key))
        case ev.ActionSetAside():
            return changed(run, awaiting=_settled(run, body.key))
        case ev.ActionAnswered() | ev.ActionRefused() if body.key == run.awaiting:
            return changed(run, facts={**run.facts, **body.found}, awaiting="")
        case _:
            return run


def _settled(run: Run, key: str) -> str:
    return "" if run.awaiting == key else run.awaiting


def _confirmed(run: Run, slot: str) -> dict[str, SlotValue]:
    return {
        name: replace(value, confirmed=True) if slot in ("*", name) else value
        for name, value in run.slots.items()
    }
