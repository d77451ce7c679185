"""What the shipped scripts lean on: slots set from what is found, nothing to prove with, branches taken anew."""

from __future__ import annotations

import pytest

from calls.commands import Affirm, Cancel, Deny, FillSlot, StartWorkflow
from tests.workflows.dialogue import Dialogue
from workflows.language import ScriptError, read_script


def say(slot: str, value: str) -> FillSlot:
    return FillSlot(slot, value, value, 0.95)


def proved() -> Dialogue:
    call = Dialogue("payment_promise").opens()
    return call.says(say("name", "Alex Kim")).says(say("date_of_birth", "1984-05-09"))


def test_a_slot_is_set_from_what_was_found() -> None:
    call = proved()
    assert "One hundred twenty dollars" in call.words
    call.says(StartWorkflow("all"))
    assert call.slots["amount"] == "120.00 USD"
    assert call.last.guidance.primary == "date"


def test_a_value_told_early_decides_the_branch_before_the_question() -> None:
    call = proved().says(say("amount", "40.00 USD"), say("date", "2026-03-27"))
    assert call.run.confirming == "*"
    assert call.slots["amount"] == "40.00 USD"


def test_who_has_nothing_to_prove_with_is_led_on_without_an_attempt() -> None:
    call = Dialogue("reschedule").opens().says(Deny())
    assert call.run.step == "other_way"
    assert call.requests == []
    assert "text you a code" in call.words


def test_a_choice_that_led_on_is_not_answered_with_not_understood() -> None:
    call = Dialogue("reschedule").opens().says(Deny()).says(StartWorkflow("text_me"))
    assert "didn't get that" not in call.words
    assert call.run.step == "by_text.phone"


def test_what_was_set_from_a_record_is_forgotten_when_the_line_drops() -> None:
    call = proved().says(StartWorkflow("all")).resumes()
    assert "amount" not in call.slots
    assert call.run.verified is None


def test_nothing_is_booked_is_never_said_of_what_is_booked() -> None:
    call = Dialogue().opens()
    call.says(say("service", "cleaning"), say("date", "2026-03-17"), say("time", "14:30"), say("name", "Alex Kim"))
    call.says(Affirm()).says(Affirm())
    assert call.run.outcome == "booked"
    call.says(Cancel())
    assert "not booked" not in call.words
    assert "Shall I cancel the appointment" in call.words
    call.says(Affirm())
    assert call.done == ["book", "take_back"]
    assert call.actions.books.bookings[0].status == "cancelled"


SETS = """
script: demo
title: a demonstration
slots:
  day: {{kind: date, names: [the day]}}
  size: {{kind: number, names: [the size]}}
steps:
  day: {{collect: day, ask: "Which day?"}}
  look: {{act: find_times, arguments: {{service: {{text: cleaning}}, date: day}}, then: set, refused: {{else: set}}}}
  set: {{say: Good., sets: {sets}}}
  size: {{collect: size, ask: "Which size?"}}
  bye: {{end: done, say: "{{size}} on {{day}}. Goodbye."}}
"""


@pytest.mark.parametrize(
    ("sets", "reason"),
    [
        ("{day: fact.next_day}", "is nothing"),
        ("{nights: fact.next_date}", "is no slot"),
        ("{size: fact.next_date}", "slot size is a number, and what it is set to a date"),
        ("{size: {text: 3}}", "slot size is a number"),
    ],
)
def test_a_slot_is_set_to_nothing_that_does_not_fit(sets: str, reason: str) -> None:
    with pytest.raises(ScriptError) as refused:
        read_script(SETS.format(sets=sets), "demo.yaml")
    assert reason in str(refused.value)


def test_a_slot_is_set_to_a_fact_of_its_kind() -> None:
    script = read_script(SETS.format(sets="{day: fact.next_date}"), "demo.yaml")
    assert script.steps["set"].sets["day"].name == "next_date"  # type: ignore[union-attr]
