"""The guidance of the steps at which the corpus's turns are said, as a front desk's scripts would give it."""

from __future__ import annotations

from dataclasses import replace

from calls import commands
from calls.guidance import Guidance, Option, SlotExpectation
from calls.run import CallFacts, Run
from tests.corpora.check_behaviour import MeantTurn
from workflows.advance import ScriptDirector
from workflows.language import shipped_scripts

FACTS = CallFacts(
    call="CA1",
    caller="+12125550192",
    line="front",
    business="Harbor Dental",
    agent_name="Ava",
    greeting="",
    locale="en-US",
    timezone="America/New_York",
    wall="2026-03-16T10:00:00-04:00",
)

_ALWAYS = frozenset(
    kind.__name__
    for kind in (
        commands.AskHuman, commands.AskQuestion, commands.CallLater, commands.Cancel, commands.Explain,
        commands.Goodbye, commands.MachineHeard, commands.Remark, commands.Repeat, commands.Restart,
        commands.SlowDown, commands.SpeakUp, commands.StartWorkflow, commands.SwitchLanguage, commands.Unclear,
        commands.UseCallerNumber, commands.Wait, commands.WrongNumber,
    )
)  # fmt: skip
_VALUES = frozenset({"FillSlot", "FillPart", "CorrectSlot"})
_ANSWERS = frozenset({"Affirm", "Deny"})

_SERVICE = (
    Option("cleaning", ("a cleaning", "teeth cleaning", "hygiene")),
    Option("checkup", ("a check-up", "checkup", "an exam")),
)
SLOTS = (
    SlotExpectation("service", "choice", _SERVICE, names=("the service", "the treatment")),
    SlotExpectation("date", "date", names=("the date", "the day")),
    SlotExpectation("time", "time", hours=("09:00", "18:00"), names=("the time", "the hour")),
    SlotExpectation("name", "person_name", names=("the name", "my name")),
    SlotExpectation("phone", "phone", names=("the phone number", "the number")),
    SlotExpectation("code", "code", length=6, names=("the booking code", "the code")),
    SlotExpectation("problem", "free_text", names=("the problem",)),
)
_DESK = ScriptDirector(shipped_scripts(), "front_desk").guidance(Run(script="front_desk", step="wish"), FACTS)
"""what the shipped front desk offers: its scripts and its topics, in its own words"""
WORKFLOWS, TOPICS = _DESK.workflows, _DESK.topics


def guidance_of(turn: MeantTurn) -> Guidance:
    """What is wanted at the step where ``turn`` is said."""
    if turn.step_kind == "confirm":
        known = tuple(replace(slot, filled=True) for slot in SLOTS[:5])
        return Guidance("check", "", known, _ALWAYS | _VALUES | _ANSWERS, WORKFLOWS, TOPICS, patience="quick")
    if turn.step_kind == "act":
        return Guidance("after", "", (), _ALWAYS | _ANSWERS, WORKFLOWS, TOPICS)
    if turn.step_kind == "choose":
        return Guidance("menu", "", SLOTS[:5], _ALWAYS | _VALUES, WORKFLOWS, TOPICS)
    wanted = next(slot for slot in SLOTS if slot.slot == turn.expecting)
    others = tuple(slot for slot in SLOTS[:5] if slot.slot != wanted.slot)
    return Guidance(turn.expecting, turn.expecting, (wanted, *others), _ALWAYS | _VALUES, WORKFLOWS, TOPICS)
