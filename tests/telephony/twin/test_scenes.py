"""Whole conversations between the twin and a small server: what is measured, what breaks, who is refused."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from calls.ports import MediaSocket
from telephony.media_stream import MediaStream
from telephony.twiml import (
    Hangup,
    Pause,
    render,
)
from telephony.twin import Caller, Tamper
from telephony.twin.memory import MemorySocket
from tests.telephony.twin.desk import Desk, tone
from tests.telephony.twin.scene import (
    CLOCK,
    CONFIG,
    HELLO,
    answers,
    call,
    codes,
    hangs_up_at_once,
    listens,
    says_hello,
)

# --- conversation -----------------------------------------------------------------------------------


def test_a_conversation_with_its_times() -> None:
    desk = Desk()
    result = call(desk, says_hello)
    assert result.end_reason == "twiml_ended"
    assert result.findings == []
    hello = result.turns[0]
    # the server hears 200 ms of silence, thinks for 300, and its audio is played at once
    assert (hello.kind, hello.text, hello.end_ms - hello.start_ms, hello.response_ms) == ("speech", "hello", 900, 500)
    assert [(said.start_ms, said.end_ms - said.start_ms) for said in result.agent[:2]] == [(0, 800), (2900, 1000)]
    assert desk.marks == ["greeting", "reply:1", "goodbye"]
    assert result.streams[0].first_audio_ms == 0
    assert desk.started[0].parameters == {"token": "t-1", "greeting": 'Grüezi & "hello"'}
    assert desk.streams[0].counts.as_dict() == {}


def test_both_channels_lie_on_one_sample_clock() -> None:
    desk = Desk()
    result = call(desk, says_hello)
    assert result.tape.read("caller", 1500 * 8, 900 * 8) == HELLO
    assert result.tape.read("agent", 2900 * 8, 1000 * 8) == tone(1000)
    assert desk.heard == result.tape.whole("caller")[: len(desk.heard)]
    assert len(result.tape.whole("caller")) == len(result.tape.whole("agent"))


def test_the_same_seed_gives_the_same_call_byte_for_byte() -> None:
    first, second = (call(Desk(), says_hello, replace(CONFIG, disorder=0.4)) for _ in range(2))
    assert first.to_json() == second.to_json()
    assert first.tape.whole("agent") == second.tape.whole("agent")


def test_keys_reach_the_server_in_order() -> None:
    desk = Desk()

    async def types(phone: Caller) -> None:
        await phone.hears_greeting()
        await phone.presses("12w34#")
        await phone.hangs_up()

    result = call(desk, types)
    assert desk.keys == "1234#"
    assert (result.turns[0].kind, result.turns[0].text) == ("keys", "1234#")
    assert result.end_reason == "caller_hung_up"


def test_an_interruption_measures_how_long_the_agent_kept_talking() -> None:
    async def interrupts(phone: Caller) -> None:
        await phone.hears_greeting()
        await phone.says(HELLO)
        await phone.interrupts(tone(300), after=0.4)
        await phone.waits(1)
        await phone.hangs_up()

    result = call(Desk(thinks_ms=600), interrupts)
    assert result.turns[1].yielded_ms == 600  # this server never yields: 1,000 ms less 400


def test_a_clear_cuts_what_the_caller_hears() -> None:
    async def cuts(phone: Caller) -> None:
        await phone.waits_for_agent_to_begin()
        await phone.presses("*")
        await phone.waits(1)
        await phone.hangs_up()

    result = call(Desk(), cuts)
    assert result.agent[0].end_ms <= 60
    assert (result.marks[0].name, result.marks[0].cleared) == ("greeting", True)
    assert result.streams[0].clears == 1


def test_starvation_inside_a_sentence_is_measured() -> None:
    result = call(Desk(gap_in_reply_ms=140), says_hello)
    assert result.starved_ms == 140
    assert call(Desk(), says_hello).starved_ms == 0


def test_hanging_up_in_mid_sentence_sends_stop_and_asks_nothing() -> None:
    desk = Desk()

    async def impatient(phone: Caller) -> None:
        await phone.waits_for_agent_to_begin()
        await phone.hangs_up()

    result = call(desk, impatient)
    assert (result.end_reason, result.streams[0].ending) == ("caller_hung_up", "call_ended")
    assert not desk.streams[0].open
    assert "/after" not in [target for target, _ in desk.requests]
    assert result.duration_ms < 200


def test_action_can_be_asked_after_a_hang_up() -> None:
    desk = Desk()
    call(desk, hangs_up_at_once, replace(CONFIG, action_after_hangup=True))
    asked = [form["CallStatus"] for target, form in desk.requests if target == "/after"]
    assert asked == ["completed"]


def test_last_words_lost_by_an_early_close_are_an_error() -> None:
    async def asks_to_end(phone: Caller) -> None:
        await phone.waits_for_agent_to_begin()
        await phone.presses("0")

    result = call(Desk(goodbye_early=True), asks_to_end)
    assert [finding.code for finding in result.errors] == ["unheard"]


def test_a_caller_gives_up_on_a_silent_server() -> None:
    result = call(answers(Pause(100)), says_hello)
    assert result.end_reason == "caller_gave_up"
    assert "15 s for a greeting" in result.gave_up
    assert result.duration_ms == 15_000


def test_a_finished_script_lingers_and_then_hangs_up() -> None:
    result = call(Desk(), listens, replace(CONFIG, linger_ms=5_000))
    assert (result.end_reason, result.duration_ms) == ("caller_hung_up", 5_000)


def test_no_call_lasts_for_ever() -> None:
    result = call(answers(*[Pause(100)] * 3), listens, replace(CONFIG, limit_ms=60_000, linger_ms=10**9))
    assert (result.end_reason, result.duration_ms) == ("too_long", 60_000)


# --- sockets that break -----------------------------------------------------------------------------


def test_a_dropped_socket_asks_action_and_the_call_goes_on() -> None:
    desk = Desk()
    again = render(*desk.answer)
    desk.after = lambda form: again if len(desk.streams) < 2 else render(Hangup())

    async def unlucky(phone: Caller) -> None:
        await phone.hears_greeting()
        await phone.drops_socket()
        await phone.waits_for_agent()
        await phone.presses("0")

    result = call(desk, unlucky)
    assert [stream.ending for stream in result.streams] == ["dropped", "server_closed"]
    assert result.end_reason == "server_hung_up"
    assert desk.streams[0].open  # it never saw a stop
    assert desk.started[0].call_sid == desk.started[1].call_sid
    assert desk.started[0].stream_sid != desk.started[1].stream_sid
    told = [form["StreamEvent"] for target, form in desk.requests if target == "/stream-status"]
    assert told == ["stream-started", "stream-error", "stream-started", "stream-stopped"]


def test_a_server_that_vanishes_is_an_error() -> None:
    desk = Desk()

    async def gone(socket: MediaSocket) -> None:
        assert isinstance(socket, MemorySocket)
        await socket.receive()
        await socket.abort()

    desk.serve = gone  # type: ignore[method-assign]
    assert "31903" in codes(call(desk, listens))


def test_a_server_that_does_not_read_loses_audio() -> None:
    desk = Desk()

    async def deaf(socket: MediaSocket) -> None:
        await CLOCK.sleep_ms(20_000)

    desk.serve = deaf  # type: ignore[method-assign]
    result = call(desk, listens)
    assert "31930" in codes(result)


def test_binary_frames_are_found_out() -> None:
    desk = Desk()

    async def wrong(socket: MediaSocket) -> None:
        assert isinstance(socket, MemorySocket)
        stream = MediaStream()
        while not stream.open:
            stream.receive_text(str(await socket.receive()))
        await socket.send_bytes(tone(20))
        await CLOCK.sleep_ms(1_000)

    desk.serve = wrong  # type: ignore[method-assign]
    assert codes(call(desk, listens)) == ["31950"]


# --- authenticity -----------------------------------------------------------------------------------


@pytest.mark.parametrize("signing", ["missing", "forged"])
def test_what_an_attacker_sends_is_sent(signing: Any) -> None:
    refused = call(Desk(), listens, tamper=Tamper(webhook=signing))
    assert (refused.end_reason, refused.webhooks[0].status) == ("webhook_failed", 403)
    refused = call(Desk(), listens, tamper=Tamper(socket=signing))
    assert codes(refused)[0] == "31920"
    assert refused.streams[0].ending == "refused"


def test_foreign_parameters_and_a_start_that_never_comes() -> None:
    desk = Desk()
    call(desk, hangs_up_at_once, tamper=Tamper(parameters={"token": "stolen"}))
    assert desk.started[0].parameters == {"token": "stolen"}
    desk = Desk()
    call(desk, listens, replace(CONFIG, linger_ms=3_000), Tamper(skip_start=True))
    assert (desk.started, desk.heard) == ([], b"")
