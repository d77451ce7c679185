"""An action was given up on, the caller was told that it can't be done, and then its receipt came."""

from __future__ import annotations

import pytest

from calls.commands import Affirm, CallLater, Deny, Remark, StartWorkflow
from calls.events import ActionCommitted
from calls.run import ActionSettled, Receipt
from tests.workflows.dialogue import Dialogue, finished
from tests.workflows.test_booking_calls import at_confirmation, fill


def given_up() -> tuple[Dialogue, Receipt]:
    """The calendar could not be reached and a call back is noted instead; and the receipt that is on its way."""
    call = at_confirmation()
    call.hold = True
    call.says(Affirm())
    request = call.pending
    assert request is not None and request.action == "book"
    done = finished(call.actions.run(call.facts.call, call.facts, request))
    assert done.receipt is not None
    call.settles(ActionSettled(request.key, request.action, refusal="unavailable"))
    call.hold = False
    assert "can't reach our calendar" in call.words
    call.settles()
    assert call.ending == ("hang_up", "callback")
    return call, done.receipt


def comes(call: Dialogue, receipt: Receipt) -> Dialogue:
    """The receipt reaches the script at a pause."""
    call._keep(ActionCommitted(receipt, 1.0))
    return call.hears(ActionSettled(receipt.key, receipt.action, receipt, late=True))


def test_it_is_told_from_its_receipt_and_the_call_goes_on_as_booked() -> None:
    call, receipt = given_up()
    comes(call, receipt)
    assert "gone through after all. You are booked for a cleaning on" in call.words
    assert "Your booking code is" in call.words and call.turn[-1].startswith("Is there anything else")
    must = [line for line in call.last.lines if line.must_say]
    assert [line.receipt for line in must] == [receipt.key] * 2
    assert (call.run.script, call.run.outcome, call.last.ending) == ("book", "booked", "")
    call.says(Deny())
    assert call.ending == ("hang_up", "booked")
    assert call.done == ["book", "leave_callback"]


def test_a_call_back_that_is_still_offered_is_withdrawn() -> None:
    call, receipt = given_up()
    call.says(CallLater())
    assert (call.run.script, call.last.ending) == ("callback", "")
    comes(call, receipt)
    assert "You are booked for" in call.words and call.run.script == "book"


def test_what_is_booked_is_not_booked_again() -> None:
    call, receipt = given_up()
    comes(call, receipt)
    call.says(fill("time"))
    assert call.done.count("book") == 1


def test_who_is_at_something_else_is_told_and_stays_there() -> None:
    call, receipt = given_up()
    call.says(StartWorkflow("order_status"))
    assert call.run.script == "order_status"
    at = call.run.step
    comes(call, receipt)
    assert "You are booked for a cleaning on" in call.words
    assert (call.run.script, call.run.step, call.run.outcome) == ("order_status", at, "booked")
    assert call.turn[-1].startswith("What is your order number?")


@pytest.mark.parametrize("who", ["another_speaker", "child"])
def test_somebody_else_on_the_phone_is_told_nothing_of_it(who: str) -> None:
    call, receipt = given_up()
    call.says(Remark(who))  # type: ignore[arg-type]
    comes(call, receipt)
    assert "gone through after all" in call.words and "booked" not in call.words


def test_after_the_line_was_lost_nothing_is_told_before_the_caller_is_the_same() -> None:
    call, receipt = given_up()
    call.resumes()
    comes(call, receipt)
    assert "gone through after all" in call.words
