"""One question after the goodbye: only when the line has one, only when something was done, and only once."""

from __future__ import annotations

import pytest

from calls.commands import Affirm, Cancel, Command, Deny, FillSlot, Goodbye, Unclear
from calls.speech import HeardBy
from tests.workflows.dialogue import Dialogue

QUESTION = "From one to five, how well did we help you today?"


def say(slot: str, value: str | int) -> FillSlot:
    return FillSlot(slot, value, str(value), 0.95)


def ticket(question: str = QUESTION) -> Dialogue:
    """A call in which a ticket was opened, at its goodbye."""
    call = Dialogue("support", survey_question=question).opens()
    call.says(say("reason", "problem")).says(say("problem", "The tap leaks")).says(say("name", "Anna Miller"))
    call.says(Affirm())
    for _ in range(4):
        if "open_ticket" in call.done:
            break
        call.says(say("phone", "+12125550143") if "number" in call.words and "tap" not in call.words else Affirm())
    assert call.done == ["open_ticket"]
    return call.says(Deny())


def test_a_line_without_a_question_asks_none() -> None:
    call = ticket("")
    assert call.ending == ("hang_up", "ticket")


@pytest.mark.parametrize("by", [HeardBy.SPEECH, HeardBy.KEYS])
def test_the_question_follows_the_goodbye_and_the_score_is_kept(by: HeardBy) -> None:
    call = ticket()
    assert QUESTION in call.words
    assert "Goodbye" in call.words and call.ending == ("", "")
    call.says(say("score", 4), by=by)
    assert call.requests[-1].action == "record_survey"
    assert dict(call.requests[-1].arguments) == {"score": 4}
    assert call.ending == ("hang_up", "ticket")
    assert call.actions.books.surveys[0]["score"] == 4


@pytest.mark.parametrize("command", [Deny(), Cancel(), Goodbye()])
def test_who_would_rather_not_is_let_go(command: Command) -> None:
    call = ticket().says(command)
    assert call.ending == ("hang_up", "ticket")
    assert call.actions.books.surveys == []


def test_a_score_out_of_range_is_asked_for_again() -> None:
    call = ticket().says(say("score", 9))
    assert call.ending == ("", "") and call.actions.books.surveys == []
    call.says(say("score", 5))
    assert call.actions.books.surveys[0]["score"] == 5


def test_who_says_nothing_to_it_is_let_go() -> None:
    call = ticket()
    for count in (1, 2, 3, 4):
        if call.ending[0]:
            break
        call.silent(count)
    assert call.ending[0] == "hang_up"
    assert call.run.outcome == "ticket"


def test_who_is_not_understood_is_not_kept() -> None:
    call = ticket()
    for _ in range(6):
        if call.ending[0]:
            break
        call.says(Unclear("mumble"))
    assert call.run.outcome == "ticket"


def test_a_call_in_which_nothing_was_done_is_not_asked_about() -> None:
    call = Dialogue("support", survey_question=QUESTION).opens()
    call.says(say("reason", "order")).says(say("order", "482913"))
    assert QUESTION not in call.says(Deny()).words
    assert call.ending == ("hang_up", "answered")
