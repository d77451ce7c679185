"""Everything that sends, on a real Postgres, with a clock that is set by hand and a receiver on loopback."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from aiohttp import web
from sqlalchemy import insert, select
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from calls.randomness import SeededRandomness
from workflows.backends.tables import outbox
from workflows.jobs.delivering import Deliverer
from workflows.jobs.delivery import Channel, Letterhead
from workflows.jobs.planning import Planner
from workflows.jobs.queue import JobQueue
from workflows.jobs.quiet import QuietHours
from workflows.jobs.relay import Relay
from workflows.jobs.tables import deliveries

NOON = datetime(2026, 3, 16, 16, 0, tzinfo=UTC)
"""noon in New York"""
BUSINESS = "Harbor Dental"


class SetClock:
    """A clock that stands still until it is told."""

    def __init__(self, now: datetime = NOON) -> None:
        self.now = now

    def now_ms(self) -> float:
        return self.now.timestamp() * 1000

    def wall(self) -> datetime:
        return self.now

    async def sleep_ms(self, ms: float) -> None:
        await asyncio.sleep(0)

    async def sleep_until_ms(self, at: float) -> None:
        await asyncio.sleep(0)

    def passes(self, **time: float) -> None:
        self.now += timedelta(**time)


class OneLetterhead:
    """Every business writes like this one."""

    def of(self, business: str) -> Letterhead:
        return Letterhead(business, "+15550100", "America/New_York", "en-US", "+15550100")

    def business_of(self, line: str) -> str:
        return BUSINESS if line == "booking" else ""


@dataclass
class Receiver:
    """A web server of somebody else's: keeps what it gets, and answers as it is told."""

    url: str = ""
    got: list[tuple[Mapping[str, str], bytes]] = field(default_factory=list)
    paths: list[str] = field(default_factory=list)
    """as they came, still encoded"""
    statuses: list[int] = field(default_factory=list)
    """what to answer, in order; 200 when there is nothing left"""
    reply: bytes = b"{}"
    headers: dict[str, str] = field(default_factory=dict)
    stall: asyncio.Event | None = None

    async def answer(self, request: web.Request) -> web.Response:
        if self.stall is not None:
            await self.stall.wait()
        self.paths.append(request.raw_path)
        self.got.append((dict(request.headers), await request.read()))
        status = self.statuses.pop(0) if self.statuses else 200
        headers = {"Content-Type": "application/json", **self.headers}
        return web.Response(status=status, body=self.reply, headers=headers)


@asynccontextmanager
async def receiving() -> AsyncIterator[Receiver]:
    receiver = Receiver()
    app = web.Application()
    app.router.add_route("*", "/{tail:.*}", receiver.answer)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    receiver.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
    try:
        yield receiver
    finally:
        if receiver.stall is not None:
            receiver.stall.set()
        await runner.cleanup()


class Office:
    """One process that sends."""

    def __init__(self, engine: AsyncEngine, clock: SetClock, channels: Mapping[str, Channel], quiet: str) -> None:
        self.engine = engine
        self.clock = clock
        heads = OneLetterhead()
        self.deliverer = Deliverer(engine, clock, SeededRandomness(5), channels, heads)
        self.queue = JobQueue(engine, clock, self.deliverer.deliver)
        self.relay = Relay(engine, clock, self.queue, Planner(heads, QuietHours.read(quiet)))

    async def happens(self, kind: str, subject: str, body: str = "{}", business: str = BUSINESS) -> int:
        row = {"business": business, "kind": kind, "subject": subject, "body": body, "created_at": self.clock.now}
        async with self.engine.begin() as connection:
            done = await connection.execute(insert(outbox).values(**row).returning(outbox.c.id))
            return int(done.scalar_one())

    async def goes_on(self) -> None:
        """Relay and worker do all there is to do now."""
        await self.relay.pump()
        await self.queue.work(wait=False)

    async def rows(self) -> Sequence[Any]:
        async with self.engine.connect() as connection:
            return (await connection.execute(select(deliveries).order_by(deliveries.c.id))).all()

    async def states(self) -> list[tuple[str, str, int]]:
        return [(row.channel, row.state, row.attempts) for row in await self.rows()]


@asynccontextmanager
async def office(
    url: str, channels: Mapping[str, Channel] | None = None, clock: SetClock | None = None, quiet: str = "none"
) -> AsyncIterator[Office]:
    async with AsyncExitStack() as stack:
        engine = create_async_engine(url)
        stack.push_async_callback(engine.dispose)
        yield Office(engine, clock or SetClock(), channels or {}, quiet)
