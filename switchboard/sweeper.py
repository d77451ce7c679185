"""Ends calls whose process died and which nobody took up again, so that none stays "live" for ever.

A call that its carrier brings back is taken up by whoever answers ``/twilio/after``; this is for the others.
Receipts without an event are appended first: what was committed in the call stands on its record.
"""

from __future__ import annotations

import logging
from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncEngine

from calls import events as ev
from calls.clock import Clock
from calls.errors import RecordError
from calls.ports import EventSink
from calls.record import CallRecord
from calls.state import rebuild
from records.tables import calls, stream_owners
from switchboard.desk import since_answer_ms
from workflows.backends.receipts import receipts_of_call

GRACE = timedelta(minutes=10)
"""after the owner's lease ran out: as long as a caller may be offered to go on where they were"""
EVERY_MS = 60_000.0

log = logging.getLogger(__name__)


class Sweeper:
    """Grammar: run() until cancelled."""

    def __init__(self, database: AsyncEngine, sink: EventSink, clock: Clock) -> None:
        self._database = database
        self._sink = sink
        self._clock = clock

    async def run(self) -> None:
        """Sweep at once, and then every minute."""
        while True:
            try:
                await self.sweep()
            except (DBAPIError, RecordError, OSError) as why:
                log.warning("abandoned calls could not be swept (%s); trying again", type(why).__name__)
            await self._clock.sleep_ms(EVERY_MS)

    async def sweep(self) -> list[str]:
        """End every abandoned call; returns which."""
        limit = self._clock.wall() - GRACE
        stream = stream_owners.c.stream
        wanted = (
            select(calls.c.call, calls.c.tenant)
            .join(stream_owners, stream == "call:" + calls.c.call)
            .where(calls.c.ended_at.is_(None), stream_owners.c.expires_at < limit)
        )
        async with self._database.connect() as connection:
            abandoned = (await connection.execute(wanted)).all()
        for call, tenant in abandoned:
            await self._end(call, tenant)
        return [call for call, _ in abandoned]

    async def _end(self, call: str, tenant: str) -> None:
        record = await CallRecord.open(self._sink, tenant, call)
        state = rebuild(record.past)
        known = {event.body.receipt.key for event in record.past if isinstance(event.body, ev.ActionCommitted)}
        async with self._database.connect() as connection:
            receipts = await receipts_of_call(connection, call)
        at_ms = since_answer_ms(state, self._clock)
        bodies: list[ev.EventBody] = [ev.ActionCommitted(r, 0.0) for r in receipts if r.key not in known]
        last_ms = record.past[-1].at_ms if record.past else 0.0
        bodies.append(ev.CallEnded("process_lost", state.disposition, last_ms))
        record.append(bodies, at_ms)
        await record.durable()
        log.warning("a call whose process died was ended on its record")

