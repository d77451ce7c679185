"""A call's summary: only what its events say, the same every time."""

from __future__ import annotations

from calls import events as ev
from calls.events import CallEvent
from calls.run import Receipt
from records.summary import summarize_call
from records.summary_formats import summary_json, summary_text
from tests.records.sample_call import STORY

ANSWERED = ev.CallAnswered(
    "CA1", "twilio", "+12025550123", "+12025550100", "desk", "v", "cascade", "en-US", "UTC", "2026-03-02T09:30:00+00:00"
)


def numbered(*bodies: ev.EventBody) -> list[CallEvent]:
    return [CallEvent("call:CA1", number, number * 100.0, body) for number, body in enumerate(bodies, 1)]


def test_a_booking_is_summed_up_with_its_receipt() -> None:
    bodies = [body for _, group in STORY for body in group]
    summary = summarize_call(numbered(*bodies))
    assert summary.reasons == ("book",)
    assert [(one.action, one.receipt) for one in summary.agreed] == [("book", "ab" * 32)]
    assert summary.unsettled == ()
    assert (summary.disposition, summary.ended, summary.duration_ms) == ("booked", True, 7_600.0)
    assert summary_text(summary) == (
        "About: book\n"
        "Agreed: book, code 4F7K, date 2026-03-17, time 14:30, receipt abababababababab\n"
        "Filed as: booked, agent hung up\n"
    )
    assert summarize_call(numbered(*bodies)) == summary


def test_what_was_asked_for_and_not_answered_is_open() -> None:
    summary = summarize_call(
        numbered(
            ANSWERED,
            ev.WorkflowStarted("book", "d"),
            ev.ActionRequested("k1", "book", {}, True),
            ev.ActionRequested("k2", "find_times", {}, False),
            ev.CallEnded("caller_hung_up", "", 900.0),
        )
    )
    assert [(one.what, one.why) for one in summary.unsettled] == [("book", "no_answer"), ("book", "not_finished")]


def test_a_receipt_that_came_after_the_call_settles_it() -> None:
    ended = ev.CallEnded("caller_hung_up", "booked", 9.0)
    before = numbered(ANSWERED, ev.ActionRequested("k1", "book", {}, True), ended)
    late = numbered(ev.ActionCommitted(Receipt("k1", "book", {"code": "ACFHJ"}, "cd" * 32), 0.0))
    assert [one.why for one in summarize_call(before).unsettled] == ["no_answer"]
    assert summarize_call(before, late).unsettled == ()


def test_a_refusal_is_open_until_the_same_is_done() -> None:
    refused = (ev.ActionRequested("k1", "book", {}, True), ev.ActionRefused("k1", "book", "slot_taken"))
    done = (
        ev.ActionRequested("k2", "book", {}, True),
        ev.ActionCommitted(Receipt("k2", "book", {"code": "ACFHJ"}, "cd" * 32), 5.0),
    )
    assert [one.why for one in summarize_call(numbered(ANSWERED, *refused)).unsettled] == ["slot_taken"]
    assert summarize_call(numbered(ANSWERED, *refused, *done)).unsettled == ()
    assert summarize_call(numbered(ANSWERED, *done, *refused)).unsettled == ()


def test_what_was_taken_back_is_not_left_to_do() -> None:
    left = ev.ActionCommitted(Receipt("k1", "leave_callback", {"number": "ACFHJ"}, "cd" * 32), 5.0)
    back = ev.ActionCommitted(
        Receipt("k2", "take_back", {"action": "leave_callback", "number": "ACFHJ"}, "ef" * 32), 5.0
    )
    one = summarize_call(numbered(ANSWERED, left))
    assert [(item.what, item.why, item.number) for item in one.unsettled] == [("leave_callback", "to_be_done", "ACFHJ")]
    both = summarize_call(numbered(ANSWERED, left, back))
    assert both.unsettled == ()
    assert both.agreed[0].taken_back
    assert "taken back again" in summary_text(both)


def test_who_called_and_what_was_dangerous_stands_there_without_proof_or_words() -> None:
    summary = summarize_call(
        numbered(
            ANSWERED,
            ev.VerificationFailed("booking", 1, False),
            ev.CallerVerified("code", "booking:ACFHJ", ("code", "last_name")),
            ev.DangerHeard("fraud", "f1", "2026-01", "high", "hand_over", 2, True),
            ev.HandoverRequested("number", "+15550199"),
            ev.HandoverFailed("no-answer"),
            ev.CallNoted("topic", "billing"),
            ev.ActionRequested("k9", "record_survey", {"score": 4}, False),
        )
    )
    text = summary_text(summary)
    assert "Verified: as the owner of a booking, by code (code, last name)" in text
    assert "Not verified: once" in text
    assert "Danger: fraud" in text
    assert "Handed over: no answer" in text
    assert "Topic: billing" in text
    assert "Survey: 4" in text
    assert "Filed as: still going on" in text
    assert "ACFHJ" not in text and "555" not in text
    told = summary_json(summary)
    assert told["open"] == [{"what": "hand_over", "why": "no_answer", "number": ""}]
    assert told["fields"] == {"topic": "billing"}


def test_a_call_in_which_nothing_happened_has_a_summary_too() -> None:
    assert summary_text(summarize_call([])) == (
        "About: nothing that was understood\nAgreed: Nothing was agreed.\nFiled as: still going on\n"
    )
