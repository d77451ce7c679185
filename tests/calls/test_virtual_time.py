from __future__ import annotations

import asyncio
from datetime import UTC, datetime

from calls.clock import LoopClock, stopwatch_ms
from calls.virtual_time import run_virtual


def test_an_hour_takes_no_time() -> None:
    async def scene() -> float:
        clock = LoopClock()
        await clock.sleep_ms(3_600_000)
        return clock.now_ms()

    before = stopwatch_ms()
    assert 3_600_000 <= run_virtual(scene()) < 3_600_001
    assert stopwatch_ms() - before < 1_000


def test_timers_ring_in_their_order() -> None:
    async def scene() -> list[str]:
        rang: list[str] = []

        async def ring(name: str, ms: float) -> None:
            await LoopClock().sleep_ms(ms)
            rang.append(name)

        async with asyncio.TaskGroup() as group:
            for name, ms in (("c", 30.0), ("a", 10.0), ("b", 20.0)):
                group.create_task(ring(name, ms))
        return rang

    assert run_virtual(scene()) == ["a", "b", "c"]


def test_time_stands_still_while_a_thread_works() -> None:
    async def scene() -> float:
        clock = LoopClock()
        result = await asyncio.gather(asyncio.to_thread(sum, range(200_000)), clock.sleep_ms(5))
        assert result[0] == sum(range(200_000))
        return clock.now_ms()

    assert run_virtual(scene()) < 6


def test_the_wall_follows_virtual_time() -> None:
    async def scene() -> str:
        clock = LoopClock(datetime(2026, 3, 10, 9, tzinfo=UTC))
        await clock.sleep_ms(90_000)
        return clock.wall().isoformat(timespec="seconds")

    assert run_virtual(scene()) == "2026-03-10T09:01:30+00:00"
