"""From the outbox to the queue: what happened becomes deliveries, and what is due becomes jobs.

Each step is one transaction: a row of the outbox is marked in the transaction that writes its deliveries, and a
delivery is marked in the one that puts its job. So a process may die anywhere, and several may run at once.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence
from datetime import timedelta

from sqlalchemy import bindparam, select, text, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from calls.clock import Clock
from workflows.backends.tables import outbox
from workflows.jobs.delivery import Due, Occurrence
from workflows.jobs.listening import woken
from workflows.jobs.planning import Planner, endpoints
from workflows.jobs.queue import JobQueue
from workflows.jobs.tables import deliveries

CHANNEL = "switchboard_outbox"
"""What the database notifies when the outbox grows."""
AT_ONCE = 100
EVERY_MS = 5_000.0
"""Between two looks for what has become due by the clock."""
GATHER_MS = 100.0
"""How long what happens gathers before it is told: a hundred calls tell of something many times a second."""
STALLED = timedelta(minutes=5)
"""Under way for so long, its process is gone: no attempt takes more than a minute."""

log = logging.getLogger(__name__)

# Made once: to put a statement together takes longer than to send it.
WAITING = (
    select(outbox).where(outbox.c.sent_at.is_(None)).order_by(outbox.c.id).limit(AT_ONCE)
    .with_for_update(skip_locked=True)
)
ANNOUNCED = text("UPDATE outbox SET sent_at = :now, attempts = attempts + 1 WHERE id = ANY(:ids)")
LOST = (
    update(deliveries)
    .where(deliveries.c.state.in_(("queued", "sending")), deliveries.c.queued_at < bindparam("before"))
    .values(state="waiting")
)
DUE = (
    select(deliveries.c.id)
    .where(deliveries.c.state == "waiting", deliveries.c.due_at <= bindparam("now"))
    .order_by(deliveries.c.due_at, deliveries.c.id)
    .limit(AT_ONCE)
    .with_for_update(skip_locked=True)
)
QUEUED = text("UPDATE deliveries SET state = 'queued', queued_at = :now WHERE id = ANY(:ids)")


class Relay:
    """Grammar: run() until cancelled; or pump() whenever wanted."""

    def __init__(self, engine: AsyncEngine, clock: Clock, queue: JobQueue, planner: Planner) -> None:
        self._engine = engine
        self._clock = clock
        self._queue = queue
        self._planner = planner
        self._wake = asyncio.Event()

    async def run(self) -> None:
        """Tell whenever the outbox has grown, and look every few seconds for what has become due."""
        look_at = 0.0
        async with asyncio.TaskGroup() as group:
            group.create_task(woken(self._engine, self._clock, CHANNEL, self._wake))
            while True:
                self._wake.clear()
                look = self._clock.now_ms() >= look_at
                if look:
                    look_at = self._clock.now_ms() + EVERY_MS
                try:
                    await (self.pump() if look else self._tell())
                except (SQLAlchemyError, OSError) as why:
                    log.warning("the outbox cannot be read (%s); trying again", type(why).__name__)
                try:
                    async with asyncio.timeout(max(0.0, look_at - self._clock.now_ms()) / 1000):
                        await self._wake.wait()
                        await self._clock.sleep_ms(GATHER_MS)
                except TimeoutError:
                    pass

    async def pump(self) -> int:
        """Everything there is to do now; how many jobs were put."""
        await self._announce_all()
        await self._take_back()
        return await self._put_all()

    async def _tell(self) -> int:
        """What the outbox has grown by; how many jobs were put."""
        return await self._put_all() if await self._announce_all() else 0

    async def _announce_all(self) -> int:
        planned = 0
        while True:
            rows, more = await self._announce()
            planned += more
            if rows < AT_ONCE:
                return planned

    async def _put_all(self) -> int:
        put = 0
        while (more := await self._put()) > 0:
            put += more
        return put

    async def forget_stalled(self) -> int:
        """Clear the queue of what processes that died had taken."""
        return await self._queue.forget_stalled()

    async def _announce(self) -> tuple[int, int]:
        """Deliveries for some rows of the outbox: (rows, deliveries)."""
        async with self._engine.begin() as connection:
            rows = (await connection.execute(WAITING)).all()
            if not rows:
                return 0, 0
            now, planned = self._clock.wall(), 0
            listening = await endpoints(connection)
            for row in rows:
                what = Occurrence.of(row, self._planner.letterheads)
                due = await self._planner.plan(connection, what, now, listening)
                await self._write(connection, what, due)
                planned += len(due)
            await connection.execute(ANNOUNCED, {"now": now, "ids": [row.id for row in rows]})
        return len(rows), planned

    async def _write(self, connection: AsyncConnection, what: Occurrence, due: Sequence[Due]) -> None:
        now = self._clock.wall()
        rows = [
            {
                "outbox": what.id,
                "channel": one.channel,
                "target": one.target,
                "state": "waiting",
                "due_at": one.due_at or now,
                "created_at": now,
            }
            for one in due
        ]
        if rows:
            await connection.execute(insert(deliveries).on_conflict_do_nothing(), rows)

    async def _take_back(self) -> None:
        """What a process left half done is due again: to be sent twice is better than never."""
        async with self._engine.begin() as connection:
            await connection.execute(LOST, {"before": self._clock.wall() - STALLED})

    async def _put(self) -> int:
        """Jobs for some of the deliveries that are due; how many."""
        now = self._clock.wall()
        async with self._engine.begin() as connection:
            chosen = list((await connection.execute(DUE, {"now": now})).scalars())
            if chosen:
                await connection.execute(QUEUED, {"now": now, "ids": chosen})
                await self._queue.put(connection, chosen)
        return len(chosen)
