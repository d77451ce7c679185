"""Whole calls between the twin and a small server, in memory, in virtual time."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from calls.clock import LoopClock
from calls.ports import MediaSocket
from calls.virtual_time import run_virtual
from telephony.media_stream import MediaStream
from telephony.twiml import (
    Connect,
    Dial,
    Hangup,
    Number,
    Pause,
    Play,
    Queue,
    Redirect,
    Reject,
    Say,
    Sip,
    Stream,
    render,
)
from telephony.twin import Caller, CallerScript, CallResult, Human, Tamper, Twin, TwinConfig
from telephony.twin.memory import MemorySocket
from tests.telephony.twin.desk import PUBLIC, TOKEN, Desk, tone

CONFIG = TwinConfig(voice_url=f"{PUBLIC}/voice", auth_token=TOKEN, status_url=f"{PUBLIC}/status", seed=7)
EPOCH = datetime(2026, 3, 1, tzinfo=UTC)
HELLO = tone(900, 500)


def call(
    desk: Desk,
    script: CallerScript,
    config: TwinConfig = CONFIG,
    tamper: Tamper | None = None,
    beside: Callable[[Twin], Any] | None = None,
    **lent: Any,
) -> CallResult:
    async def main() -> CallResult:
        async with desk.network() as network, asyncio.TaskGroup() as group:
            twin = Twin(config, network, LoopClock(EPOCH), **lent)
            if beside is not None:
                group.create_task(beside(twin))
            return await twin.place_call(to="+15550199", from_="+15550100", script=script, tamper=tamper)

    return run_virtual(main())


def answers(*verbs: Any) -> Desk:
    return Desk(answer=list(verbs))


def codes(result: CallResult) -> list[str]:
    return [finding.code for finding in result.findings]


async def says_hello(phone: Caller) -> None:
    await phone.hears_greeting()
    await phone.says(HELLO, text="hello")
    await phone.waits_for_agent()
    await phone.presses("0")


async def listens(phone: Caller) -> None:
    """Stays on the line."""


async def hangs_up_at_once(phone: Caller) -> None:
    await phone.hangs_up()


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


def test_an_interruption_that_is_heard_and_one_that_is_not() -> None:
    async def interrupts(phone: Caller) -> None:
        await phone.hears_greeting()
        await phone.says(HELLO)
        await phone.interrupts(tone(300), after=0.4)
        await phone.waits(1)
        await phone.hangs_up()

    result = call(Desk(), interrupts)
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
        await asyncio.sleep(20)

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
        await asyncio.sleep(1)

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


# --- TwiML ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("human", "status", "bridged_ms"),
    [
        (Human("answers", after_ms=3_000, talks_ms=5_000), "completed", 5_000),
        (Human("busy", after_ms=500), "busy", 0),
        (Human("failed"), "failed", 0),
        (Human("no-answer"), "no-answer", 0),
        (Human("answers", after_ms=21_000), "no-answer", 0),
    ],
)
def test_the_dialled_human(human: Human, status: str, bridged_ms: int) -> None:
    desk = answers(Dial(Number("+15550123"), "/after", timeout_s=20, caller_id="+15550199"))
    result = call(desk, listens, replace(CONFIG, human=human))
    (dialled,) = result.dialled
    assert (dialled.target, dialled.kind, dialled.status) == ("+15550123", "number", status)
    assert dialled.bridged_ms == bridged_ms
    assert (result.bridged is dialled) is (bridged_ms > 0)
    (form,) = [form for target, form in desk.requests if target == "/after"]
    assert form["DialCallStatus"] == status
    assert ("DialCallDuration" in form) is (bridged_ms > 0)


def test_humans_by_address_and_a_caller_who_hangs_up_while_bridged() -> None:
    humans = {"sip:desk@pbx.example.com": Human("busy"), "front": Human(talks_ms=60_000, says="front desk")}

    async def hangs_up_later(phone: Caller) -> None:
        await phone.waits(10)
        await phone.hangs_up()

    desk = answers(Dial(Sip("sip:desk@pbx.example.com")), Dial(Queue("front")))
    result = call(desk, hangs_up_later, replace(CONFIG, humans=humans))
    assert [(one.kind, one.status) for one in result.dialled] == [("sip", "busy"), ("queue", "completed")]
    assert result.bridged is not None
    assert result.bridged.bridged_ms == 10_000 - 2_000 - 2_000
    assert [said.text for said in result.agent] == ["front desk"]


def test_say_play_pause_redirect_and_hangup() -> None:
    desk = answers(Say("one moment please"), Play(digits="1w2"), Pause(2), Redirect("/after"))
    desk.after = lambda form: render(Say("goodbye"), Hangup(), Say("never"))
    result = call(desk, listens)
    assert [(said.text, said.by) for said in result.agent] == [("one moment please", "carrier"), ("goodbye", "carrier")]
    assert result.keys_from_server == "1w2"
    assert result.end_reason == "server_hung_up"


@pytest.mark.parametrize("reason", ["busy", "rejected"])
def test_reject_never_answers(reason: Any) -> None:
    result = call(answers(Reject(reason)), listens)
    assert (result.end_reason, result.answered) == ("rejected", False)


def test_redirecting_in_a_circle_is_stopped() -> None:
    result = call(answers(Redirect("/voice")), listens)
    assert (result.end_reason, codes(result)) == ("webhook_failed", ["circle"])


@pytest.mark.parametrize(
    ("status", "body", "code"),
    [(500, "", "11200"), (302, "", "11200"), (200, "<Response>", "12100"), (200, "{}", "12100")],
)
def test_webhooks_that_fail(status: int, body: str, code: str) -> None:
    from telephony.twin.ports import Reply

    desk = Desk()
    desk.reply = lambda target, form, signature: Reply(status, body, "/elsewhere")  # type: ignore[method-assign]
    result = call(desk, listens, replace(CONFIG, status_url=None))
    assert (result.end_reason, codes(result)) == ("webhook_failed", [code])


def test_a_webhook_that_never_answers_is_given_fifteen_seconds() -> None:
    desk = Desk()

    async def sleepy(*_: Any) -> Any:
        await asyncio.sleep(3600)

    desk.request = sleepy  # type: ignore[method-assign]
    result = call(desk, listens, replace(CONFIG, status_url=None))
    assert result.end_reason == "webhook_failed"
    assert result.webhooks[0].took_ms == pytest.approx(15_000)


@pytest.mark.parametrize(("url", "code"), [("http://voice.example.com/m", "31922"), ("wss://h.example/m?q=1", "31920")])
def test_stream_addresses_twilio_would_refuse(url: str, code: str) -> None:
    raw = f'<Response><Connect><Stream url="{url}"/></Connect></Response>'
    desk = answers(Redirect("/after"))
    desk.after = lambda form: raw
    assert code in codes(call(desk, listens))


# --- status callbacks -------------------------------------------------------------------------------


def statuses(desk: Desk) -> list[tuple[str, str]]:
    return [(form["SequenceNumber"], form["CallStatus"]) for target, form in desk.requests if target == "/status"]


def test_status_callbacks_in_order() -> None:
    desk = Desk()
    call(desk, says_hello)
    assert [status for _, status in statuses(desk)] == ["initiated", "ringing", "in-progress", "completed"]
    (last,) = [form for _, form in desk.requests if form.get("CallStatus") == "completed"]
    assert last["CallDuration"] == "5"
    assert last["Timestamp"].startswith("Sun, 01 Mar 2026 00:00:0")


def test_status_callbacks_repeat_and_overtake() -> None:
    seen = []
    for seed in range(12):
        desk = Desk()
        call(desk, hangs_up_at_once, replace(CONFIG, disorder=0.5, seed=seed))
        numbers = [int(number) for number, _ in statuses(desk)]
        assert {status for _, status in statuses(desk)} == {"initiated", "ringing", "in-progress", "completed"}
        seen.append((len(numbers) > len(set(numbers)), numbers != sorted(numbers)))
    assert any(repeats for repeats, _ in seen)
    assert any(overtakes for _, overtakes in seen)


# --- many -------------------------------------------------------------------------------------------


def test_twenty_calls_side_by_side_keep_apart() -> None:
    async def main() -> list[CallResult]:
        desk = Desk()
        async with desk.network() as network:
            twin = Twin(CONFIG, network, LoopClock(EPOCH))
            calls = (twin.place_call(to="+1", from_=f"+1555{n}", script=says_hello) for n in range(20))
            return await asyncio.gather(*calls)

    results = run_virtual(main())
    assert len({result.call_sid for result in results}) == 20
    assert {result.turns[0].response_ms for result in results} == {500}
    assert all(not result.findings for result in results)


def test_connect_without_action_goes_on_with_the_next_verb() -> None:
    desk = answers(Connect(Stream("wss://voice.example.com/media")), Say("after the stream"))
    assert [said.text for said in call(desk, says_hello).agent][-1] == "after the stream"


def test_voice_and_ear_are_lent() -> None:
    async def voice(text: str) -> bytes:
        return tone(100 * len(text))

    async def ear(audio: bytes) -> str:
        return f"{len(audio) // 8} ms"

    async def speaks(phone: Caller) -> None:
        greeting = await phone.hears_greeting()
        assert await phone.understands(greeting) == "1000 ms"  # 800 and 200 after it
        await phone.says("hello")
        await phone.waits_for_agent()
        await phone.hangs_up()

    result = call(Desk(), speaks, voice=voice, ear=ear)
    assert (result.turns[0].text, result.agent[0].text) == ("hello", "1000 ms")
    assert result.turns[0].end_ms - result.turns[0].start_ms == 500


def test_words_without_a_voice_say_so() -> None:
    async def speaks(phone: Caller) -> None:
        await phone.says("hello")

    result = call(Desk(), speaks)
    assert "no voice" in result.gave_up
