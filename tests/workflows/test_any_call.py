"""Calls in which anything may come at any moment: what must hold in all of them."""

from __future__ import annotations

import random

import pytest

from calls.commands import (
    Affirm,
    AskHuman,
    AskQuestion,
    Cancel,
    Command,
    CorrectSlot,
    Deny,
    FillSlot,
    Goodbye,
    Repeat,
    Restart,
    SlowDown,
    StartWorkflow,
    SwitchLanguage,
    Unclear,
    Value,
    Wait,
)
from calls.events import (
    ActionRequested,
    SlotCleared,
    SlotConfirmed,
    SlotFilled,
    WorkflowCalled,
    WorkflowReturned,
    WorkflowStarted,
)
from calls.run import ActionSettled
from calls.runs import fold
from tests.counts import count
from tests.workflows.dialogue import Dialogue
from workflows.language.model import Act

VALUES: dict[str, tuple[Value, ...]] = {
    "service": ("cleaning", "consultation", "surgery"),
    "date": ("2026-03-17", "2026-03-18", "2026-03-22", "2026-03-01", "nonsense"),
    "time": ("09:00", "14:30", "03:00", "99:99"),
    "name": ("Alex Kim", "Bo", ""),
    "phone": ("+12125550143", "555", "+12125550177"),
    "reason": ("order", "problem", "message", "human"),
    "order": ("482913", "999999", "12"),
    "problem": ("It leaks", ""),
    "wish": ("callback", "message", "nothing"),
    "message": ("Hello there",),
}
PLAIN: tuple[Command, ...] = (
    Affirm(), Affirm(), Affirm(), Deny(), Deny(), Cancel(), Restart(), Repeat(), SlowDown(), Wait(), AskHuman(),
    AskQuestion("robot", ""), AskQuestion("hours", ""), AskQuestion("", ""), SwitchLanguage("es"), Goodbye(),
    Unclear("x"), StartWorkflow("book"), StartWorkflow("support"), StartWorkflow("none"),
)  # fmt: skip


GOOD: dict[str, Value] = {slot: values[0] for slot, values in VALUES.items()}


def likely(chance: random.Random, call: Dialogue) -> tuple[Command, ...]:
    """Mostly what a caller who wants something would say; now and then anything at all."""
    guidance = call.last.guidance
    if chance.random() < 0.2:
        return anything(chance)
    if guidance.proposed is None and guidance.primary in GOOD:
        value = chance.choice((GOOD[guidance.primary], chance.choice(VALUES[guidance.primary])))
        return (FillSlot(guidance.primary, value, str(value), chance.choice((0.6, 0.95))),)
    if call.run.confirming:
        return (chance.choice((Affirm(), Affirm(), Affirm(), Deny())),)
    return (chance.choice((Deny(), Deny(), Affirm(), StartWorkflow("book"), StartWorkflow("support"))),)


def anything(chance: random.Random) -> tuple[Command, ...]:
    """One to four commands; values more often than not."""
    found: list[Command] = []
    for _ in range(chance.choice((1, 1, 1, 2, 3, 4))):
        slot = chance.choice(list(VALUES))
        value = chance.choice(VALUES[slot])
        draw = chance.random()
        if draw < 0.5:
            found.append(FillSlot(slot, value, str(value), chance.choice((0.3, 0.9))))
        elif draw < 0.6:
            found.append(CorrectSlot(slot, chance.choice((value, None)), str(value)))
        else:
            found.append(chance.choice(PLAIN))
    return tuple(found)


def play(seed: int) -> Dialogue:
    """A call of up to forty turns."""
    chance = random.Random(seed)
    call = Dialogue(
        chance.choice(("book", "support")),
        has_human=chance.random() < 0.3,
        exact_hearing=chance.random() < 0.5,
        caller=chance.choice(("+12125550192", "")),
    )
    call.opens()
    for _ in range(40):
        draw = chance.random()
        if call.last.ending == "hand_over":
            call.human_missed(chance.choice(("busy", "no-answer")))
        elif call.last.ending:
            break
        elif draw < 0.03:
            call.silent(chance.randint(1, 4))
        elif draw < 0.05:
            call.resumes()
        elif draw < 0.12:
            call.hold = True
            call.says(*likely(chance, call))
            call.says(*anything(chance))
            call.hold = False
            if call.pending is not None:
                refusal = chance.choice(("", "unavailable", "slot_taken", "never heard of"))
                request = call.pending
                call.settles(ActionSettled(request.key, request.action, refusal=refusal) if refusal else None)
                while call.pending is not None:
                    call.settles()
        else:
            call.says(*likely(chance, call))
    return call


@pytest.mark.parametrize("block", range(10))
def test_nothing_is_done_that_was_not_agreed_to(block: int) -> None:
    size, done = count(500, 40), set()
    for seed in range(block * size, (block + 1) * size):
        call = play(seed)
        agreed_before_every_write(call, seed)
        run = type(call.run)()
        for body in call.record:
            run = fold(run, body)
        assert run == call.run, seed
        receipts = {receipt.key for receipt in call.actions.receipts.values()}
        asked = {request.key for request in call.requests if request.writes}
        assert receipts <= asked, seed
        done |= {receipt.action for receipt in call.actions.receipts.values()}
    assert done >= {"book", "leave_callback", "open_ticket"}, "the calls are too wild to prove anything"


def agreed_before_every_write(call: Dialogue, seed: int) -> None:
    """Every slot given to a writing action was confirmed after it last changed, in the script it was given in."""
    waiting: list[dict[str, bool]] = []
    confirmed: dict[str, bool] = {}
    scripts: list[str] = []
    script = ""
    for body in call.record:
        match body:
            case SlotFilled():
                confirmed[body.slot] = False
            case SlotCleared():
                confirmed.pop(body.slot, None)
            case SlotConfirmed():
                for slot in list(confirmed) if body.slot == "*" else [body.slot]:
                    confirmed[slot] = True
            case WorkflowStarted():
                script, waiting, scripts = body.script, [], []
            case WorkflowCalled():
                waiting.append(confirmed)
                scripts.append(script)
                confirmed, script = {}, body.script
            case WorkflowReturned():
                confirmed, script = waiting.pop(), scripts.pop()
            case ActionRequested() if body.writes:
                for name, slot in slots_given(call, script, body.action).items():
                    if name in body.arguments:
                        assert confirmed.get(slot), (seed, body.action, slot)


def slots_given(call: Dialogue, script: str, action: str) -> dict[str, str]:
    """Argument -> slot, of the script's steps which ask for the action."""
    steps = call.director.scripts.scripts[script].steps.values()
    acts = [step for step in steps if isinstance(step, Act) and step.action == action and not step.tentative]
    return {name: arg.name for act in acts for name, arg in act.arguments.items() if arg.source == "slot"}
