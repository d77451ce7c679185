"""Whole booking calls, command by command: any order, corrections, refusals, and what must never happen."""

from __future__ import annotations

from itertools import permutations

import pytest

from calls.commands import (
    Affirm,
    Cancel,
    Command,
    CorrectSlot,
    Deny,
    FillSlot,
    Goodbye,
    Repeat,
    Restart,
    StartWorkflow,
    Unclear,
    Value,
)
from calls.run import ActionSettled
from tests.workflows.dialogue import Dialogue
from workflows.backends.seed import Practice

VALUES: dict[str, Value] = {
    "service": "cleaning",
    "date": "2026-03-17",
    "time": "14:30",
    "name": "Alex Kim",
    "phone": "+12125550143",
}


def fill(slot: str, value: Value | None = None, confidence: float = 0.95) -> FillSlot:
    chosen = VALUES[slot] if value is None else value
    return FillSlot(slot, chosen, str(chosen), confidence)


def correct(slot: str, value: Value | None) -> CorrectSlot:
    return CorrectSlot(slot, value, str(value))


def at_confirmation(**facts: object) -> Dialogue:
    call = Dialogue(**facts).opens()  # type: ignore[arg-type]
    call.says(*(fill(slot) for slot in VALUES))
    while call.run.confirming in VALUES:
        call.says(Affirm())
    assert call.run.confirming == "*"
    return call


def booked(call: Dialogue) -> dict[str, object]:
    """The one appointment on file."""
    (found,) = call.actions.books.bookings
    start = found.span[0]
    return {"service": found.service, "utc": f"{start:%m-%d %H:%M}", "name": found.name, "phone": found.phone}


def test_greeting_comes_first_in_full_and_names_the_machine() -> None:
    call = Dialogue().opens()
    greeting = call.last.lines[0]
    assert (greeting.id, greeting.must_say) == ("greeting", True)
    assert "automated assistant" in greeting.text
    assert call.last.guidance.primary == "service"


def test_one_answer_at_a_time() -> None:
    call = Dialogue().opens()
    for slot in ("service", "date", "time", "name"):
        assert call.last.guidance.primary == slot
        call.says(fill(slot))
    assert "zero one nine two" in call.words
    call.says(Affirm())
    assert "Shall I book it?" in call.words
    call.says(Affirm())
    assert booked(call) == {
        "service": "cleaning", "utc": "03-17 18:30", "name": "Alex Kim", "phone": "+12125550192"
    }  # fmt: skip
    code = call.actions.books.bookings[0].code
    assert call.run.receipts["book"].result["code"] == code
    assert call.run.outcome == "booked"
    call.says(Deny())
    assert call.ending == ("hang_up", "booked")


@pytest.mark.parametrize("order", list(permutations(("service", "date", "time", "name")))[::2])
def test_values_in_any_order_reach_the_same_confirmation(order: tuple[str, ...]) -> None:
    call = Dialogue().opens()
    for slot in order:
        call.says(fill(slot))
    call.says(fill("phone"))
    assert call.run.confirming == "*"
    assert call.slots == VALUES
    call.says(Affirm())
    assert booked(call)["phone"] == "+12125550143"


@pytest.mark.parametrize("together", [2, 3, 4, 5])
def test_over_answering_skips_what_is_known(together: int) -> None:
    call = Dialogue().opens()
    names = list(VALUES)
    call.says(*(fill(slot) for slot in names[:together]))
    if together < 5:
        assert call.last.guidance.primary == names[together]
    else:
        assert call.run.confirming == "*"


@pytest.mark.parametrize(
    ("slot", "value", "said"),
    [
        ("service", "consultation", "consultation"),
        ("date", "2026-03-18", "Wednesday, March eighteenth"),
        ("time", "15:00", "three in the afternoon"),
        ("name", "Anna Miller", "Anna Miller"),
        ("phone", "+12125550177", "oh one seven seven"),
    ],
)
@pytest.mark.parametrize("with_no", [True, False])
def test_a_correction_at_the_confirmation_returns_to_it(slot: str, value: str, said: str, with_no: bool) -> None:
    call = at_confirmation()
    commands: list[Command] = [Deny()] if with_no else []
    call.says(*commands, correct(slot, value))
    assert call.run.confirming == "*"
    assert said in call.words
    call.says(Affirm())
    assert call.requests[-1].arguments[slot] == value


@pytest.mark.parametrize("slot", ["service", "date", "time", "name"])
def test_a_correction_in_the_middle_goes_on_where_it_was(slot: str) -> None:
    call = Dialogue().opens().says(fill("service"), fill("date"), fill("time"), fill("name"))
    assert call.last.guidance.primary == "phone"
    other = {"service": "checkup", "date": "2026-03-18", "time": "10:00", "name": "Bo Li"}[slot]
    call.says(correct(slot, other))
    assert call.slots[slot] == other
    assert call.last.guidance.primary == "phone"


