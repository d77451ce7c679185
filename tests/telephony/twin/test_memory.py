"""The socket pair keeps the contract of a real socket."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

import pytest

from calls.clock import LoopClock
from calls.errors import CarrierLost
from calls.virtual_time import run_virtual
from telephony.twin.memory import MemorySocket, memory_pair

Scene = Callable[[MemorySocket, MemorySocket], Awaitable[None]]


def on_a_pair(scene: Scene) -> None:
    async def main() -> None:
        await scene(*memory_pair())

    run_virtual(main())


def test_messages_arrive_in_order_and_before_the_close() -> None:
    async def scene(near: MemorySocket, far: MemorySocket) -> None:
        await near.send_text("one")
        await near.send_bytes(b"two")
        await near.close(1008, "no")
        assert (near.closed, far.closed) == (True, True)
        assert [await far.receive() for _ in range(4)] == ["one", b"two", None, None]
        assert (far.close_code, far.close_reason) == (1008, "no")
        assert await near.receive() is None

    on_a_pair(scene)


def test_sending_into_a_closed_socket_is_carrier_lost() -> None:
    async def scene(near: MemorySocket, far: MemorySocket) -> None:
        await far.close()
        await far.close()
        for end in (near, far):
            with pytest.raises(CarrierLost):
                await end.send_text("x")

    on_a_pair(scene)


def test_vanishing_shows_as_1006() -> None:
    async def scene(near: MemorySocket, far: MemorySocket) -> None:
        await near.abort()
        assert await far.receive() is None
        assert far.close_code == 1006

    on_a_pair(scene)


def test_a_sender_waits_for_a_reader_who_does_not_read_and_learns_of_the_close() -> None:
    async def scene(near: MemorySocket, far: MemorySocket) -> None:
        sent, learned = 0, []

        async def flood() -> None:
            nonlocal sent
            try:
                while True:
                    await near.send_text("x")
                    sent += 1
            except CarrierLost:
                learned.append(True)

        async with asyncio.TaskGroup() as group:
            group.create_task(flood())
            group.create_task(flood())
            await LoopClock().sleep_ms(1_000)
            assert sent == 512
            await far.close()
        assert learned == [True, True]

    on_a_pair(scene)
