"""The queue of jobs: procrastinate on our own engine, in a schema of its own, so that one transaction reaches both.

A job carries the number of a delivery and nothing else. When it is due, how often it is tried, and what became of it
stand in ``deliveries``, by our clock; the queue only hands it to some process that is awake.
"""

from __future__ import annotations

import contextlib
import logging
from collections.abc import Awaitable, Callable, Iterable, Sequence
from typing import Any

from procrastinate import App
from procrastinate.connector import BaseAsyncConnector, Notify
from procrastinate.exceptions import NoResult
from procrastinate.jobs import Status
from procrastinate.types import JSONDict
from psycopg import AsyncConnection as Driver
from psycopg import OperationalError
from psycopg.rows import DictRow, dict_row
from psycopg.types.json import Jsonb
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from calls.clock import Clock
from workflows.jobs.listening import AGAIN_MS, listening

DELIVER = "deliver"
QUEUE = "deliveries"
AT_ONCE = 8
"""deliveries under way in one process"""
LAST_WORDS_S = 15.0
"""How long a delivery under way may take when the process stops."""
PATH = text("SET LOCAL search_path TO jobs")

log = logging.getLogger(__name__)

Deliver = Callable[[int], Awaitable[object]]


class EngineConnector(BaseAsyncConnector):
    """Lets procrastinate use our engine: its pool, its role, and a caller's own transaction."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine

    async def open_async(self, pool: Any | None = None) -> None:
        """Nothing to do: the engine is open."""

    async def close_async(self) -> None:
        """Nothing to do: the engine is closed by who made it."""

    async def execute_query_async(self, query: Any, **arguments: Any) -> None:
        """Run a statement."""
        async with self._engine.begin() as connection:
            await _in_its_schema(connection, query, arguments, fetch=False)

    async def execute_query_one_async(self, query: Any, **arguments: Any) -> dict[str, Any]:
        """Run a query that finds one row. Raises NoResult."""
        return _one(await self.execute_query_all_async(query, **arguments))

    async def execute_query_all_async(self, query: Any, **arguments: Any) -> list[dict[str, Any]]:
        """Run a query."""
        async with self._engine.begin() as connection:
            return await _in_its_schema(connection, query, arguments)

    async def execute_query_one_async_with_connection(
        self, connection: AsyncConnection, query: Any, **arguments: Any
    ) -> dict[str, Any]:
        """The same in the transaction of ``connection``."""
        return _one(await _rows(connection, query, arguments))

    async def execute_query_all_async_with_connection(
        self, connection: AsyncConnection, query: Any, **arguments: Any
    ) -> list[dict[str, Any]]:
        """The same in the transaction of ``connection``."""
        return await _rows(connection, query, arguments)

    async def listen_notify(self, on_notification: Notify, channels: Iterable[str]) -> None:
        """Tell of notifications until cancelled."""
        async with listening(self._engine, *channels) as heard:
            async for channel, payload in heard:
                await on_notification(channel=channel, payload=payload)


async def _rows(connection: AsyncConnection, query: Any, arguments: dict[str, Any]) -> list[dict[str, Any]]:
    """In a transaction whose rest is the caller's."""
    before = (await connection.execute(text("SHOW search_path"))).scalar_one()
    rows = await _in_its_schema(connection, query, arguments)
    await connection.execute(text("SELECT set_config('search_path', :path, true)"), {"path": before})
    return rows


async def _in_its_schema(
    connection: AsyncConnection, query: Any, arguments: dict[str, Any], *, fetch: bool = True
) -> list[dict[str, Any]]:
    await connection.execute(PATH)
    driver = (await connection.get_raw_connection()).driver_connection
    assert isinstance(driver, Driver), "psycopg is the one driver there is"
    async with driver.cursor(row_factory=dict_row) as cursor:
        await cursor.execute(query, {name: _wrapped(value) for name, value in arguments.items()})
        rows: list[DictRow] = await cursor.fetchall() if fetch else []
    return rows


def _wrapped(value: Any) -> Any:
    if isinstance(value, dict):
        return Jsonb(value)
    if isinstance(value, tuple | list):
        return [_wrapped(item) for item in value] if isinstance(value, list) else tuple(map(_wrapped, value))
    return value


def _one(rows: Sequence[dict[str, Any]]) -> dict[str, Any]:
    if not rows:
        raise NoResult
    return rows[0]


class JobQueue:
    """Grammar: put(...) in a transaction; run() until cancelled, in every process that is to do some of the work."""

    def __init__(self, engine: AsyncEngine, clock: Clock, deliver: Deliver) -> None:
        self._clock = clock
        self._app = App(connector=EngineConnector(engine))
        self._deliver = deliver
        self._app.task(name=DELIVER, queue=QUEUE)(self._work)

    async def _work(self, delivery: int) -> None:
        await self._deliver(delivery)

    async def put(self, connection: AsyncConnection, deliveries: Sequence[int]) -> None:
        """One job for each delivery; they exist when the transaction of ``connection`` commits."""
        if deliveries:
            deferrer = self._app.configure_task(DELIVER, queue=QUEUE, connection=connection)
            jobs: list[JSONDict] = [{"delivery": one} for one in deliveries]
            await deferrer.batch_defer_async(*jobs)

    async def run(self) -> None:
        """Work until cancelled; the deliveries under way are finished first."""
        while True:
            try:
                await self.work(wait=True)
            except (SQLAlchemyError, OperationalError, OSError) as why:
                log.warning("the queue of jobs cannot be read (%s); trying again", type(why).__name__)
            await self._clock.sleep_ms(AGAIN_MS)

    async def work(self, *, wait: bool) -> None:
        """Do what there is; with ``wait`` also what comes."""
        await self._app.run_worker_async(
            queues=[QUEUE],
            wait=wait,
            concurrency=AT_ONCE,
            listen_notify=wait,
            install_signal_handlers=False,
            delete_jobs="always",
            shutdown_graceful_timeout=LAST_WORDS_S,
        )

    async def forget_stalled(self) -> int:
        """Drop the jobs of processes that died: the relay puts what they left undone again. How many there were."""
        manager = self._app.job_manager
        stalled = list(await manager.get_stalled_jobs(queue=QUEUE, seconds_since_heartbeat=120))
        for job in stalled:
            with contextlib.suppress(Exception):
                await manager.finish_job(job, status=Status.FAILED, delete_job=True)
        return len(stalled)
