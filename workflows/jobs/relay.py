"""From the outbox to the queue: what happened becomes deliveries, and what is due becomes jobs.

Each step is one transaction: a row of the outbox is marked in the transaction that writes its deliveries, and a
delivery is marked in the one that puts its job. So a process may die anywhere, and several may run at once.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence
from datetime import timedelta

from sqlalchemy import select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from calls.clock import Clock
from workflows.backends.tables import outbox
from workflows.jobs.delivery import Due, Occurrence
from workflows.jobs.planning import Planner
from workflows.jobs.queue import JobQueue, woken
from workflows.jobs.tables import deliveries

CHANNEL = "switchboard_outbox"
"""What the database notifies when the outbox grows."""
AT_ONCE = 100
EVERY_S = 5.0
STALLED = timedelta(minutes=5)
"""Under way for so long, its process is gone: no attempt takes more than a minute."""

log = logging.getLogger(__name__)


class Relay:
    """Grammar: run() until cancelled; or pump() whenever wanted."""

    def __init__(self, engine: AsyncEngine, clock: Clock, queue: JobQueue, planner: Planner) -> None:
        self._engine = engine
        self._clock = clock
        self._queue = queue
        self._planner = planner
        self._wake = asyncio.Event()

    async def run(self) -> None:
        """Pump whenever the outbox grows, and every few seconds for what has become due."""
        async with asyncio.TaskGroup() as group:
            group.create_task(woken(self._engine, self._clock, CHANNEL, self._wake))
            while True:
                self._wake.clear()
                try:
                    await self.pump()
                except (SQLAlchemyError, OSError) as why:
                    log.warning("the outbox cannot be read (%s); trying again", type(why).__name__)
                try:
                    async with asyncio.timeout(EVERY_S):
                        await self._wake.wait()
                except TimeoutError:
                    pass

    async def pump(self) -> int:
        """Everything there is to do now; how many jobs were put."""
        while await self._announce() == AT_ONCE:
            pass
        await self._take_back()
        put = 0
        while (more := await self._put()) > 0:
            put += more
        return put

    async def forget_stalled(self) -> int:
        """Clear the queue of what processes that died had taken."""
        return await self._queue.forget_stalled()

    async def _announce(self) -> int:
        """Deliveries for some rows of the outbox; how many rows."""
        async with self._engine.begin() as connection:
            waiting = (
                select(outbox)
                .where(outbox.c.sent_at.is_(None))
                .order_by(outbox.c.id)
                .limit(AT_ONCE)
                .with_for_update(skip_locked=True)
            )
            rows = (await connection.execute(waiting)).all()
            now = self._clock.wall()
            for row in rows:
                what = Occurrence.of(row, self._planner.letterheads)
                await self._write(connection, what, await self._planner.plan(connection, what, now))
            done = update(outbox).where(outbox.c.id.in_([row.id for row in rows]))
            await connection.execute(done.values(sent_at=now, attempts=outbox.c.attempts + 1))
        return len(rows)

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
        lost = (
            update(deliveries)
            .where(
                deliveries.c.state.in_(("queued", "sending")), deliveries.c.queued_at < self._clock.wall() - STALLED
            )
            .values(state="waiting")
        )
        async with self._engine.begin() as connection:
            await connection.execute(lost)

    async def _put(self) -> int:
        """Jobs for some of the deliveries that are due; how many."""
        now = self._clock.wall()
        async with self._engine.begin() as connection:
            due = (
                select(deliveries.c.id)
                .where(deliveries.c.state == "waiting", deliveries.c.due_at <= now)
                .order_by(deliveries.c.due_at, deliveries.c.id)
                .limit(AT_ONCE)
                .with_for_update(skip_locked=True)
            )
            chosen = list((await connection.execute(due)).scalars())
            if chosen:
                taken = update(deliveries).where(deliveries.c.id.in_(chosen))
                await connection.execute(taken.values(state="queued", queued_at=now))
                await self._queue.put(connection, chosen)
        return len(chosen)

