"""Who has the floor: interruptions, acknowledgements, noise, silence, and a goodbye that is heard out."""

from __future__ import annotations

import pytest

from agent.scripted import scripted_noise
from calls import events as ev
from telephony.twin import Caller, TwinConfig
from tests.scenes.stage import SUPPORT, TWIN, Played, asked, run_scene
from tests.scenes.test_booking import agrees, booking, tells_all


async def hears_the_greeting_out(phone: Caller) -> None:
    await asked(phone, "This call is recorded", "cleaning")


def asks_for_hours(interruption: str | bytes, after: float = 1.5) -> Played:
    """Somebody makes a sound in the middle of a long answer."""

    async def caller(phone: Caller) -> None:
        await hears_the_greeting_out(phone)
        await phone.says("what are your opening hours")
        await phone.interrupts(interruption, after=after)
        await asked(phone, "What day" if interruption == "a check-up please" else "cleaning")

    return run_scene(caller)


def test_barge_in_yields_and_keeps_what_was_not_heard_apart() -> None:
    played = asks_for_hours("a check-up please")
    (stream,) = played.result.streams
    assert stream.clears == 1
    interrupting = played.result.turns[1]
    assert interrupting.yielded_ms is not None and interrupting.yielded_ms <= 300
    (cut,) = played.all(ev.AgentInterrupted)
    assert cut.heard_text and "We are open Monday".startswith(cut.heard_text[:18])
    assert "evening" not in cut.heard_text
    assert "evening" not in played.heard
    whole = [body.text for body in played.all(ev.AgentSpoke)]
    assert not any("six in the evening" in text for text in whole), "what was cut does not stand as said"
    assert "evening" in played.transcript, "the record tells what was composed, too"
    assert any(slot.slot == "service" for slot in played.all(ev.SlotFilled))


@pytest.mark.parametrize("sound", ["mm-hm", "okay", scripted_noise(300)], ids=["mm-hm", "okay", "cough"])
def test_a_sound_that_means_nothing_does_not_stop_the_agent(sound: str | bytes) -> None:
    played = asks_for_hours(sound)
    assert len(played.all(ev.AgentPaused)) == 1
    assert len(played.all(ev.AgentResumed)) == 1
    assert played.all(ev.AgentInterrupted) == []
    spoken = " ".join(body.text for body in played.all(ev.AgentSpoke))
    assert "from nine in the morning to six in the evening." in spoken
    assert "six in the evening." in played.heard


def test_a_cough_while_nobody_speaks_is_nothing() -> None:
    async def caller(phone: Caller) -> None:
        await hears_the_greeting_out(phone)
        await phone.says(scripted_noise(200))
        await phone.waits(1.0)
        await tells(phone)

    async def tells(phone: Caller) -> None:
        await phone.says("a check-up on Tuesday at ten for Anna Miller")
        await asked(phone, "ending in")
        await phone.says("yes")
        await asked(phone, "Shall I book it?")
        await agrees(phone)

    assert run_scene(caller).bookings == booking()


def test_nobody_agrees_to_what_they_have_not_heard() -> None:
    async def caller(phone: Caller) -> None:
        await hears_the_greeting_out(phone)
        await phone.says("a check-up on Tuesday at ten for Anna Miller")
        await phone.interrupts("mm-hm", after=0.5)
        await asked(phone, "the number you are calling from, ending in zero one nine two?")
        await phone.says("yes")
        await asked(phone, "Shall I book it?")
        await agrees(phone)

    played = run_scene(caller)
    assert len(played.all(ev.AgentResumed)) == 1
    assert played.bookings == booking()


def test_what_must_be_said_is_said_again() -> None:
    async def caller(phone: Caller) -> None:
        await phone.interrupts("a check-up on Tuesday", after=1.0)
        await asked(phone, "automated assistant", "This call is recorded", "What time")

    played = run_scene(caller)
    spoken = " ".join(body.text for body in played.all(ev.AgentSpoke))
    assert "automated assistant of Harbor Dental." in spoken


def test_interrupting_the_read_back_corrects_it() -> None:
    async def caller(phone: Caller) -> None:
        await hears_the_greeting_out(phone)
        await phone.says("a check-up on Tuesday at ten for Anna Miller")
        await asked(phone, "ending in")
        await phone.says("yes")
        await phone.interrupts("no, Wednesday", after=2.0)
        await asked(phone, "Wednesday, March eighteenth", "Shall I book it?")
        await agrees(phone)

    played = run_scene(caller)
    assert played.bookings == booking(day="2026-03-18"), played.transcript


def test_silence_is_met_politely_and_ends() -> None:
    async def caller(phone: Caller) -> None:
        await hears_the_greeting_out(phone)
        await phone.waits(120)

    played = run_scene(caller, config=TwinConfig(voice_url=TWIN.voice_url, auth_token=TWIN.auth_token, seed=7))
    assert [body.count for body in played.all(ev.CallerStayedSilent)] == [1, 2, 3, 4][
        : len(played.all(ev.CallerStayedSilent))
    ]
    assert 2 <= len(played.all(ev.CallerStayedSilent)) <= 4
    assert played.result.end_reason == "server_hung_up"
    assert played.result.duration_ms < 90_000
    assert "Goodbye" in played.heard
    assert played.ended[0] == "agent_hung_up"
    assert played.bookings == []


