"""Hearing what Postgres notifies, without asking: nothing happens until a connection has something to read."""

from __future__ import annotations

import asyncio
import contextlib
from collections import deque
from collections.abc import AsyncIterator
from typing import Any

from psycopg import AsyncConnection as Driver
from psycopg import Notify, OperationalError, sql
from sqlalchemy.ext.asyncio import AsyncEngine

from calls.clock import Clock

AGAIN_MS = 5_000.0


@contextlib.asynccontextmanager
async def listening(engine: AsyncEngine, *channels: str) -> AsyncIterator[AsyncIterator[tuple[str, str]]]:
    """(channel, payload) of each notification, on a connection of its own. Raises OSError when it is lost."""
    address = engine.url.set(drivername="postgresql").render_as_string(hide_password=False)
    try:
        driver = await Driver.connect(address, autocommit=True)
    except OperationalError as why:
        raise ConnectionError("the database cannot be listened to") from why
    early: deque[Notify] = deque()
    async with driver:
        # What is notified on the first channel while the second is asked for.
        driver.add_notify_handler(early.append)
        for channel in channels:
            await driver.execute(sql.SQL("LISTEN {}").format(sql.Identifier(channel)))
        yield _notified(driver, early)


async def _notified(driver: Driver[Any], early: deque[Notify]) -> AsyncIterator[tuple[str, str]]:
    # The driver's own notifies() looks ten times a second, for every connection, whether there is anything or not.
    line = driver.pgconn
    try:
        while True:
            while early:
                notification = early.popleft()
                yield notification.channel, notification.payload
            line.consume_input()
            while (heard := line.notifies()) is not None:
                yield heard.relname.decode(), heard.extra.decode()
            await _readable(driver.fileno())
    except OperationalError as why:
        raise ConnectionError("the database has gone away") from why


async def _readable(descriptor: int) -> None:
    loop = asyncio.get_running_loop()
    ready: asyncio.Future[None] = loop.create_future()

    def wake() -> None:
        if not ready.done():
            ready.set_result(None)

    loop.add_reader(descriptor, wake)
    try:
        await ready
    finally:
        loop.remove_reader(descriptor)


async def woken(engine: AsyncEngine, clock: Clock, channel: str, wake: asyncio.Event) -> None:
    """Set ``wake`` at every notification on ``channel``, until cancelled; quietly begins again when it is lost.

    Also set when listening begins, for what was notified before.
    """
    while True:
        with contextlib.suppress(OSError):
            async with listening(engine, channel) as heard:
                wake.set()
                async for _ in heard:
                    wake.set()
        await clock.sleep_ms(AGAIN_MS)
