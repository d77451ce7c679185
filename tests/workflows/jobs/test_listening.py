"""Notifications are heard at once, all of them and in order; a lost line is said, and silence costs nothing."""

from __future__ import annotations

import asyncio

import psycopg
import pytest
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from calls.clock import LoopClock
from workflows.jobs.listening import listening, woken

pytestmark = pytest.mark.wire


def run(url: str, *statements: str) -> None:
    with psycopg.connect(url.replace("+psycopg", ""), autocommit=True) as connection:
        for statement in statements:
            connection.execute(statement.encode())


async def heard_of(engine: AsyncEngine, url: str, count: int, *statements: str) -> list[tuple[str, str]]:
    got = []
    async with asyncio.timeout(10), listening(engine, "one", "two") as heard:
        await asyncio.to_thread(run, url, *statements)
        async for notification in heard:
            got.append(notification)
            if len(got) == count:
                break
    return got


def test_everything_is_heard_in_order(fresh_database: str) -> None:
    async def main() -> None:
        engine = create_async_engine(fresh_database)
        wanted = [("one" if n % 3 else "two", f"n° {n}") for n in range(200)]
        statements = [f"SELECT pg_notify('{channel}', '{payload}')" for channel, payload in wanted]
        assert await heard_of(engine, fresh_database, 200, "NOTIFY other", *statements) == wanted
        await engine.dispose()

    asyncio.run(main())


def test_what_comes_one_after_the_other_is_heard_each_time(fresh_database: str) -> None:
    async def main() -> None:
        engine = create_async_engine(fresh_database)
        async with asyncio.timeout(10), listening(engine, "one") as heard:
            for n in range(5):
                waiting = asyncio.get_running_loop().create_task(anext(heard))
                await asyncio.to_thread(run, fresh_database, f"NOTIFY one, '{n}'")
                assert await waiting == ("one", str(n))
        await engine.dispose()

    asyncio.run(main())


CUT = "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE query LIKE 'LISTEN%'"


def test_a_lost_line_is_an_error(fresh_database: str) -> None:
    async def main() -> None:
        engine = create_async_engine(fresh_database)
        with pytest.raises(ConnectionError):
            await heard_of(engine, fresh_database, 1, CUT)
        await engine.dispose()

    asyncio.run(main())


def test_a_sleeper_is_woken_again_after_the_line_was_lost(fresh_database: str) -> None:
    class Impatient(LoopClock):
        async def sleep_ms(self, ms: float) -> None:
            await super().sleep_ms(ms / 100)

    async def main() -> None:
        engine, wake = create_async_engine(fresh_database), asyncio.Event()
        async with asyncio.timeout(10), asyncio.TaskGroup() as group:
            sleeper = group.create_task(woken(engine, Impatient(), "one", wake))
            for statement in ("SELECT 1", "NOTIFY one", CUT, "NOTIFY one"):
                await asyncio.to_thread(run, fresh_database, statement)
                await wake.wait()
                wake.clear()
            sleeper.cancel()
        await engine.dispose()

    asyncio.run(main())
