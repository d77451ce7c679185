"""The fold of a script's run: the only way a ``Run`` changes, live and when a call is rebuilt."""

from __future__ import annotations

from dataclasses import replace

from calls import events as ev
from calls.run import Run, SlotValue


def fold(run: Run, body: ev.EventBody) -> Run:
    """``run`` after ``body``; events which do not concern a script leave it as it is."""
    match body:
        case ev.WorkflowStarted():
            return replace(run, script=body.script, version=body.digest)
        case ev.StepEntered():
            return replace(run, step=body.step, returns=body.returns)
        case ev.SlotFilled():
            value = SlotValue(body.value, body.text, body.confidence, body.by)
            return replace(run, slots={**run.slots, body.slot: value})
        case ev.SlotConfirmed():
            return replace(run, slots=_confirmed(run, body.slot), confirming="")
        case ev.SlotCleared():
            return replace(run, slots={k: v for k, v in run.slots.items() if k != body.slot})
        case ev.ConfirmationAsked():
            return replace(run, confirming=body.slot)
        case ev.AttemptCounted():
            return replace(run, counters={**run.counters, body.counter: body.count})
        case ev.FactLearned():
            return replace(run, facts={**run.facts, body.fact: body.value})
        case ev.ResumeOffered():
            return replace(run, earlier=body.earlier)
        case ev.OutcomeReached():
            return replace(run, outcome=body.outcome)
        case _:
            return _fold_action(run, body)


def _fold_action(run: Run, body: ev.EventBody) -> Run:
    match body:
        case ev.ActionRequested():
            return replace(run, awaiting=body.key)
        case ev.ActionCommitted():
            receipts = {**run.receipts, body.receipt.action: body.receipt}
            return replace(run, receipts=receipts, awaiting=_settled(run, body.receipt.key))
        case ev.ActionAnswered() | ev.ActionRefused():
            return replace(run, facts={**run.facts, **body.found}, awaiting=_settled(run, body.key))
        case _:
            return run


def _settled(run: Run, key: str) -> str:
    return "" if run.awaiting == key else run.awaiting


def _confirmed(run: Run, slot: str) -> dict[str, SlotValue]:
    return {
        name: replace(value, confirmed=True) if slot in ("*", name) else value
        for name, value in run.slots.items()
    }
