"""Calls of other processes, a record that cannot be read just now, and a process that is going down."""

from __future__ import annotations

import asyncio
from xml.etree import ElementTree

import pytest

from calls.errors import RecordError
from calls.line import IncomingCall
from calls.ports import Pending
from calls.randomness import SeededRandomness
from calls.signals import Displaced
from telephony.callbacks import WAITS
from telephony.door import Door
from telephony.media import MediaParts, handle_media
from telephony.tokens import CallTokens
from telephony.twin.memory import MemorySocket, memory_pair
from tests.telephony.front import Front, said, start, verbs, virtual

FORM = {"CallSid": "CA0001", "From": "+15550111", "To": "+15550199", "AccountSid": "AC1"}
INCOMING = IncomingCall("CA0001", "+15550111", "+15550199", account="AC1")


class Newest:
    """Implements ``Sockets`` in memory, for both processes."""

    def __init__(self) -> None:
        self.opened: dict[str, int] = {}
        self.away = self.slow = False

    async def newest(self, call: str, generation: int) -> bool:
        if self.slow:
            await asyncio.Event().wait()
        if self.away:
            raise ConnectionError("database away")
        if self.opened.get(call, 0) >= generation:
            return False
        self.opened[call] = generation
        return True

    async def close(self, call: str) -> None:
        self.opened[call] = 2**62


def pair() -> tuple[Front, Front, Newest]:
    """Two processes with one key and one view of opened sockets."""
    fronts, sockets = (Front(), Front()), Newest()
    for seed, front in enumerate(fronts):
        tokens = CallTokens(SeededRandomness(seed), front.clock, b"shared")
        front.tokens = front.callbacks._tokens = tokens
        front.callbacks._sockets = sockets
        front.media = MediaParts(front.host, front.door, tokens, front.clock, sockets=sockets)
    return *fronts, sockets


def token_in(twiml: str) -> str:
    parameter = ElementTree.fromstring(twiml).find("./Connect/Stream/Parameter")
    assert parameter is not None
    return parameter.get("value") or ""


async def knock(front: Front, token: str, group: asyncio.TaskGroup) -> MemorySocket:
    near, far = memory_pair()
    group.create_task(handle_media(near, front.media))
    await far.send_text(start("CA0001", token))
    await front.clock.sleep_ms(50)
    return far


def test_a_socket_may_reach_another_process_than_its_webhook() -> None:
    here, there, _ = pair()

    async def scene(_front: Front) -> None:
        token = token_in(await here.callbacks.voice(FORM))
        async with asyncio.TaskGroup() as group:
            socket = await knock(there, token, group)
            assert [call.call for call in there.host.calls] == ["CA0001"]
            assert there.admission.asked == [INCOMING]
            replayed = await knock(here, token, group)
            assert replayed.close_code == 1008 and here.host.calls == []
            newer = await knock(here, token_in(await here.callbacks.after(FORM)), group)
            assert [call.call for call in here.host.calls] == ["CA0001"]
            for open_socket in (socket, newer):
                await open_socket.close()

    virtual(scene)


def test_a_call_that_one_process_has_ended_is_over_for_the_other() -> None:
    here, there, sockets = pair()

    async def scene(_front: Front) -> None:
        token = token_in(await here.callbacks.voice(FORM))
        there.desk.state["CA0001"] = Pending("ended")
        assert verbs(await there.callbacks.after(FORM)) == ["Hangup"]
        assert sockets.opened["CA0001"] == 2**62
        async with asyncio.TaskGroup() as group:
            assert (await knock(here, token, group)).close_code == 1008

    virtual(scene)


def test_a_call_that_the_carrier_has_ended_is_over_for_every_process() -> None:
    here, there, _ = pair()

    async def scene(_front: Front) -> None:
        token = token_in(await here.callbacks.voice(FORM))
        await there.callbacks.status({**FORM, "CallStatus": "completed"})
        async with asyncio.TaskGroup() as group:
            assert (await knock(here, token, group)).close_code == 1008
        assert here.host.calls == []

    virtual(scene)


def test_a_token_of_a_stranger_opens_nothing_here() -> None:
    here, _, _ = pair()

    async def scene(_front: Front) -> None:
        stranger = CallTokens(SeededRandomness(9), here.clock, b"another key")
        async with asyncio.TaskGroup() as group:
            socket = await knock(here, stranger.mint("CA0001", INCOMING), group)
            assert socket.close_code == 1008
        assert len(here.door) == 0

    virtual(scene)


