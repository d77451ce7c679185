"""Whole support calls."""

from __future__ import annotations

import pytest

from calls.commands import Affirm, Command, CorrectSlot, Deny, FillSlot, StartWorkflow
from tests.workflows.dialogue import Dialogue


def say(slot: str, value: str) -> FillSlot:
    return FillSlot(slot, value, value, 0.95)


@pytest.mark.parametrize(
    ("code", "words"),
    [
        ("482913", ["on its way", "Wednesday, March eighteenth"]),
        ("100200", ["waiting to be packed", "Sunday, March twenty"]),
        ("774402", ["has arrived"]),
        ("905561", ["called off"]),
    ],
)
def test_an_order_is_found_by_its_code(code: str, words: list[str]) -> None:
    call = Dialogue("support").opens().says(say("reason", "order")).says(say("order", code))
    for word in words:
        assert word in call.words
    assert call.says(Deny()).ending == ("hang_up", "answered")


def test_an_inexactly_heard_code_is_read_back_before_the_look_up() -> None:
    call = Dialogue("support", exact_hearing=False).opens().says(say("reason", "order"), say("order", "482913"))
    assert call.requests == []
    assert "four eight two" in call.words
    call.says(Deny())
    assert "pound key" in call.words
    call.says(say("order", "100200"))
    call.says(Affirm())
    assert call.requests[-1].arguments == {"code": "100200"}


def test_an_unknown_code_is_asked_for_once_more() -> None:
    call = Dialogue("support").opens().says(say("reason", "order"), say("order", "999999"))
    assert "can't find" in call.words
    assert call.last.guidance.primary == "order"
    call.says(say("order", "774402"))
    assert "has arrived" in call.words


def test_a_code_of_the_wrong_length_is_refused_with_the_reason() -> None:
    call = Dialogue("support").opens().says(say("reason", "order")).says(say("order", "4829"))
    assert "six characters" in call.words
    assert call.requests == []


def test_a_problem_becomes_a_ticket_with_its_number() -> None:
    call = Dialogue("support").opens()
    call.says(say("reason", "problem")).says(say("problem", "The tap leaks")).says(say("name", "Anna Miller"))
    call.says(Affirm())
    assert "The tap leaks" in call.words
    assert call.done == []
    call.says(Affirm())
    (ticket,) = call.actions.books.tickets
    assert ticket["problem"] == "The tap leaks"
    assert call.run.outcome == "ticket"
    assert call.last.lines[0].receipt == call.run.receipts["open_ticket"].key


def test_changing_the_reason_takes_the_other_branch() -> None:
    call = Dialogue("support").opens().says(say("reason", "problem"))
    assert call.last.guidance.primary == "problem"
    call.says(CorrectSlot("reason", "order", "no, an order"))
    assert call.last.guidance.primary == "order"


@pytest.mark.parametrize(("has_human", "ending"), [(True, "hand_over"), (False, "")])
def test_a_person_is_one_of_the_reasons(has_human: bool, ending: str) -> None:
    call = Dialogue("support", has_human=has_human).opens().says(say("reason", "human"))
    assert call.last.ending == ending
    assert (call.run.script == "callback") != has_human


def test_a_message_is_one_of_the_reasons() -> None:
    call = Dialogue("support").opens().says(say("reason", "message"))
    assert call.run.script == "callback"
    assert call.last.guidance.primary == "message"


def test_an_unreachable_system_takes_a_number() -> None:
    call = Dialogue("support").opens()
    call.actions.refuse["order_status"] = "unavailable"
    call.says(say("reason", "order"), say("order", "482913"))
    assert "can't reach our system" in call.words
    call.says(Affirm())
    assert call.ending == ("hang_up", "callback")


@pytest.mark.parametrize("again", [StartWorkflow("support"), Affirm()])
def test_two_requests_in_one_call(again: Command) -> None:
    call = Dialogue("support").opens().says(say("reason", "order"), say("order", "482913"))
    call.says(again)
    if isinstance(again, Affirm):
        call.says(StartWorkflow("support"))
    assert call.last.guidance.primary == "reason"
    assert call.slots == {}
