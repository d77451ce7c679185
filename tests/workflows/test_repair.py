"""When the talk goes wrong: not understood, silent, cut off, wanting a person."""

from __future__ import annotations

import pytest

from calls.commands import (
    Affirm,
    AskHuman,
    AskQuestion,
    Command,
    Deny,
    FillSlot,
    Goodbye,
    Repeat,
    SlowDown,
    StartWorkflow,
    SwitchLanguage,
    Unclear,
    Wait,
)
from calls.events import ActionCommitted
from calls.run import ActionSettled, CallerSilent
from calls.runs import fold
from tests.workflows.dialogue import Dialogue, finished
from tests.workflows.test_booking_calls import at_confirmation, fill

MOMENTS = [(), ("service",), ("service", "date"), ("service", "date", "time"), ("service", "date", "time", "name")]


def after(slots: tuple[str, ...], **facts: object) -> Dialogue:
    call = Dialogue(**facts).opens()  # type: ignore[arg-type]
    return call.says(*(fill(slot) for slot in slots)) if slots else call


@pytest.mark.parametrize("slots", MOMENTS)
def test_a_person_can_be_asked_for_at_any_moment(slots: tuple[str, ...]) -> None:
    call = after(slots, has_human=True).says(AskHuman())
    assert call.ending == ("hand_over", "handed_over")
    assert "put you through" in call.words


@pytest.mark.parametrize("slots", MOMENTS)
def test_without_a_person_a_message_or_a_callback_is_offered(slots: tuple[str, ...]) -> None:
    call = after(slots).says(AskHuman())
    assert call.ending == ("", "")
    assert "nobody" in call.words
    assert call.run.script == "callback"


def test_a_person_even_while_a_booking_is_under_way() -> None:
    call = at_confirmation(has_human=True)
    call.hold = True
    call.says(Affirm()).says(AskHuman())
    assert call.ending == ("hand_over", "handed_over")


def test_without_a_person_a_booking_under_way_is_waited_for_and_told() -> None:
    call = at_confirmation()
    call.hold = True
    call.says(Affirm()).says(AskHuman())
    assert "One moment" in call.words
    call.settles()
    assert "You are booked" in call.words


def test_what_was_booked_while_a_person_was_tried_is_told_afterwards() -> None:
    call = at_confirmation(has_human=True)
    call.hold = True
    call.says(Affirm()).says(AskHuman())
    request = call.pending
    assert request is not None
    done = finished(call.actions.run("CA1", call.facts, request))
    assert done.receipt is not None
    call.run = fold(call.run, ActionCommitted(done.receipt, 1.0))
    call.pending = None
    call.human_missed()
    assert "You are booked" in call.words
    assert call.run.outcome == "booked"
    assert call.run.script == "callback"


@pytest.mark.parametrize("status", ["busy", "no-answer", "failed", "none"])
def test_a_missed_human_leads_to_a_callback_on_file(status: str) -> None:
    call = after(("service",), has_human=True).says(AskHuman()).human_missed(status)
    assert "sorry" in call.words
    call.says(FillSlot("wish", "callback", "call me back"))
    assert "ending in zero one nine two" in call.words
    assert call.actions.books.callbacks == []
    call.says(Affirm())
    (left,) = call.actions.books.callbacks
    assert left["phone"] == "+12125550192"
    assert left["reason"] == "a new appointment"
    assert call.ending == ("hang_up", "callback")
    assert call.last.lines[0].receipt == call.run.receipts["leave_callback"].key


def test_a_missed_human_is_not_tried_in_a_circle() -> None:
    call = after((), has_human=True).says(AskHuman()).human_missed().says(AskHuman())
    assert call.ending == ("hang_up", "failed")


