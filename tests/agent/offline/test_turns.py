"""Who is served next by a speech worker."""

from __future__ import annotations

import asyncio

import pytest

from agent.offline.lane import Superseded, Turns


class Queue:
    """Requests which note in what order they had the turn, and how they ended."""

    def __init__(self):
        self.turns = Turns()
        self.served = []
        self.open = asyncio.Event()

    async def request(self, name, priority=0, replaceable=""):
        try:
            async with self.turns.turn(priority, replaceable):
                self.served.append(name)
                await self.open.wait()
        except Superseded:
            self.served.append(f"{name} superseded")


async def until_queued():
    for _ in range(5):
        await asyncio.sleep(0)


def run(scene):
    async def whole():
        queue = Queue()
        async with asyncio.TaskGroup() as group:
            await scene(queue, group)
        return queue.served

    return asyncio.run(whole())


def test_final_before_partial_and_otherwise_in_order():
    async def scene(queue, group):
        for name, priority in [("first", 1), ("partial", 1), ("final", 0), ("second final", 0)]:
            group.create_task(queue.request(name, priority))
            await until_queued()
        assert queue.turns.someone_before(1)
        assert not queue.turns.someone_before(0)
        queue.open.set()

    assert run(scene) == ["first", "final", "second final", "partial"]


def test_a_queued_partial_is_superseded_and_others_are_not():
    async def scene(queue, group):
        group.create_task(queue.request("running", 1, "a"))
        await until_queued()
        group.create_task(queue.request("a", 1, "a"))
        group.create_task(queue.request("b", 1, "b"))
        await until_queued()
        queue.turns.supersede("a")
        queue.turns.supersede("")
        await until_queued()
        queue.open.set()

    assert run(scene) == ["running", "a superseded", "b"]


@pytest.mark.parametrize("handed_over", [False, True])
def test_a_cancelled_waiter_never_keeps_the_turn(handed_over):
    async def scene(queue, group):
        group.create_task(queue.request("running"))
        await until_queued()
        doomed = group.create_task(queue.request("doomed"))
        group.create_task(queue.request("last"))
        await until_queued()
        queue.open.set()
        if handed_over:
            await asyncio.sleep(0)  # the running request ends in this step and hands its turn on
        doomed.cancel()

    assert run(scene)[0] == "running"
    assert run(scene)[-1] == "last"
