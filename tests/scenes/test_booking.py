"""Booking calls: any order, corrections, keys, and a no that books nothing."""

from __future__ import annotations

from dataclasses import replace

import pytest

from calls import events as ev
from telephony.twin import Caller, CallerScript
from tests.scenes.stage import CALLER, EPOCH, House, Played, asked, run_scene

TUESDAY, WEDNESDAY = "2026-03-17", "2026-03-18"


def booking(day: str = TUESDAY, time: str = "10:00", phone: str = CALLER, service: str = "checkup") -> list[str]:
    return [f"{service} {day} {time} Anna Miller {phone}"]


async def tells_all(phone: Caller) -> None:
    """Up to the confirmation, in one breath."""
    await asked(phone, "a cleaning, a check-up or a consultation")
    await phone.says("a check-up on Tuesday at ten for Anna Miller")
    await asked(phone, "ending in zero one nine two?")
    await phone.says("yes")
    await asked(phone, "check-up on Tuesday, March seventeenth at ten", "Anna Miller", "Shall I book it?")


async def agrees(phone: Caller) -> None:
    """Says yes at the confirmation, and goodbye."""
    await phone.says("yes please")
    await asked(phone, "You are booked", "Your booking code", "anything else")
    await phone.says("no thank you")
    await asked(phone, "Goodbye")


def must_book(caller: CallerScript, expected: list[str]) -> Played:
    played = run_scene(caller)
    assert played.bookings == expected, played.transcript
    assert played.ended == ("agent_hung_up", "booked")
    assert played.result.end_reason == "server_hung_up"
    assert played.result.findings == []
    assert played.result.starved_ms == 0
    return played


def test_one_question_after_the_other() -> None:
    async def caller(phone: Caller) -> None:
        await asked(phone, "automated assistant", "a cleaning, a check-up or a consultation")
        await phone.says("a check-up please")
        await asked(phone, "What day")
        await phone.says("on Tuesday")
        await asked(phone, "Tuesday, March seventeenth", "What time suits you?")
        await phone.says("at ten")
        await asked(phone, "What name")
        await phone.says("Anna Miller")
        await asked(phone, "ending in zero one nine two?")
        await phone.says("yes")
        await asked(phone, "Shall I book it?")
        await agrees(phone)

    played = must_book(caller, booking())
    (answered,) = played.all(ev.CallAnswered)
    assert answered.answered_at.startswith(f"{EPOCH:%Y-%m-%dT%H:%M}")
    assert "Caller: at ten" in played.transcript


def test_everything_at_once_in_another_order() -> None:
    async def caller(phone: Caller) -> None:
        await tells_all(phone)
        await agrees(phone)

    assert must_book(caller, booking()).result.duration_ms < 60_000


def test_name_and_day_before_they_are_asked_for() -> None:
    async def caller(phone: Caller) -> None:
        await asked(phone, "check-up")
        await phone.says("my name is Anna Miller and I want to come on Tuesday")
        await asked(phone, "check-up")
        await phone.says("a check-up")
        await asked(phone, "What time suits you?")
        await phone.says("ten o'clock")
        await asked(phone, "ending in")
        await phone.says("yes")
        await asked(phone, "Shall I book it?")
        await agrees(phone)

    must_book(caller, booking())


def test_the_date_is_corrected_two_questions_later() -> None:
    async def caller(phone: Caller) -> None:
        await asked(phone, "check-up")
        await phone.says("a check-up on Tuesday at ten")
        await asked(phone, "What name")
        await phone.says("sorry, not Tuesday, Wednesday")
        await asked(phone, "What name")
        await phone.says("Anna Miller")
        await asked(phone, "ending in")
        await phone.says("yes")
        await asked(phone, "Wednesday, March eighteenth at ten", "Shall I book it?")
        await agrees(phone)

    must_book(caller, booking(day=WEDNESDAY))


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("no, Wednesday please", booking(day=WEDNESDAY)),
        ("actually make it half past two", booking(time="14:30")),
        ("no, a cleaning", booking(service="cleaning")),
    ],
)
def test_corrected_at_the_confirmation(words: str, expected: list[str]) -> None:
    async def caller(phone: Caller) -> None:
        await tells_all(phone)
        await phone.says(words)
        await asked(phone, "Shall I book it?")
        await agrees(phone)

    must_book(caller, expected)


@pytest.mark.parametrize("words", ["the date", "I want to change the day please", "the date is wrong"])
def test_no_then_what_to_change(words: str) -> None:
    async def caller(phone: Caller) -> None:
        await tells_all(phone)
        await phone.says("no")
        await asked(phone, "What would you like to change?")
        await phone.says(words)
        await asked(phone, "day")
        await phone.says("Wednesday")
        await asked(phone, "Wednesday, March eighteenth", "Shall I book it?")
        await agrees(phone)

    must_book(caller, booking(day=WEDNESDAY))