def test_a_message_is_read_back_and_kept() -> None:
    call = after((), has_human=True).says(AskHuman()).human_missed()
    call.says(FillSlot("wish", "message", "a message"))
    assert call.last.guidance.primary == "message"
    call.says(FillSlot("message", "I lost my card", "I lost my card"))
    call.says(Deny())
    assert call.last.guidance.primary == "message"
    call.says(FillSlot("message", "I lost my key", "I lost my key"))
    assert "I lost my key" in call.words
    call.says(Affirm())
    assert call.actions.books.messages[0]["message"] == "I lost my key"
    assert call.ending == ("hang_up", "message")


@pytest.mark.parametrize("answer", [Deny(), FillSlot("wish", "nothing", "no thanks")])
def test_neither_message_nor_callback_ends_politely(answer: Command) -> None:
    call = after(()).says(AskHuman()).says(answer)
    assert call.ending == ("hang_up", "declined")
    assert "Goodbye" in call.words


def test_not_understood_keys_at_once_and_a_way_out_after_three() -> None:
    call = after(("service",), has_human=True)
    call.says(Unclear("x"))
    assert "four digits" in call.words
    call.says(Unclear("x"))
    assert "four digits" in call.words
    call.says(Unclear("x"))
    assert call.run.confirming == "@human"
    assert {"Affirm", "Deny"} <= call.last.guidance.allowed
    assert call.says(Affirm()).ending == ("hand_over", "handed_over")


def test_not_understood_without_a_person_offers_a_callback() -> None:
    call = after(())
    for _ in range(3):
        call.says(Unclear("x"))
    assert call.run.confirming == "@callback"
    call.says(Affirm())
    assert call.run.script == "callback"


@pytest.mark.parametrize("has_human", [True, False])
@pytest.mark.parametrize("refuse", [True, False])
def test_a_caller_never_understood_reaches_an_end(has_human: bool, refuse: bool) -> None:
    call = after((), has_human=has_human)
    for _ in range(40):
        if call.ending[0]:
            break
        offered = call.run.confirming.startswith("@")
        call.says(Deny() if offered and refuse else Unclear("x"))
    assert call.ending[0] in ("hang_up", "hand_over")


def test_an_answer_takes_back_the_count() -> None:
    call = after(()).says(Unclear("x")).says(Unclear("x")).says(fill("service")).says(Unclear("x"))
    assert call.run.confirming == ""
    assert call.last.guidance.primary == "date"


@pytest.mark.parametrize("slots", MOMENTS)
def test_silence_asks_three_times_and_then_ends(slots: tuple[str, ...]) -> None:
    call = after(slots)
    for count in (1, 2, 3):
        call.silent(count)
        assert call.ending == ("", "")
    call.silent(4)
    assert call.ending == ("hang_up", "silent")
    assert "Goodbye" in call.words


def test_silence_during_an_action_says_nothing() -> None:
    call = Dialogue(hold=True).opens().says(fill("service"), fill("date"))
    answer = call.director.advance(call.run, CallerSilent(1), call.facts)
    assert answer.lines == ()


def test_wait_gives_time() -> None:
    call = after(("service",))
    before = call.last.guidance.silence_ms
    call.says(Wait())
    assert call.last.guidance.silence_ms >= 3 * before
    assert call.last.guidance.patience == "patient"
    call.says(fill("date"))
    assert call.last.guidance.silence_ms == before


def test_slower_stays_slower() -> None:
    call = after(("service",)).says(SlowDown())
    assert all(line.style.pace < 1 for line in call.last.lines)
    call.says(fill("date"))
    assert all(line.style.pace < 1 for line in call.last.lines)


@pytest.mark.parametrize("slots", MOMENTS)
def test_repeat_asks_the_same_again(slots: tuple[str, ...]) -> None:
    call = after(slots)
    question = call.turn[-1]
    call.says(Repeat())
    assert call.turn[-1] == question


@pytest.mark.parametrize("slots", MOMENTS)
def test_are_you_a_robot_is_answered_truthfully(slots: tuple[str, ...]) -> None:
    call = after(slots)
    question = call.turn[-1]
    call.says(AskQuestion("robot", "are you a robot"))
    assert call.turn[0] == "Yes. I'm Ava, an automated assistant for Harbor Dental."
    assert call.turn[-1] == question
    assert "robot" in [topic.id for topic in call.last.guidance.topics]


