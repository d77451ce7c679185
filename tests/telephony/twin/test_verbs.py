"""What TwiML makes the twin do, what it reports about the call, and many calls at once."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import Any

import pytest

from calls.clock import LoopClock
from calls.virtual_time import run_virtual
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
from telephony.twin import Caller, CallResult, Human, Twin
from tests.telephony.twin.desk import Desk, tone
from tests.telephony.twin.scene import (
    CLOCK,
    CONFIG,
    EPOCH,
    answers,
    call,
    codes,
    hangs_up_at_once,
    listens,
    says_hello,
)

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
        await CLOCK.sleep_ms(3_600_000)

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
