"""Webhooks: what they answer in every state of a call, repeated and reordered."""

from __future__ import annotations

import asyncio
import re
from dataclasses import replace
from xml.etree import ElementTree

import pytest

from calls.house_ports import Admitted, Declined
from calls.ports import Pending
from calls.signals import CarrierGone
from telephony.callbacks import REPEATS, NotACall, incoming_call
from telephony.twin import Caller, Human
from tests.telephony.front import CONFIG, HUMAN, LINE, PUBLIC, Front, listens, phone_call, presses_zero, verbs, virtual

CALL = "CA" + "1" * 32
FORM = {"CallSid": CALL, "AccountSid": "AC1", "From": "+15550100", "To": "+15550199", "CallStatus": "ringing"}
VOICE, AFTER, STATUS = "/twilio/voice", "/twilio/after", "/twilio/status"


def token_in(twiml: str) -> str:
    found = re.search(r'name="token" value="([^"]+)"', twiml)
    assert found is not None
    return found[1]


# --- POST /twilio/voice -------------------------------------------------------------------------


def test_an_admitted_call_is_connected_with_a_token() -> None:
    async def scene(front: Front) -> None:
        response = ElementTree.fromstring(await front.post(VOICE, FORM))
        connect = response[0]
        stream = connect[0]
        assert (connect.tag, connect.get("action"), stream.tag) == ("Connect", f"{PUBLIC}/twilio/after", "Stream")
        assert stream.get("url") == "wss://voice.example.com/twilio/media"
        assert stream.get("statusCallback") == f"{PUBLIC}/twilio/stream-status"
        assert front.tokens.redeem(stream[0].get("value") or "", CALL) is not None

    virtual(scene)


def test_a_repeated_webhook_is_answered_to_the_letter_and_admitted_once() -> None:
    async def scene(front: Front) -> None:
        async with asyncio.TaskGroup() as group:
            asked = [group.create_task(front.post(VOICE, FORM)) for _ in range(5)]
        await front.clock.sleep_ms(5_000)
        answers = {task.result() for task in asked} | {await front.post(VOICE, FORM)}
        assert len(answers) == 1
        assert len(front.admission.asked) == 1

    virtual(scene)


@pytest.mark.parametrize(
    ("declined", "expected"),
    [
        (Declined("busy", "All lines are busy."), ["Say", "Hangup"]),
        (Declined("unknown_line"), ["Say", "Hangup"]),
        (Declined("paused", "Closed.", "+15550177"), ["Dial"]),
        (Declined("paused", "Closed.", "sip:desk@pbx.example.com", "sip"), ["Dial"]),
        (Declined("busy", "", "front desk", "queue"), ["Dial"]),
    ],
)
def test_a_declined_call_is_spoken_to_or_put_through(declined: Declined, expected: list[str]) -> None:
    async def scene(front: Front) -> None:
        assert verbs(await front.post(VOICE, FORM)) == expected

    front = virtual(scene, Front(declined))
    assert len(front.tokens) == 0
    assert front.admission.released == []


def test_a_declined_caller_whom_nobody_answers_hears_why() -> None:
    front = Front(Declined("paused", "We are closed today.", HUMAN.address))
    phone_call(listens, front, replace(CONFIG, human=Human("no-answer")))
    assert "We are closed today." in front.answers(AFTER)[0]
    assert front.desk.handed == []


def test_a_declined_caller_who_spoke_with_a_person_is_not_told_anything_more() -> None:
    front = Front(Declined("paused", "We are closed today.", HUMAN.address))
    phone_call(listens, front)
    assert verbs(front.answers(AFTER)[0]) == ["Hangup"]


def test_a_withheld_number_is_no_number() -> None:
    assert incoming_call({**FORM, "From": "anonymous"}).caller == ""
    assert incoming_call({**FORM, "From": "sip:anna@pbx.example.com"}).caller == ""