def test_a_question_beside_the_script_returns_to_it() -> None:
    call = after(("service",)).says(AskQuestion("hours", "when are you open"))
    assert "Monday to Saturday" in call.words
    assert call.last.guidance.primary == "date"
    call.says(AskQuestion("", "what is the meaning of life"))
    assert "don't have an answer" in call.words


def test_another_language_is_declined_politely() -> None:
    call = after(("service",)).says(SwitchLanguage("es"))
    assert "English" in call.words
    assert call.last.guidance.primary == "date"


def test_another_script_takes_over() -> None:
    call = after(("service",)).says(StartWorkflow("support"), FillSlot("reason", "order", "my order"))
    assert (call.run.script, call.run.frames[-1].script) == ("order_status", "support")
    assert call.last.guidance.primary == "order"
    assert "service" not in call.slots


@pytest.mark.parametrize("slots", MOMENTS)
def test_a_dropped_line_asks_again(slots: tuple[str, ...]) -> None:
    call = after(slots).resumes()
    assert call.turn[0] == "Sorry, the line dropped."
    assert len(call.turn) > 1


def test_a_dropped_line_reveals_nothing_personal() -> None:
    call = at_confirmation().resumes()
    for personal in ("Alex", "one four three", "cleaning"):
        assert personal not in call.words
    call.says(Affirm())
    assert "Alex Kim" in call.words
    assert call.run.confirming == "*"


def test_a_line_dropped_during_a_booking_asks_for_the_same_key() -> None:
    call = at_confirmation()
    call.hold = True
    call.says(Affirm())
    key = call.requests[-1].key
    call.resumes()
    assert call.requests[-1].key == key
    call.settles()
    assert "You are booked" in call.words


def test_a_call_dropped_before_a_word_begins_again() -> None:
    call = Dialogue().resumes()
    assert call.ids[0] == "greeting"


def test_time_up_ends_politely() -> None:
    call = after(("service",)).time_up()
    assert call.ending == ("hang_up", "time_up")


def test_time_up_after_a_booking_keeps_the_outcome() -> None:
    assert at_confirmation().says(Affirm()).time_up().ending == ("hang_up", "booked")


def test_goodbye_in_the_middle_is_an_abandoned_call() -> None:
    call = after(("service",)).says(Goodbye())
    assert call.ending == ("hang_up", "abandoned")


def test_a_caller_who_goes_on_after_goodbye_can_start_again() -> None:
    call = at_confirmation().says(Affirm()).says(Deny())
    assert call.ending == ("hang_up", "booked")
    assert call.says(Affirm()).ending == ("hang_up", "booked")
    call.says(StartWorkflow("book"))
    assert call.last.guidance.primary == "service"


def test_a_late_answer_to_an_old_question_is_not_spoken_of() -> None:
    call = Dialogue(hold=True).opens().says(fill("service"), fill("date"))
    first = call.pending
    assert first is not None
    stale = ActionSettled("another key", "find_times", found={"times": "03:00"})
    answer = call.director.advance(call.run, stale, call.facts)
    assert answer.lines == ()
    assert answer.action is None


@pytest.mark.parametrize("slots", MOMENTS)
def test_guidance_offers_only_what_the_script_takes(slots: tuple[str, ...]) -> None:
    guidance = after(slots).last.guidance
    assert {"AskHuman", "Repeat", "Wait", "Goodbye", "Cancel", "FillSlot", "CorrectSlot"} <= guidance.allowed
    assert [expected.slot for expected in guidance.slots] == ["service", "date", "time", "waits", "name", "phone"]
    assert {expected.slot for expected in guidance.slots if expected.filled} == set(slots)
    assert guidance.slot("time") is not None
    assert {option.id for option in guidance.workflows} >= {"book", "support"}
