from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta

from redis.asyncio import Redis

from calls.clock import LoopClock
from calls.virtual_time import run_virtual
from switchboard.rates import HOUR_MS, CallRates

NOW = datetime(2026, 3, 10, 14, tzinfo=UTC)


def test_two_processes_count_together(valkey_url: str) -> None:
    async def scene() -> None:
        async with Redis.from_url(valkey_url) as store:
            await store.flushdb()
            one, two = (CallRates(store, b"key", LoopClock(NOW)) for _ in range(2))
            assert await one.count("desk", "+15550111", "CA1") == 1
            assert await two.count("desk", "+15550111", "CA2") == 2
            assert await two.count("desk", "+15550111", "CA2") == 2
            assert await two.count("desk", "+15550112", "CA3") == 1
            later = CallRates(store, b"key", LoopClock(NOW + timedelta(milliseconds=HOUR_MS + 60_000)))
            assert await later.count("desk", "+15550111", "CA4") == 1
            assert not any(b"5550111" in key for key in await store.keys())

    asyncio.run(scene())


def test_without_the_store_each_process_counts() -> None:
    async def scene() -> None:
        away = Redis.from_url("redis://127.0.0.1:1/0", socket_connect_timeout=0.05)
        rates = CallRates(away, b"key", LoopClock())
        assert [await rates.count("desk", "+15550111", f"CA{n}") for n in range(3)] == [1, 2, 3]
        await away.aclose()

    asyncio.run(scene())


def test_an_hour_later_all_is_forgiven() -> None:
    async def scene() -> None:
        rates = CallRates(None, b"key", LoopClock())
        assert await rates.count("desk", "+15550111", "CA1") == 1
        await LoopClock().sleep_ms(HOUR_MS + 1)
        assert await rates.count("desk", "+15550111", "CA2") == 1

    run_virtual(scene())