def test_a_silent_caller_who_comes_to_life_is_served() -> None:
    async def caller(phone: Caller) -> None:
        await hears_the_greeting_out(phone)
        await asked(phone)
        await asked(phone)
        await phone.says("a check-up on Tuesday at ten for Anna Miller")
        await asked(phone, "ending in")
        await phone.says("yes")
        await asked(phone, "Shall I book it?")
        await agrees(phone)

    assert run_scene(caller).bookings == booking()


def test_goodbye_is_played_to_its_end_before_the_socket_closes() -> None:
    async def caller(phone: Caller) -> None:
        await tells_all(phone)
        await agrees(phone)

    played = run_scene(caller)
    assert [finding for finding in played.result.findings if finding.code == "unheard"] == []
    assert played.result.agent[-1].text.endswith("Thank you for calling Harbor Dental. Goodbye.")
    (stream,) = played.result.streams
    assert stream.ending == "server_closed"
    assert stream.end_ms - played.result.agent[-1].end_ms < 500
    assert played.names[-1] == "call.ended"
    after = [twiml for path, twiml in played.house.answers if path == "/twilio/after"]
    assert len(after) == 1 and after[0].endswith("<Response><Hangup/></Response>")


def test_a_goodbye_that_is_talked_over_is_still_heard_out() -> None:
    async def caller(phone: Caller) -> None:
        await tells_all(phone)
        await phone.says("yes")
        await asked(phone, "anything else")
        await phone.says("no thank you")
        await phone.interrupts("bye bye", after=0.3)
        await asked(phone)

    played = run_scene(caller)
    assert played.heard.endswith("Goodbye.")
    assert played.ended == ("agent_hung_up", "booked")
    assert played.bookings == booking()


def test_are_you_a_robot() -> None:
    async def caller(phone: Caller) -> None:
        await hears_the_greeting_out(phone)
        await phone.says("am I talking to a robot?")
        await asked(phone, "Yes.", "automated assistant for Harbor Dental", "cleaning")

    run_scene(caller)


def test_say_that_again() -> None:
    async def caller(phone: Caller) -> None:
        await tells_all(phone)
        await phone.says("sorry?")
        await asked(phone, "Tuesday, March seventeenth", "Shall I book it?")
        await agrees(phone)

    assert run_scene(caller).bookings == booking()


def test_hold_on_a_moment_is_waited_for() -> None:
    async def caller(phone: Caller) -> None:
        await hears_the_greeting_out(phone)
        await phone.says("hold on a second please")
        await asked(phone)
        await phone.waits(15)
        await phone.says("a check-up")
        await asked(phone, "What day")
        await phone.hangs_up()

    played = run_scene(caller)
    assert played.all(ev.CallerStayedSilent) == []


def test_support_order_status() -> None:
    async def caller(phone: Caller) -> None:
        await asked(phone, "support assistant", "order")
        await phone.says("where is my order")
        await asked(phone, "six digits")
        await phone.says("four eight two nine one three")
        await asked(phone, "four eight two, nine one three", "Is that right?")
        await phone.says("yes")
        await asked(phone, "on its way", "Wednesday, March eighteenth", "anything else")
        await phone.says("no")
        await asked(phone, "Goodbye")

    played = run_scene(caller, to=SUPPORT)
    assert played.ended == ("agent_hung_up", "answered")


def test_support_order_by_keys_that_is_not_there() -> None:
    async def caller(phone: Caller) -> None:
        await asked(phone, "order")
        await phone.says("my order")
        await asked(phone, "six digits")
        await phone.presses("111111")
        # Keys leave no doubt, so nothing is read back.
        await asked(phone, "can't find an order", "six digits once more")
        await phone.presses("774402")
        await asked(phone, "Your order has arrived")
        await phone.says("no thank you")
        await asked(phone, "Goodbye")

    played = run_scene(caller, to=SUPPORT, config=TWIN)
    assert played.ended[1] == "answered"


def test_support_ticket() -> None:
    async def caller(phone: Caller) -> None:
        await asked(phone, "order")
        await phone.says("I have a problem")
        await asked(phone, "what happened")
        await phone.says("my new toothbrush arrived broken")
        await asked(phone, "your name")
        await phone.says("Anna Miller")
        await asked(phone, "ending in")
        await phone.says("yes")
        await asked(phone, "toothbrush arrived broken", "Shall I open a ticket")
        await phone.says("yes")
        await asked(phone, "Your ticket number is", "anything else")
        await phone.says("no")
        await asked(phone, "Goodbye")

    played = run_scene(caller, to=SUPPORT)
    (ticket,) = played.house.memory.books.tickets
    assert ticket["problem"] == "my new toothbrush arrived broken"
    assert ticket["name"] == "Anna Miller"
    assert played.ended == ("agent_hung_up", "ticket")
