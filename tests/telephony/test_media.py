"""The media handler: whole calls in memory on virtual time."""

from __future__ import annotations

import asyncio
import base64
import json
import random
from dataclasses import replace

import pytest

from calls.house_ports import Declined
from calls.signals import CarrierGone, Displaced, KeyPressed, PlaybackEnded
from telephony import g711
from telephony.media import handle_media
from telephony.twin import Caller, Tamper
from telephony.twin.memory import MemorySocket, memory_pair
from tests.telephony.front import GREETING_MS, Front, admitted, listens, phone_call, presses_zero, said, start, virtual
from tests.telephony.twin.desk import tone

# --- calls through the twin ---------------------------------------------------------------------


def test_a_call_is_greeted_and_ends_after_its_goodbye() -> None:
    front, result = phone_call(presses_zero)
    assert [finding.code for finding in result.findings] == []
    assert said(front, PlaybackEnded) == [PlaybackEnded("r1.1", GREETING_MS), PlaybackEnded("bye", 500.0)]
    assert result.streams[0].ending == "server_closed"
    assert result.end_reason == "server_hung_up"
    sounded = [said.end_ms - said.start_ms for said in result.agent]
    assert sounded == pytest.approx([GREETING_MS, 500], abs=40)


def test_the_first_audio_leaves_within_50_ms_of_the_start() -> None:
    _, result = phone_call(presses_zero)
    first = result.streams[0].first_audio_ms
    assert first is not None
    assert first <= 50


def test_every_frame_is_heard_at_its_place() -> None:
    async def speaks(phone: Caller) -> None:
        await phone.hears_greeting()
        await phone.says(tone(1_000, 600))
        await phone.presses("0")

    front, _ = phone_call(speaks)
    frames = front.host.calls[0].frames
    assert [frame.offset_ms for frame in frames] == [20.0 * n for n in range(len(frames))]
    assert tone(1_000, 600) in b"".join(frame.samples for frame in frames)


def test_a_caller_who_hangs_up_has_ended_the_call_and_freed_the_line() -> None:
    async def hangs_up(phone: Caller) -> None:
        await phone.hears_greeting()
        await phone.hangs_up()

    front, _ = phone_call(hangs_up)
    assert said(front, CarrierGone) == [CarrierGone(True, "stop", {})]
    assert set(front.admission.released) == {front.host.calls[0].call}
    assert len(front.door.seated) == 0


def test_a_lost_socket_brings_the_caller_back() -> None:
    dropped = []

    async def drops(phone: Caller) -> None:
        await phone.hears_greeting()
        await phone.drops_socket()
        dropped.append(phone.now_s)
        await phone.waits_for_agent_to_begin()
        await phone.presses("0")

    front, result = phone_call(drops)
    assert [type(gone) for gone in said(front, CarrierGone)] == [CarrierGone]
    assert said(front, CarrierGone)[0].ended is False  # type: ignore[attr-defined]
    assert [stream.ending for stream in result.streams] == ["dropped", "server_closed"]
    assert len({call.call for call in front.host.calls}) == 1


def test_a_cut_is_heard_at_once_and_its_marks_are_not_believed() -> None:
    async def interrupts(phone: Caller) -> None:
        await phone.waits_for_agent_to_begin()
        await phone.waits(0.2)
        await phone.presses("2")
        await phone.waits(2.0)
        await phone.presses("0")

    front, result = phone_call(interrupts)
    assert result.streams[0].clears == 1
    assert said(front, PlaybackEnded) == [PlaybackEnded("r2.1", 300.0), PlaybackEnded("bye", 500.0)]


def test_a_fault_of_ours_closes_the_socket_and_logs_nothing_a_caller_said(caplog: pytest.LogCaptureFixture) -> None:
    async def breaks(phone: Caller) -> None:
        await phone.hears_greeting()
        await phone.presses("9")

    front, result = phone_call(breaks)
    assert result.streams[0].ending == "server_closed"
    assert "RuntimeError" in caplog.text
    assert "Anna" not in caplog.text
    # The record still says open: the caller is brought back.
    assert len(front.host.calls) > 1


def test_keys_that_no_phone_has_are_not_pressed() -> None:
    async def presses(phone: Caller) -> None:
        await phone.hears_greeting()
        await phone.presses("A5#*0")

    front, _ = phone_call(presses)
    assert said(front, KeyPressed) == [KeyPressed(key) for key in "5#*0"]


# --- who is let in ------------------------------------------------------------------------------


@pytest.mark.parametrize("parameters", [{}, {"token": ""}, {"token": "forged"}, {"Token": "x"}])
def test_a_wrong_token_is_sent_nothing_and_opens_nothing(parameters: dict[str, str]) -> None:
    front, result = phone_call(listens, tamper=Tamper(parameters=parameters))
    assert front.host.calls == []
    assert all(stream.media_bytes == 0 for stream in result.streams)