@pytest.mark.parametrize("words", ["no|nothing, never mind", "no|no|no", "cancel that please", "no, goodbye"])
def test_no_at_the_confirmation_books_nothing(words: str) -> None:
    async def caller(phone: Caller) -> None:
        await tells_all(phone)
        for what in words.split("|"):
            await phone.says(what)
            heard = await asked(phone)
        assert "I have not booked anything" in heard

    played = run_scene(caller)
    assert played.bookings == []
    assert played.ended == ("agent_hung_up", "declined")
    assert "action.committed" not in played.names
    assert "You are booked" not in played.heard


def test_keys_instead_of_speech() -> None:
    async def caller(phone: Caller) -> None:
        await asked(phone, "check-up")
        await phone.says("a check-up")
        await asked(phone, "What day")
        await phone.presses("0317")
        await asked(phone, "Tuesday, March seventeenth", "What time")
        await phone.presses("1000")
        await asked(phone, "What name")
        await phone.says("Anna Miller")
        await asked(phone, "ending in")
        await phone.presses("2")
        await asked(phone, "What phone number")
        await phone.presses("2125550143")
        await asked(phone, "oh one four three", "Shall I book it?")
        await phone.presses("1")
        await asked(phone, "You are booked")
        await phone.presses("2")
        await asked(phone, "Goodbye")

    played = must_book(caller, booking(phone="+12125550143"))
    assert [pressed.digits for pressed in played.all(ev.CallerPressed)] == ["0317", "1000", "2", "2125550143", "1", "2"]


def test_keys_cut_off_the_question_they_answer() -> None:
    async def caller(phone: Caller) -> None:
        await tells_all(phone)
        await phone.says("yes")
        await phone.waits_for_agent_to_begin()
        await phone.waits(5.5)  # past what must be said, into "is there anything else"
        await phone.presses("2")
        await asked(phone, "Goodbye")

    played = must_book(caller, booking())
    assert played.all(ev.AgentInterrupted)
    assert played.result.streams[0].clears >= 1


def test_a_closed_day_is_not_booked() -> None:
    async def caller(phone: Caller) -> None:
        await asked(phone, "check-up")
        await phone.says("a check-up on Sunday")
        await asked(phone, "we are closed", "Monday, March twenty third")
        await phone.says("then Tuesday")
        await asked(phone, "What time")
        await phone.says("ten")
        await asked(phone, "What name")
        await phone.says("Anna Miller")
        await asked(phone, "ending in")
        await phone.says("yes")
        await asked(phone, "Shall I book it?")
        await phone.says("yes")
        await asked(phone, "You are booked")
        await phone.says("goodbye")

    played = run_scene(caller)
    assert played.bookings == booking(), played.transcript


def test_the_claim_comes_only_after_the_receipt() -> None:
    async def caller(phone: Caller) -> None:
        await tells_all(phone)
        await phone.says("yes")
        await asked(phone, "One moment")
        await asked(phone, "You are booked")
        await phone.says("no thank you")

    played = run_scene(caller, takes_ms={"book": 4_000})
    (committed,) = played.at(ev.ActionCommitted)
    claims = [
        event.at_ms
        for event in played.events
        if isinstance(event.body, ev.AgentSpoke | ev.LineChosen) and "You are booked" in str(event.body)
    ]
    assert claims and min(claims) >= committed
    asked_ms = next(event.at_ms for event in played.events if isinstance(event.body, ev.ActionRequested)
                    and event.body.action == "book")  # fmt: skip
    assert 4_000 <= committed - asked_ms < 4_100


def test_a_calendar_out_of_reach_promises_nothing() -> None:
    async def caller(phone: Caller) -> None:
        await tells_all(phone)
        await phone.says("yes")
        await asked(phone, "I can't promise you a time")
        await phone.says("yes")

    played = run_scene(caller, prepare=lambda house: house.memory.refuse.update(book="unavailable"))
    assert played.bookings == []
    assert "You are booked" not in played.heard


def test_greeting_leaves_within_50_ms_of_start() -> None:
    async def caller(phone: Caller) -> None:
        await asked(phone, "automated assistant")

    played = run_scene(caller)
    first = played.result.streams[0].first_audio_ms
    assert first is not None and first <= 50


def test_a_process_with_much_to_do_hears_by_threes_and_books_all_the_same() -> None:
    async def caller(phone: Caller) -> None:
        await tells_all(phone)
        await agrees(phone)

    def busy(house: House) -> None:
        house.media = replace(house.media, busy=lambda: 1.0)

    played = run_scene(caller, prepare=busy)
    assert played.bookings == booking()
    assert played.ended == ("agent_hung_up", "booked")
    assert played.result.findings == []
    assert played.result.starved_ms == 0