@pytest.mark.parametrize("sid", ["", "CA/../x", "CA 1", "x" * 65, "CA1\n"])
def test_a_form_without_a_call_is_none(sid: str) -> None:
    with pytest.raises(NotACall):
        incoming_call({**FORM, "CallSid": sid})


# --- POST /twilio/after -------------------------------------------------------------------------


def test_an_ended_call_is_hung_up_and_its_place_is_free() -> None:
    front, result = phone_call(presses_zero)
    assert [verbs(answer) for answer in front.answers(AFTER)] == [["Hangup"]]
    assert result.end_reason == "server_hung_up"
    assert set(front.admission.released) == {result.call_sid}


async def asks_for_a_person(phone: Caller) -> None:
    await phone.hears_greeting()
    await phone.presses("1")


def test_a_handed_over_call_rings_the_lines_person() -> None:
    front, result = phone_call(asks_for_a_person)
    dialled = result.dialled[0]
    assert (dialled.kind, dialled.target, dialled.status) == ("number", HUMAN.address, "completed")
    assert 'answerOnBridge="true"' in front.answers(AFTER)[0]
    assert 'timeout="15"' in front.answers(AFTER)[0]
    assert front.desk.handed == [(result.call_sid, "completed", 4)]
    assert verbs(front.answers(AFTER)[-1]) == ["Hangup"]


@pytest.mark.parametrize("outcome", ["busy", "no-answer", "failed"])
def test_when_nobody_answers_the_caller_returns_to_the_agent(outcome: str) -> None:
    async def asks_then_says_goodbye(phone: Caller) -> None:
        await asks_for_a_person(phone)
        await phone.waits(25)
        await phone.presses("0")

    human = Human(outcome)  # type: ignore[arg-type]
    front, result = phone_call(asks_then_says_goodbye, config=replace(CONFIG, human=human))
    assert front.desk.handed == [(result.call_sid, outcome, 0)]
    assert [verbs(answer) for answer in front.answers(AFTER)] == [["Dial"], ["Connect"], ["Hangup"]]
    assert len(front.host.calls) == 2


def test_repeated_afters_have_one_effect_each_also_late_and_in_a_second_hand_over() -> None:
    async def scene(front: Front) -> None:
        await front.post(VOICE, FORM)
        front.desk.state[CALL] = Pending("hand_over", 0, "number", HUMAN.address, 15)
        dial = await front.post(AFTER, FORM)
        assert await front.post(AFTER, FORM) == dial
        busy = {**FORM, "DialCallStatus": "busy", "DialCallSid": "CA9"}
        back = await front.post(AFTER, busy)
        assert verbs(back) == ["Connect"]
        assert await front.post(AFTER, busy) == back
        assert len(front.desk.handed) == 1

        front.desk.state[CALL] = Pending("hand_over", 0, "number", HUMAN.address, 15)
        assert await front.post(AFTER, FORM) == dial
        again = await front.post(AFTER, {**busy, "DialCallSid": "CA8"})
        assert token_in(again) != token_in(back)
        assert len(front.desk.handed) == 2
        assert await front.post(AFTER, busy | {"DialCallSid": "CA8"}) == again

    virtual(scene)


def test_a_lost_socket_is_reconnected_three_times_and_then_a_person_is_dialled() -> None:
    async def loses_every_socket(phone: Caller) -> None:
        for _ in range(4):
            await phone.waits(0.5)
            await phone.drops_socket()

    front, result = phone_call(loses_every_socket)
    kinds = [verbs(answer) for answer in front.answers(AFTER)]
    assert kinds == [["Connect"]] * 3 + [["Say", "Dial", "Hangup"]]
    assert len({token_in(answer) for answer in front.answers(AFTER)[:3]}) == 3
    assert result.dialled[0].target == HUMAN.address


def test_without_a_person_the_last_word_is_an_apology() -> None:
    front = Front(Admitted(replace(LINE, human=None)))

    async def scene(front: Front) -> None:
        await front.post(VOICE, FORM)
        front.desk.state[CALL] = Pending("open", 4)
        assert verbs(await front.post(AFTER, FORM)) == ["Say", "Hangup"]

    assert CALL in virtual(scene, front).admission.released