async def refusal(front: Front, *messages: str) -> MemorySocket:
    """Show these to a fresh socket; returns the far end once the handler is done."""
    near, far = memory_pair()
    async with asyncio.TaskGroup() as group:
        group.create_task(handle_media(near, front.media))
        for message in messages:
            await far.send_text(message)
    return far


def test_used_expired_and_foreign_tokens_are_closed_with_1008() -> None:
    async def scene(front: Front) -> None:
        used = await admitted(front)
        front.tokens.redeem(used, "CA0001")
        assert (await refusal(front, start("CA0001", used))).close_code == 1008

        foreign = await admitted(front, "CA0002")
        assert (await refusal(front, start("CA0001", foreign))).close_code == 1008

        expired = await admitted(front)
        await front.clock.sleep_ms(60_001)
        far = await refusal(front, start("CA0001", expired))
        assert far.close_code == 1008
        assert await far.receive() is None
        assert front.host.calls == []

    virtual(scene)


def test_a_call_that_is_over_or_of_another_account_is_not_taken() -> None:
    async def scene(front: Front) -> None:
        token = await admitted(front)
        assert (await refusal(front, start("CA0001", token, accountSid="AC2"))).close_code == 1008
        token = await admitted(front)
        visit = front.door.find("CA0001")
        assert visit is not None
        front.door.leave(visit)
        assert (await refusal(front, start("CA0001", token))).close_code == 1008

    virtual(scene)


def test_audio_we_cannot_read_is_refused_as_such() -> None:
    async def scene(front: Front) -> None:
        shape = {"encoding": "audio/l16", "sampleRate": 16_000, "channels": 1}
        assert (await refusal(front, start("CA0001", await admitted(front), mediaFormat=shape))).close_code == 1003

    virtual(scene)


def test_a_declined_call_gets_no_engine() -> None:
    async def scene(front: Front) -> None:
        assert (await refusal(front, start("CA0001", await admitted(front)))).close_code == 1013

    assert virtual(scene, Front(Declined("busy"))).host.calls == []


def test_a_socket_that_says_nothing_is_closed_after_ten_seconds() -> None:
    async def scene(front: Front) -> None:
        far = await refusal(front, json.dumps({"event": "connected"}))
        assert far.close_code == 1008
        assert front.clock.now_ms() == pytest.approx(10_000, abs=1)

    virtual(scene)


def test_a_socket_that_chatters_before_its_start_is_closed() -> None:
    async def scene(front: Front) -> None:
        far = await refusal(front, *[json.dumps({"event": "connected"})] * 150)
        assert far.close_code == 1008
        assert front.clock.now_ms() < 1

    virtual(scene)


def test_a_host_that_fails_closes_with_1011(caplog: pytest.LogCaptureFixture) -> None:
    async def scene(front: Front) -> None:
        front.host.fault = OSError("postgres at 10.0.0.3 is away")
        far = await refusal(front, start("CA0001", await admitted(front)))
        assert far.close_code == 1011
        assert front.door.seated == []

    virtual(scene)
    assert "OSError" in caplog.text
    assert "10.0.0.3" not in caplog.text


def test_under_strain_a_carrier_that_falls_silent_leaves_nothing_unheard() -> None:
    async def scene(front: Front) -> None:
        near, far = memory_pair()
        async with asyncio.TaskGroup() as group:
            serving = group.create_task(handle_media(near, replace(front.media, busy=lambda: 0.8)))
            await far.send_text(start("CA0001", await admitted(front)))
            frame = base64.b64encode(b"\xff" * 160).decode()
            for n in range(7):
                media = {"timestamp": str(20 * n), "payload": frame}
                await far.send_text(json.dumps({"event": "media", "streamSid": "MZ0001", "media": media}))
            await front.clock.sleep_ms(20)
            (call,) = front.host.calls
            assert [one.duration_ms for one in call.frames] == [100.0]
            await front.clock.sleep_ms(300)
            assert [one.duration_ms for one in call.frames] == [100.0, 40.0]
            serving.cancel()

    virtual(scene)


# --- a second socket for the same call ----------------------------------------------------------


