"""What goes wrong around a call: recognizer, voice, calendar, a caller who is misheard."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from agent.scripted import ScriptedRecognizer, ScriptedVoice, scripted_engine
from calls import events as ev
from telephony.twin import Caller
from tests.scenes.stage import HUMAN, LINES, House, asked, run_scene
from tests.scenes.test_booking import agrees, booking, tells_all
from workflows.memory_actions import Booked


async def answers(phone: Caller) -> None:
    """Says all at once, then answers what is asked until goodbye; agrees only to Tuesday."""
    await asked(phone, "cleaning")
    await phone.says("a check-up on Tuesday at ten for Anna Miller")
    replies = {
        "put you through": "no",
        "spell": "A N N A M I L L E R",
        "ending in": "yes",
        "name": "Anna Miller",
        "anything else": "no thank you",
        "day": "on Tuesday",
        "time": "at ten",
    }
    for _ in range(15):
        question = await asked(phone)
        if "Goodbye" in question:
            return
        if "Shall I book it?" in question or "Is that right?" in question:
            await phone.says("no, Tuesday" if "Thursday" in question else "yes")
        else:
            await phone.says(next((reply for words, reply in replies.items() if words in question), "a check-up"))


@pytest.mark.parametrize("fails", [[1], [2], [1, 2, 3, 4], [5, 6]])
def test_a_recognizer_that_fails_costs_questions_not_the_appointment(fails: list[int]) -> None:
    played = run_scene(answers, engine=scripted_engine(ScriptedRecognizer(fails=fails)))
    assert played.bookings == booking(), played.transcript
    assert {body.stage for body in played.all(ev.EngineFailed)} <= {"hearing"}


def test_a_voice_that_fails_puts_the_caller_through() -> None:
    async def caller(phone: Caller) -> None:
        await asked(phone, "cleaning")
        await phone.says("a check-up")
        await phone.waits(30)

    voice = ScriptedVoice(fails=["What day would you like to come in?"])
    played = run_scene(caller, engine=scripted_engine(voice=voice))
    assert [body.stage for body in played.all(ev.EngineFailed)] == ["speaking"]
    assert [dialled.target for dialled in played.result.dialled] == [HUMAN]
    assert played.ended[0] == "handed_over"


def test_a_voice_that_fails_on_a_line_without_a_person_ends_the_call() -> None:
    async def caller(phone: Caller) -> None:
        await asked(phone, "cleaning")
        await phone.says("a check-up")
        await phone.waits(30)

    voice = ScriptedVoice(fails=["What day would you like to come in?"])
    lines = LINES.replace('    human: {number: "+15550177", ring_seconds: 15}\n', "")
    played = run_scene(caller, engine=scripted_engine(voice=voice), lines=lines)
    assert played.ended == ("agent_hung_up", "fault")
    assert played.result.end_reason == "server_hung_up"


@pytest.mark.parametrize("confidence", [0.9, 0.55])
def test_a_misheard_day_is_corrected_at_the_read_back(confidence: float) -> None:
    heard: list[str] = []

    def mishears(text: str) -> str:
        heard.append(text)
        return text.replace("Tuesday", "Thursday") if sum("Tuesday" in said for said in heard) <= 2 else text

    played = run_scene(answers, engine=scripted_engine(ScriptedRecognizer(mishears=mishears, confidence=confidence)))
    assert played.bookings == booking(), played.transcript


def test_a_time_taken_in_the_meantime_is_not_promised() -> None:
    houses: list[House] = []

    async def caller(phone: Caller) -> None:
        await tells_all(phone)
        start = datetime(2026, 3, 17, 14, 0, tzinfo=UTC)
        for room in ("room_1", "room_2"):
            span = (start, start + timedelta(minutes=30))
            houses[0].memory.books.bookings.append(Booked("XXXXX", "cleaning", room, span, "Somebody Else", "+1555"))
        await phone.says("yes")
        await asked(phone, "has just been given to somebody else", "What time suits you?")
        await phone.says("half past ten")
        await asked(phone, "ten thirty", "Shall I book it?")
        await phone.says("yes")
        await asked(phone, "You are booked", "ten thirty")
        await phone.says("no")

    played = run_scene(caller, prepare=houses.append)
    assert played.bookings[2:] == booking(time="10:30")
    assert played.heard.count("You are booked") == 1


def test_a_second_caller_at_the_same_time_gets_the_other_room() -> None:
    """Two rooms: the actions decide, whoever asks first."""
    houses: list[House] = []

    async def caller(phone: Caller) -> None:
        start = datetime(2026, 3, 17, 14, 0, tzinfo=UTC)
        span = (start, start + timedelta(minutes=30))
        houses[0].memory.books.bookings.append(Booked("XXXXX", "cleaning", "room_1", span, "Somebody Else", "+1555"))
        await tells_all(phone)
        await agrees(phone)

    played = run_scene(caller, prepare=houses.append)
    assert played.bookings[1:] == booking()
    assert [booked.resource for booked in played.house.memory.books.bookings] == ["room_1", "room_2"]
