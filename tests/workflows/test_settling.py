"""The world has answered: the call goes on from the step that asked."""

from __future__ import annotations

from calls.commands import FillSlot, Value
from calls.run import ActionRequest, ActionSettled, CallFacts
from tests.workflows.little import World, dialogue, scripts

NEXT_DAY = """\
script: next_day
title: the next day
slots: {date: {kind: date}, service: {kind: choice, options: {cleaning: [a cleaning]}}}
steps:
  service: {collect: service, ask: "What is it for?"}
  day: {collect: date, ask: "Which day?"}
  look:
    act: find_times
    arguments: {service: service, date: date}
    then: bye
    refused: {else: look_on}
  look_on:
    act: find_times
    arguments: {service: service, date: fact.next_date}
    then: bye
    refused: {else: full}
  full: {say: "We are full, also on {fact.next_date}."}
  bye: {end: done, say: Goodbye.}
"""


class Full(World):
    """Full on every day, and each answer names the next one."""

    async def run(self, call: str, facts: CallFacts, request: ActionRequest) -> ActionSettled:
        self.asked.append(request)
        found: dict[str, Value] = {"next_date": f"2026-03-2{len(self.asked)}"}
        return ActionSettled(request.key, request.action, found=found, refusal="no_times")


def test_an_answer_may_change_what_its_own_step_would_ask_next() -> None:
    call = dialogue("next_day", scripts(NEXT_DAY), Full()).opens()
    call.says(FillSlot("service", "cleaning", "a cleaning")).says(FillSlot("date", "2026-03-19", "Thursday"))
    assert [request.arguments["date"] for request in call.requests] == ["2026-03-19", "2026-03-21"]
    assert call.turn[0] == "We are full, also on Sunday, March twenty second."
