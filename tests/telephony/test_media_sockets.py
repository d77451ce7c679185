"""Media sockets under one contract, in memory and on the wire."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable

import aiohttp
import pytest

from calls.clock import LoopClock
from calls.errors import CarrierLost
from calls.ports import MediaSocket
from calls.signals import CarrierGone, PlaybackBegan
from calls.virtual_time import run_virtual
from telephony.aiohttp_socket import AiohttpSocket
from telephony.media import handle_media
from telephony.twin.memory import memory_pair
from tests.telephony.front import Front, admitted, said, start
from tests.telephony.wire import Peer, over_the_wire

Contract = Callable[[MediaSocket, Peer], Awaitable[None]]


async def messages_arrive_in_order_then_none_for_good(socket: MediaSocket, peer: Peer) -> None:
    await peer.send("one")
    await peer.send(b"two")
    async with asyncio.TaskGroup() as group:
        group.create_task(peer.close())  # a real one waits for our answer, which is given while we receive
        assert [await socket.receive() for _ in range(4)] == ["one", b"two", None, None]
    assert socket.closed


async def text_reaches_the_peer(socket: MediaSocket, peer: Peer) -> None:
    await socket.send_text("hello")
    assert await peer.receive() == "hello"


async def closing_twice_keeps_the_first_code(socket: MediaSocket, peer: Peer) -> None:
    async with asyncio.TaskGroup() as group:
        group.create_task(socket.close(1008, "no good token"))
        assert await peer.receive() is None
    await socket.close(1000)
    assert socket.closed
    assert peer.close_code == 1008


async def sending_when_closed_is_carrier_lost(socket: MediaSocket, peer: Peer) -> None:
    async with asyncio.TaskGroup() as group:
        group.create_task(socket.close())
        assert await peer.receive() is None
    with pytest.raises(CarrierLost):
        await socket.send_text("too late")


CONTRACT: list[Contract] = [
    messages_arrive_in_order_then_none_for_good,
    text_reaches_the_peer,
    closing_twice_keeps_the_first_code,
    sending_when_closed_is_carrier_lost,
]


@pytest.mark.parametrize("clause", CONTRACT, ids=lambda clause: clause.__name__)
def test_the_memory_socket_keeps_the_contract(clause: Contract) -> None:
    async def main() -> None:
        near, far = memory_pair()
        await clause(near, Peer(far))

    run_virtual(main())


@pytest.mark.wire
@pytest.mark.parametrize("clause", CONTRACT, ids=lambda clause: clause.__name__)
def test_the_aiohttp_socket_keeps_the_contract(clause: Contract) -> None:
    async def main() -> None:
        near: asyncio.Future[AiohttpSocket] = asyncio.get_running_loop().create_future()
        done = asyncio.Event()

        async def serve(socket: AiohttpSocket) -> None:
            near.set_result(socket)
            await done.wait()

        async def visit(peer: Peer) -> None:
            try:
                async with asyncio.timeout(5):
                    await clause(await near, peer)
            finally:
                done.set()

        await over_the_wire(serve, visit)

    asyncio.run(main())


@pytest.mark.wire
def test_a_message_over_64_kib_ends_the_connection() -> None:
    async def main() -> None:
        got: list[str | bytes | None] = []

        async def serve(socket: AiohttpSocket) -> None:
            got.append(await socket.receive())

        async def visit(peer: Peer) -> None:
            await peer.send("x" * (64 * 1024 + 1))
            assert await peer.receive() is None
            assert peer.close_code == 1009

        await over_the_wire(serve, visit)
        assert got == [None]

    asyncio.run(main())


class HundredTimesFaster(LoopClock):
    """Its sleepers think that more has passed."""

    slept_ms = 0.0

    async def sleep_ms(self, ms: float) -> None:
        await super().sleep_ms(ms / 100)
        self.slept_ms += ms


@pytest.mark.wire
def test_a_peer_that_has_vanished_is_noticed_within_30_s() -> None:
    async def main() -> None:
        clock, noticed = HundredTimesFaster(), asyncio.Event()

        async def serve(socket: AiohttpSocket) -> None:
            assert await socket.receive() == "hello"
            assert await socket.receive() is None
            assert socket.closed and socket.close_code == 1006
            with pytest.raises(CarrierLost):
                await socket.send_text("anybody?")
            noticed.set()

        async def visit(peer: Peer) -> None:
            await peer.send("hello")
            # It reads nothing, and so answers nothing.
            await noticed.wait()
            assert 25_000 <= clock.slept_ms <= 30_000

        await over_the_wire(serve, visit, clock)

    asyncio.run(main())


@pytest.mark.wire
def test_a_peer_that_is_only_silent_is_asked_and_kept() -> None:
    async def main() -> None:
        clock, got = HundredTimesFaster(), asyncio.Event()

        async def serve(socket: AiohttpSocket) -> None:
            assert await socket.receive() == "at last"
            got.set()
            await socket.close()

        async def visit(peer: Peer) -> None:
            async with asyncio.TaskGroup() as group:
                answering = group.create_task(peer.receive())
                while clock.slept_ms < 120_000:
                    await LoopClock().sleep_ms(10)
                    assert not answering.done()
                await peer.send("at last")
                await got.wait()
                assert await answering is None

        await over_the_wire(serve, visit, clock)

    asyncio.run(main())


@pytest.mark.wire
def test_a_peer_that_sends_is_not_asked_and_its_own_pings_are_answered() -> None:
    async def main() -> None:
        clock, answered = HundredTimesFaster(), asyncio.Event()

        async def serve(socket: AiohttpSocket) -> None:
            while await socket.receive() is not None:
                pass

        async def visit(peer: Peer) -> None:
            far = peer.end
            assert isinstance(far, aiohttp.ClientWebSocketResponse)
            while clock.slept_ms < 60_000:
                await peer.send("a frame")
                await LoopClock().sleep_ms(10)
            await far.ping(b"there?")
            message = await far.receive()
            assert (message.type, message.data) == (aiohttp.WSMsgType.PONG, b"there?"), "and nothing before it"
            answered.set()

        await over_the_wire(serve, visit, clock, bare=True)
        assert answered.is_set()

    asyncio.run(main())


@pytest.mark.wire
@pytest.mark.alone
def test_a_call_over_loopback_is_greeted_within_50_ms() -> None:
    async def main() -> None:
        front = Front()
        token = await admitted(front)
        clock = LoopClock()

        async def serve(socket: AiohttpSocket) -> None:
            await handle_media(socket, front.media)

        async def visit(peer: Peer) -> None:
            began = clock.now_ms()
            await peer.send(start("CA0001", token))
            first, second = [json.loads(await peer.receive() or "{}") for _ in range(2)]
            assert (first["event"], second["event"]) == ("mark", "media")
            assert clock.now_ms() - began <= 50
            await peer.send(json.dumps({"event": "stop", "streamSid": "MZ0001", "stop": {}}))
            while await peer.receive() is not None:
                pass
            assert peer.close_code == 1000

        await over_the_wire(serve, visit)
        assert PlaybackBegan("r1.1") in front.signals
        assert said(front, CarrierGone) == [CarrierGone(True, "stop", {})]

    asyncio.run(main())