def test_a_changed_date_makes_the_time_be_checked_again() -> None:
    call = at_confirmation()
    call.says(correct("date", "2026-03-22"))  # a Sunday
    assert "closed on Sunday" in call.words
    assert "Monday, March twenty third" in call.words or "Monday, March twenty-third" in call.words
    assert (call.run.step, call.run.confirming) == ("closed_next", "")
    call.says(fill("date", "2026-03-21"))
    assert call.run.confirming == "*", "the time is free on that day too"
    assert "Saturday, March twenty" in call.words


def test_the_day_named_instead_is_taken_by_a_yes() -> None:
    call = Dialogue().opens().says(fill("service"), fill("date", "2026-03-22"))
    call.says(Affirm())
    assert call.slots["date"] == "2026-03-23"
    assert call.last.guidance.primary == "time"
    call.says(fill("time", "15:10"))
    assert "isn't available" in call.words


def test_a_time_is_held_while_the_details_are_taken() -> None:
    call = Dialogue().opens().says(fill("service"), fill("date"), fill("time"))
    (held,) = call.actions.books.holds
    assert f"{held.span[0]:%m-%d %H:%M}" == "03-17 18:30"
    call.says(correct("time", "10:00"))
    (held,) = call.actions.books.holds
    assert f"{held.span[0]:%m-%d %H:%M}" == "03-17 14:00"


def test_no_and_no_again_books_nothing() -> None:
    call = at_confirmation()
    call.says(Deny())
    assert "change" in call.words
    call.says(Deny())
    assert call.run.confirming == "*", "nothing to change: all is asked about again"
    call.says(Deny())
    assert call.ending == ("hang_up", "declined")
    assert call.actions.books.bookings == []
    assert call.done == []


@pytest.mark.parametrize("commands", [(Cancel(),), (Deny(), Goodbye()), (Goodbye(),), (Deny(), Cancel())])
def test_leaving_at_the_confirmation_books_nothing(commands: tuple[Command, ...]) -> None:
    call = at_confirmation().says(*commands)
    assert call.ending == ("hang_up", "declined")
    assert call.actions.books.bookings == []


def test_naming_what_is_wrong_asks_for_it_alone() -> None:
    call = at_confirmation().says(Deny()).says(correct("time", None))
    assert call.last.guidance.primary == "time"
    call.says(fill("time", "10:00"))
    assert call.run.confirming == "*"


def test_a_yes_with_a_but_is_no_yes() -> None:
    call = at_confirmation().says(Affirm(), correct("time", "10:00"))
    assert call.run.confirming == "*"
    assert call.actions.books.bookings == []


def test_a_time_that_is_not_free_is_answered_with_the_nearest() -> None:
    call = Dialogue().opens().says(fill("service"), fill("date"))
    call.says(fill("time", "15:10"))
    assert "isn't available" in call.words
    assert "three in the afternoon" in call.words
    assert "time" not in call.slots
    assert call.last.guidance.primary == "time"


def test_a_time_lost_to_somebody_else_offers_another() -> None:
    call = at_confirmation()
    call.hold = True
    call.says(Affirm())
    request = call.pending
    assert request is not None
    assert request.action == "book"
    taken = ActionSettled(request.key, "book", found={"times": "15:00,15:30"}, refusal="slot_taken")
    call.settles(taken)
    assert "somebody else" in call.words
    assert call.last.guidance.primary == "time"
    call.hold = False
    call.says(fill("time", "15:30"))
    assert call.run.confirming == "*"
    call.says(Affirm())
    assert booked(call)["utc"] == "03-17 19:30"


def test_a_full_day_offers_the_next() -> None:
    call = Dialogue().opens()
    call.actions.books.practice = Practice(resources=())
    call.says(fill("service"), fill("date"))
    assert "nothing is free on Tuesday" in call.words
    assert "next day" not in call.words, "there is none"
    assert "waiting list" in call.words
    call.says(Affirm()).says(fill("name")).says(fill("phone"))
    assert call.run.confirming == "*"
    assert call.done == []
    call.says(Affirm())
    assert call.done == ["join_wait_list"]
    assert call.run.outcome == "waiting"


def test_an_unreachable_calendar_claims_nothing_and_takes_a_number() -> None:
    call = at_confirmation()
    call.actions.refuse["book"] = "unavailable"
    call.says(Affirm())
    assert "can't promise" in call.words
    assert call.run.script == "callback"
    call.says(Affirm())
    assert call.ending == ("hang_up", "callback")
    assert call.actions.books.callbacks[0]["phone"] == "+12125550143"
    assert call.actions.books.callbacks[0]["reason"] == "a new appointment"


@pytest.mark.parametrize(
    ("slot", "value", "reason"),
    [
        ("date", "2026-03-01", "past"),
        ("date", "2027-03-01", "latest"),
        ("phone", "5550143", "not complete"),
    ],
)
def test_a_value_out_of_range_is_refused_with_the_reason(slot: str, value: str, reason: str) -> None:
    call = Dialogue().opens().says(fill("service"))
    call.says(fill(slot, value))
    assert reason in call.words
    assert slot not in call.slots
    assert call.last.guidance.primary == "date"


