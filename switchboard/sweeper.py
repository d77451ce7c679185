"""Ends calls whose process died and which nobody took up again, so that none stays "live" for ever.

A call that its carrier brings back is taken up by whoever answers ``/twilio/after``; this is for the others.
"""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime, timedelta

from sqlalchemy import select, true
from sqlalchemy.ext.asyncio import AsyncEngine

from calls.clock import Clock
from calls.errors import SwitchboardError
from records.tables import calls, events
from switchboard.desk import RecordDesk

GRACE = timedelta(minutes=10)
"""after the newest event: a live call is never silent for so long on its record"""
WITH_A_PERSON = timedelta(hours=4)
"""the same for a call that was handed over, of which nothing is heard until it ends"""
HANDED_OVER = ("handover.requested", "recording.stopped")
"""newest event of a call that may be with a person"""
EVERY_MS = 60_000.0

Chore = Callable[[], Awaitable[object]]
"""Something else that is put in order every minute."""

log = logging.getLogger(__name__)


class Sweeper:
    """Grammar: run() until cancelled."""

    def __init__(
        self, database: AsyncEngine, desk: RecordDesk, clock: Clock, chores: Sequence[Chore] = ()
    ) -> None:
        self._database = database
        self._desk = desk
        self._clock = clock
        self._chores = (self.sweep, *chores)

    async def run(self) -> None:
        """Sweep at once, and then every minute."""
        while True:
            for chore in self._chores:
                try:
                    await chore()
                except Exception as why:
                    # Whatever it is, the calls that are live must not end with it.
                    log.warning("%s could not be done (%s); trying again", chore.__qualname__, type(why).__name__)
            await self._clock.sleep_ms(EVERY_MS)

    async def sweep(self) -> list[str]:
        """End every abandoned call; returns which."""
        newest = (
            select(events.c.at_ms, events.c.name)
            .where(events.c.stream == "call:" + calls.c.call)
            .order_by(events.c.seq.desc())
            .limit(1)
            .lateral()
        )
        wanted = select(calls.c.call, calls.c.started_at, newest.c.at_ms, newest.c.name).where(
            calls.c.ended_at.is_(None)
        )
        async with self._database.connect() as connection:
            rows = (await connection.execute(wanted.join(newest, true()))).all()
        abandoned = [row.call for row in rows if self._is_abandoned(row.started_at, row.at_ms, row.name)]
        ended = []
        for call in abandoned:
            try:
                await self._desk.abandoned(call)
            except (SwitchboardError, ValueError, KeyError) as why:
                log.error("an abandoned call could not be ended: %s", type(why).__name__)
            else:
                ended.append(call)
                log.warning("a call whose process died was ended on its record")
        return ended

    def _is_abandoned(self, started_at: datetime, at_ms: float, name: str) -> bool:
        grace = WITH_A_PERSON if name in HANDED_OVER else GRACE
        return started_at + timedelta(milliseconds=at_ms) + grace < self._clock.wall()
