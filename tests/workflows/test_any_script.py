"""Any script, any caller: seeded calls over every shipped script and over scripts which call and verify."""

from __future__ import annotations

import random
from datetime import date

import pytest

from calls.commands import (
    Affirm,
    AskHuman,
    AskQuestion,
    Cancel,
    Command,
    CorrectSlot,
    Deny,
    FillPart,
    FillSlot,
    Goodbye,
    Repeat,
    Restart,
    SlowDown,
    StartWorkflow,
    Unclear,
    Value,
    Wait,
)
from calls.guidance import Guidance, SlotExpectation
from calls.run import DEEPEST, ActionSettled, Run
from calls.runs import fold
from tests.counts import count
from tests.workflows.dialogue import SCRIPTS, TODAY, Dialogue
from tests.workflows.little import World, dialogue, scripts
from tests.workflows.test_calling import FRONT, PAINT
from tests.workflows.test_done_already import BOOK, DROP, MOVE
from tests.workflows.test_messages import HAND, TAKING
from tests.workflows.test_step_attributes import PLAIN
from tests.workflows.test_verify import MOVE as PROVED
from workflows.language import ScriptSet
from workflows.language.catalogue import ACTIONS
from workflows.memory_actions import MemoryActions

SETS: dict[str, ScriptSet] = {
    "shipped": SCRIPTS,
    "calling": scripts(FRONT, PAINT, BOOK, MOVE, DROP),
    "proving": scripts(PROVED),
    "asking": scripts(PLAIN, TAKING, HAND),
}
BY_KIND: dict[str, tuple[Value, ...]] = {
    "date": ("2026-03-18", "2026-03-19", "2026-03-22", "2026-03-01", "never"),
    "time": ("10:00", "14:30", "03:00", "99:99"),
    "datetime": ("2026-03-18T10:00", "x"),
    "person_name": ("Kim", "Alex Kim", "Bo", ""),
    "phone": ("+12125550143", "555", "+12125550177"),
    "code": ("K7QF2M", "482913", "12", "AAAAAA"),
    "email": ("a@example.com", "a@"),
    "free_text": ("It leaks", ""),
    "yes_no": (True, False),
    "number": (2, 4.5, "x"),
    "money": ("12.50 USD", "x"),
}
BESIDE: tuple[Command, ...] = (
    Affirm(), Deny(), Cancel(), Restart(), Repeat(), SlowDown(), Wait(), AskHuman(), AskQuestion("hours", "x"),
    AskQuestion("robot", "x"), Goodbye(), Unclear("x"), StartWorkflow("nowhere"),
)  # fmt: skip


def a_value(chance: random.Random, slot: SlotExpectation) -> Value:
    if slot.options:
        return chance.choice([option.id for option in slot.options] + ["unheard of"])
    return chance.choice(BY_KIND.get(slot.kind, ("x",)))


def what_is_said(chance: random.Random, guidance: Guidance, confirming: str) -> tuple[Command, ...]:
    """Mostly an answer; now and then something else, or several things."""
    draw = chance.random()
    asked = guidance.slot(guidance.primary)
    if confirming and draw < 0.7:
        return (chance.choice((Affirm(), Affirm(), Affirm(), Deny())),)
    if asked is not None and draw < 0.7:
        value = chance.choice((a_value(chance, asked), BY_KIND.get(asked.kind, ("x",))[0]))
        if asked.options:
            value = a_value(chance, asked)
        if draw < 0.05:
            return (FillPart(asked.slot, str(value)[:3], "x"),)
        return (FillSlot(asked.slot, value, str(value), chance.choice((0.3, 0.95))),)
    if guidance.slots and draw < 0.8:
        slot = chance.choice(guidance.slots)
        value = a_value(chance, slot)
        return (chance.choice((FillSlot(slot.slot, value, "x"), CorrectSlot(slot.slot, value, "x"),
                               CorrectSlot(slot.slot, None, "x"))),)  # fmt: skip
    if guidance.workflows and draw < 0.9:
        return (StartWorkflow(chance.choice(guidance.workflows).id),)
    return tuple(chance.choice(BESIDE) for _ in range(chance.choice((1, 1, 2))))


def world(chance: random.Random) -> World:
    """One which now and then does not tell what it promised."""
    found: dict[str, Value] = {"booking_date": "2026-03-25", "booking_time": "15:00"}
    return World(found={"find_booking": found} if chance.random() < 0.7 else {})


def play(name: str, seed: int) -> Dialogue:
    """A call of up to forty turns, with lost lines, missed people and actions that answer anything."""
    chance, little = random.Random(f"{name} {seed}"), SETS[name]
    call = dialogue(
        chance.choice(sorted(little.scripts)), little, world(chance), has_human=chance.random() < 0.4,
        exact_hearing=chance.random() < 0.5, caller=chance.choice(("+12125550192", "")),
    )  # fmt: skip
    if name == "shipped":
        call.actions = MemoryActions(TODAY)
    call.opens()
    for _ in range(40):
        draw = chance.random()
        if call.last.ending == "hand_over":
            call.human_missed(chance.choice(("busy", "no-answer", "failed")))
        elif call.last.ending:
            break
        elif draw < 0.03:
            call.silent(chance.randint(1, 6))
        elif draw < 0.06:
            call.resumes()
        elif draw < 0.12:
            answered_oddly(chance, call)
        else:
            call.says(*what_is_said(chance, call.last.guidance, call.run.confirming))
        holds(call, name, seed)
    return call


def answered_oddly(chance: random.Random, call: Dialogue) -> None:
    call.hold = True
    call.says(*what_is_said(chance, call.last.guidance, call.run.confirming))
    if call.pending is not None:
        call.says(*what_is_said(chance, call.last.guidance, call.run.confirming))
    call.hold = False
    if call.pending is not None:
        refusal = chance.choice(("", "unavailable", "not_matched", "locked", "slot_taken", "never heard of"))
        request = call.pending
        call.settles(ActionSettled(request.key, request.action, refusal=refusal) if refusal else None)
        while call.pending is not None:
            call.settles()


def holds(call: Dialogue, name: str, seed: int) -> None:
    """What has to be so after every turn."""
    assert len(call.run.frames) <= DEEPEST, (name, seed)
    assert not call.last.ending or call.last.lines, (name, seed, "ended in silence")
    assert len(call.last.events) < 120, (name, seed, "went in circles")
    run = Run()
    verified = False
    for body in call.record:
        run = fold(run, body)
        if body.name == "action.requested" and ACTIONS[body.action].personal:  # type: ignore[union-attr]
            verified = run.verified is not None
            assert verified, (name, seed, "nobody had proved who they are")
    assert run == call.run, (name, seed)


@pytest.mark.parametrize("block", range(4))
@pytest.mark.parametrize("name", sorted(SETS))
def test_any_call_of_any_script_holds(name: str, block: int) -> None:
    size = count(250, 12)
    ended = [play(name, seed).last.ending for seed in range(block * size, (block + 1) * size)]
    assert any(ended), "no call came to an end: the calls are too wild to prove anything"


def test_the_calls_reach_what_they_are_to_prove() -> None:
    """Calls, returns, proofs and lapses happen; else the others prove nothing."""
    seen = {body.name for name in SETS for seed in range(count(100, 25)) for body in play(name, seed).record}
    assert seen >= {
        "workflow.called", "workflow.returned", "caller.verified", "verification.failed", "verification.lapsed",
        "slot.partly_filled", "call.noted", "outcome.reached",
    }  # fmt: skip


def test_the_day_the_calls_are_made_on_is_the_day_of_the_books() -> None:
    assert date(2026, 3, 16) == TODAY