@pytest.mark.parametrize(
    "command",
    [
        fill("service", "surgery"),
        fill("date", "tomorrow"),
        fill("time", "25:99"),
        fill("service", True),
        fill("name", ""),
        fill("name", "x" * 5_000),
        FillSlot("password", "x", "x"),
        FillSlot("date", 17, "17"),
        StartWorkflow("shutdown"),
        Affirm(),
        Deny(),
    ],
)
def test_what_the_script_does_not_offer_changes_nothing(command: Command) -> None:
    call = Dialogue().opens().says(command)
    assert call.slots == {}
    assert call.run.step == "service"
    assert call.turn


def test_a_change_after_the_booking_moves_it_with_the_day_they_said() -> None:
    call = at_confirmation().says(Affirm())
    call.says(correct("date", "2026-03-19"))
    assert call.run.script == "reschedule" and "move it" in call.words
    assert call.slots == {"date": "2026-03-19"}
    assert len(call.actions.books.bookings) == 1, "nothing is moved before it is known who is calling"


def test_after_the_booking_a_second_one_can_be_made() -> None:
    call = at_confirmation().says(Affirm())
    call.says(StartWorkflow("book"), fill("service", "consultation"), fill("date", "2026-03-19"))
    assert call.slots["name"] == "Alex Kim", "a name need not be given twice"
    assert call.last.guidance.primary == "time"
    call.says(fill("time", "09:00"))
    assert call.run.confirming == "*"
    call.says(Affirm())
    assert len(call.actions.books.bookings) == 2
    assert call.says(Deny()).ending == ("hang_up", "booked")


def test_the_same_wish_has_the_same_key_in_one_call_only() -> None:
    first, second, other = (at_confirmation().says(Affirm()) for _ in range(3))
    assert first.requests[-1].key == second.requests[-1].key
    assert at_confirmation(call="CA2").says(Affirm()).requests[-1].key != other.requests[-1].key


def test_repeat_after_the_booking_says_the_code_again() -> None:
    call = at_confirmation().says(Affirm())
    code = call.turn[1]
    call.says(Repeat())
    assert code in call.turn


def test_restart_forgets_everything() -> None:
    call = at_confirmation().says(Restart())
    assert call.slots == {}
    assert call.last.guidance.primary == "service"


def test_while_the_booking_is_under_way_talking_does_not_undo_it() -> None:
    call = at_confirmation()
    call.hold = True
    call.says(Affirm())
    pending = call.pending
    for command in (correct("time", "10:00"), Cancel(), Goodbye(), Restart(), Unclear("noise")):
        call.says(command)
        assert call.last.ending == ""
        assert call.run.step == "book"
    call.pending = pending
    call.settles()
    assert "You are booked" in call.words
    assert [r.action for r in call.requests if r.writes] == ["hold_time", "book"]


def test_a_doubtful_value_is_read_back_on_its_own() -> None:
    call = Dialogue().opens().says(fill("service", confidence=0.4))
    assert call.run.confirming == "service"
    assert call.last.guidance.proposed == "cleaning"
    call.says(fill("service", confidence=0.4))
    assert call.last.guidance.primary == "date", "the same said again is a yes"


def test_a_refused_name_is_spelled() -> None:
    call = Dialogue(exact_hearing=False).opens()
    call.says(fill("service"), fill("date"), fill("time"), fill("name", "Alec Kim", 0.4))
    assert call.run.confirming == "name"
    call.says(Deny())
    assert "spell" in call.words
    call.says(fill("name", "Alex Kim", 0.9))
    assert "A as in Alfa" in call.words
    call.says(Affirm())
    assert call.slots["name"] == "Alex Kim"
    assert call.last.guidance.primary == "phone"


def test_everything_hard_to_hear_is_read_back_before_the_booking() -> None:
    call = at_confirmation(exact_hearing=False)
    for words in ("Alex Kim", "oh one four three", "Tuesday, March seventeenth", "two thirty"):
        assert words in call.words
    assert call.done == []


@pytest.mark.parametrize("caller", ["", "anonymous", "+1", "sip:alice@example.com"])
def test_a_withheld_number_is_not_offered(caller: str) -> None:
    call = Dialogue(caller=caller).opens().says(fill("service"), fill("date"), fill("time"), fill("name"))
    assert "What phone number" in call.words
    assert call.run.confirming == ""


def test_own_number_refused_asks_for_another() -> None:
    call = Dialogue().opens().says(fill("service"), fill("date"), fill("time"), fill("name"))
    call.says(Deny())
    assert "What phone number" in call.words
    call.says(fill("phone"))
    assert call.run.confirming == "*"


def test_another_number_at_the_offer_is_taken() -> None:
    call = Dialogue().opens().says(fill("service"), fill("date"), fill("time"), fill("name"))
    call.says(Deny(), fill("phone"))
    assert call.run.confirming == "*"
    assert call.slots["phone"] == "+12125550143"