def test_a_socket_that_cannot_be_reached_does_not_go_round_for_ever() -> None:
    front = Front()
    front.refuse_sockets = True
    _, result = phone_call(listens, front)
    assert len(front.answers(AFTER)) <= REPEATS + 1
    assert verbs(front.answers(AFTER)[-1]) == ["Say", "Dial", "Hangup"]
    assert result.dialled[0].target == HUMAN.address


def test_an_expired_token_is_not_handed_out_again() -> None:
    async def scene(front: Front) -> None:
        await front.post(VOICE, FORM)
        front.desk.state[CALL] = Pending("open", 1)
        first = token_in(await front.post(AFTER, FORM))
        assert token_in(await front.post(AFTER, FORM)) == first
        await front.clock.sleep_ms(60_001)
        assert token_in(await front.post(AFTER, FORM)) != first

    virtual(scene)


def test_a_call_from_before_a_restart_is_admitted_and_taken_up() -> None:
    async def scene(front: Front) -> None:
        front.desk.state[CALL] = Pending("open", 1)
        assert verbs(await front.post(AFTER, FORM)) == ["Connect"]
        assert [call.call for call in front.admission.asked] == [CALL]

    virtual(scene)


def test_the_answer_waits_for_a_session_that_is_just_ending() -> None:
    async def drops_and_returns(phone: Caller) -> None:
        await phone.hears_greeting()
        await phone.drops_socket()
        await phone.waits(3)
        await phone.presses("0")

    front, _ = phone_call(drops_and_returns, Front(lingers_ms=400))
    first, second = front.host.calls[:2]
    assert first.left
    assert not any(type(signal).__name__ == "Displaced" for signal in first.signals)
    assert second.began_ms > first.began_ms


# --- POST /twilio/status and /twilio/stream-status ------------------------------------------------


def test_a_completed_call_is_told_once_whatever_comes_when() -> None:
    async def scene(front: Front) -> None:
        await front.post(VOICE, FORM)
        for status in ("in-progress", "completed", "ringing", "completed", "in-progress", "completed"):
            await front.post(STATUS, {**FORM, "CallStatus": status})
        assert front.desk.ended == [(CALL, "completed")]
        assert front.admission.released == [CALL]

    virtual(scene)


def test_tokens_of_a_completed_call_are_worthless() -> None:
    async def scene(front: Front) -> None:
        token = token_in(await front.post(VOICE, FORM))
        await front.post(STATUS, {**FORM, "CallStatus": "completed"})
        assert front.tokens.redeem(token, CALL) is None

    virtual(scene)


def test_disordered_callbacks_do_no_harm() -> None:
    front, result = phone_call(presses_zero, config=replace(CONFIG, disorder=1.0))
    assert front.desk.ended == [(result.call_sid, "completed")]
    assert front.admission.released == [result.call_sid]


def test_a_session_whose_socket_died_in_silence_learns_that_the_call_is_over() -> None:
    async def stays(phone: Caller) -> None:
        await phone.hears_greeting()
        await over(phone)

    async def over(phone: Caller) -> None:
        await front.post(STATUS, {**FORM, "CallSid": front.host.calls[0].call, "CallStatus": "completed"})

    front = Front()
    phone_call(stays, front)
    assert CarrierGone(True, "completed") in front.signals


def test_stream_events_are_counted_and_errors_logged_without_their_text(caplog: pytest.LogCaptureFixture) -> None:
    front = Front()
    for event in ("stream-started", "stream-error", "made-up", "made-up-too"):
        front.callbacks.stream_status({"StreamEvent": event, "StreamError": "31921 - call of +15550100"})
    assert front.callbacks.stream_events == {"stream-started": 1, "stream-error": 1, "unknown": 2}
    assert "31921" in caplog.text
    assert "+15550100" not in caplog.text