@pytest.mark.parametrize("slow", [False, True])
def test_no_socket_opens_while_it_cannot_be_compared_with_others(slow: bool) -> None:
    here, _, sockets = pair()
    sockets.away, sockets.slow = not slow, slow

    async def scene(_front: Front) -> None:
        token = token_in(await here.callbacks.voice(FORM))
        async with asyncio.TaskGroup() as group:
            socket = await knock(here, token, group)
            await here.clock.sleep_ms(6_000)
            assert (socket.close_code, here.host.calls) == (1013, [])

    virtual(scene)


def test_a_call_that_its_record_knows_comes_back_in_whatever_the_limits_say() -> None:
    readmitted: list[IncomingCall] = []

    async def scene(front: Front) -> None:
        async def readmit(call: IncomingCall):  # type: ignore[no-untyped-def]
            readmitted.append(call)
            return front.admission.verdict

        front.admission.readmit = readmit  # type: ignore[method-assign]
        front.desk.state["CA0001"] = Pending("open", 1)
        assert verbs(await front.callbacks.after(FORM)) == ["Connect"]
        assert (len(readmitted), front.admission.asked) == (1, [])

    virtual(scene)


def test_a_caller_waits_for_a_record_that_is_away_and_is_put_through_in_the_end() -> None:
    async def scene(front: Front) -> None:
        front.desk.fault = RecordError("the database does not answer")
        answers = [verbs(await front.callbacks.after(FORM)) for _ in range(WAITS + 1)]
        assert answers[0] == ["Say", "Pause", "Redirect"]
        assert answers[1:WAITS] == [["Pause", "Redirect"]] * (WAITS - 1)
        assert answers[WAITS] == ["Say", "Dial", "Hangup"]

    virtual(scene)


def test_a_caller_who_waited_goes_on_when_the_record_is_back() -> None:
    async def scene(front: Front) -> None:
        front.desk.fault = RecordError("the database does not answer")
        await front.callbacks.after(FORM)
        front.desk.fault = None
        front.desk.state["CA0001"] = Pending("open", 1)
        assert verbs(await front.callbacks.after(FORM)) == ["Connect"]

    virtual(scene)


def test_a_draining_process_sends_new_calls_on_and_keeps_its_own() -> None:
    async def scene(front: Front) -> None:
        inside = await front.callbacks.voice(FORM)
        front.door.draining = True
        assert await front.callbacks.voice(FORM) == inside
        assert verbs(await front.callbacks.voice(FORM | {"CallSid": "CA0002"})) == ["Pause", "Redirect"]
        assert front.door.find("CA0002") is None
        assert verbs(await front.callbacks.after(FORM)) == ["Connect"]

    virtual(scene)


def test_a_closing_process_takes_no_socket_and_sends_its_callers_on() -> None:
    async def scene(front: Front) -> None:
        token = token_in(await front.callbacks.voice(FORM))
        front.door.draining = front.door.closing = True
        async with asyncio.TaskGroup() as group:
            socket = await knock(front, token, group)
            assert socket.close_code == 1013
        assert verbs(await front.callbacks.after(FORM)) == ["Pause", "Redirect"]

    virtual(scene)


def test_a_session_whose_call_another_process_took_over_is_told_to_leave() -> None:
    from switchboard.house import _taken_over

    async def scene(front: Front) -> None:
        token = token_in(await front.callbacks.voice(FORM))
        async with asyncio.TaskGroup() as group:
            socket = await knock(front, token, group)
            _taken_over(front.door, "call:CA0001")
            _taken_over(front.door, "call:CA0002")
            await front.clock.sleep_ms(50)
            assert socket.close_code == 1000
        assert len(said(front, Displaced)) == 1

    virtual(scene)


@pytest.mark.parametrize("seats", [0, 1])
def test_the_door_names_the_calls_that_have_a_socket(seats: int) -> None:
    async def scene(front: Front) -> None:
        door: Door = front.door
        token = token_in(await front.callbacks.voice(FORM))
        async with asyncio.TaskGroup() as group:
            if seats:
                socket = await knock(front, token, group)
                assert door.seated_calls == ["CA0001"]
                await socket.close()
            else:
                assert door.seated_calls == []

    virtual(scene)