@pytest.mark.parametrize("lingers_ms", [0.0, 500.0, 60_000.0])
def test_the_newer_token_wins_and_the_older_session_leaves_first(lingers_ms: float) -> None:
    async def scene(front: Front) -> None:
        first_near, first_far = memory_pair()
        second_near, second_far = memory_pair()
        async with asyncio.TaskGroup() as group:
            group.create_task(handle_media(first_near, front.media))
            await first_far.send_text(start("CA0001", await admitted(front)))
            await front.clock.sleep_ms(300)
            group.create_task(handle_media(second_near, front.media))
            await second_far.send_text(start("CA0001", await admitted(front)))
            await front.clock.sleep_ms(5_000)
            old, new = front.host.calls
            assert Displaced() in old.signals
            assert first_far.closed
            assert not second_far.closed
            # The old one has left, or was given up on after three seconds, before the new one began.
            assert new.began_ms - 300 == pytest.approx(min(lingers_ms, 3_000), abs=5)
            assert len(front.door.seated) == 1
            new.signal(KeyPressed("0"))
            await second_far.send_text(json.dumps({"event": "mark", "streamSid": "MZ0001", "mark": {"name": "r1.1#1"}}))
            await second_far.send_text(json.dumps({"event": "mark", "streamSid": "MZ0001", "mark": {"name": "bye#1"}}))
        assert second_far.close_code == 1000

    virtual(scene, Front(lingers_ms=lingers_ms))


@pytest.mark.parametrize("opening_ms", [500.0, 60_000.0])
def test_a_call_still_being_built_is_displaced_as_well(opening_ms: float) -> None:
    """Otherwise the older socket would finish building last, and own the record."""

    async def scene(front: Front) -> None:
        first_near, first_far = memory_pair()
        second_near, second_far = memory_pair()
        async with asyncio.TaskGroup() as group:
            front.host.opening_ms = opening_ms
            group.create_task(handle_media(first_near, front.media))
            await first_far.send_text(start("CA0001", await admitted(front)))
            await front.clock.sleep_ms(100)
            front.host.opening_ms = 0.0
            group.create_task(handle_media(second_near, front.media))
            await second_far.send_text(start("CA0001", await admitted(front)))
            await front.clock.sleep_ms(5_000)
            assert first_far.closed
            assert not second_far.closed
            assert [call.left for call in front.host.calls][-1] is False
            await second_far.close()
        assert all(call.left for call in front.host.calls)

    virtual(scene)


def test_an_older_token_does_not_displace_a_newer_socket() -> None:
    async def scene(front: Front) -> None:
        older, newer = await admitted(front), await admitted(front)
        near, far = memory_pair()
        async with asyncio.TaskGroup() as group:
            group.create_task(handle_media(near, front.media))
            await far.send_text(start("CA0001", newer))
            await front.clock.sleep_ms(100)
            assert (await refusal(front, start("CA0001", older))).close_code == 1008
            assert not far.closed
            await far.close()
        assert Displaced() not in front.signals

    virtual(scene)


# --- bad frames ---------------------------------------------------------------------------------


def test_ten_thousand_mutilated_frames_end_nothing_and_are_counted() -> None:
    chance = random.Random(11)
    payload = base64.b64encode(tone(20)).decode()
    good = json.dumps({"event": "media", "streamSid": "MZ0001", "media": {"payload": payload}})

    def mutilated() -> str:
        letters = list(good)
        for _ in range(chance.randint(1, 8)):
            letters[chance.randrange(len(letters))] = chr(chance.choice((0, 34, 44, 93, 125, 255, 0xD800, 0x1F600)))
        return "".join(letters[: chance.randrange(len(letters))] if chance.random() < 0.3 else letters)

    async def scene(front: Front) -> None:
        near, far = memory_pair()
        async with asyncio.TaskGroup() as group:
            group.create_task(handle_media(near, front.media))
            await far.send_text(start("CA0001", await admitted(front)))
            for _ in range(10_000):
                await far.send_text(mutilated())
            await far.send_bytes(b"\x00" * 200)
            await far.send_text(good)
            await front.clock.sleep_ms(10)
            assert front.host.calls[0].frames[-1].samples == tone(20)
            await far.abort()
        gone = front.signals[-1]
        assert isinstance(gone, CarrierGone)
        assert gone.counts["binary"] == 1
        assert sum(gone.counts.values()) > 9_000

    virtual(scene)


def test_the_way_from_frame_to_hearing_is_measured() -> None:
    front = Front()
    frames = [
        json.dumps(
            {
                "event": "media",
                "streamSid": "MZ0001",
                "sequenceNumber": str(n + 2),
                "media": {"timestamp": str(n * 20 + 300), "payload": base64.b64encode(g711.SILENT_FRAME).decode()},
            }
        )
        for n in range(400)
    ]

    async def scene(front: Front) -> None:
        near, far = memory_pair()
        async with asyncio.TaskGroup() as group:
            group.create_task(handle_media(near, front.media))
            await far.send_text(start("CA0001", await admitted(front)))
            for frame in frames:
                await far.send_text(frame)
            await front.clock.sleep_ms(10)
            assert [frame.offset_ms for frame in front.host.calls[0].frames] == [20.0 * n for n in range(400)]
            await far.close()

    virtual(scene, front)
    # The stream's first timestamp need not be 0: ours are.
    assert [frame.offset_ms for frame in front.host.calls[0].frames[:3]] == [0.0, 20.0, 40.0]
