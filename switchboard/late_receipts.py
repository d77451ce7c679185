"""Receipts that were committed after their call had ended: each gets its event, on the call's case stream."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncEngine

from calls import events as ev
from calls.chain import Envelope
from calls.clock import Clock
from calls.errors import SwitchboardError
from calls.record import stream_of
from calls.run import Receipt
from records.cases import append_to_case, load_case
from records.store import load_stream
from records.tables import calls
from workflows.backends.tables import receipts

FIRST = timedelta(days=1)
"""How far back the first look of a process goes: others may have been gone for as long."""
THEN = timedelta(minutes=15)
BEFORE_END = timedelta(minutes=2)
"""An action is asked for at most so long before the end of its call for its receipt to come after it."""

log = logging.getLogger(__name__)


class LateReceipts:
    """What was committed stands on the record, however late it came."""

    def __init__(
        self, database: AsyncEngine, of_call: Callable[[str], Awaitable[Sequence[Receipt]]], clock: Clock
    ) -> None:
        self._database = database
        self._of_call = of_call
        self._clock = clock
        self._reach = FIRST

    async def record(self) -> int:
        """Look for receipts without an event; how many were found. Safe to run in several processes at once."""
        since = self._clock.wall() - self._reach
        wanted = (
            select(calls.c.call, calls.c.tenant, calls.c.started_at)
            .join(receipts, receipts.c.call == calls.c.call)
            .where(calls.c.ended_at > since, receipts.c.created_at > calls.c.ended_at - BEFORE_END)
            .distinct()
        )
        async with self._database.connect() as connection:
            rows = (await connection.execute(wanted)).all()
        found = failed = 0
        for row in rows:
            try:
                found += await self._complete(row.call, row.tenant, row.started_at)
            except (SwitchboardError, ValueError, KeyError) as why:
                # A record that cannot be read must not keep the others from being completed.
                failed += 1
                log.error("a call could not be looked through for receipts: %s", type(why).__name__)
        if not failed:
            self._reach = THEN
        if found:
            log.warning("receipts that came after the end of their call were put on its case: %d", found)
        return found

    async def _complete(self, call: str, tenant: str, started_at: datetime) -> int:
        committed = await self._of_call(call)
        on_record = _keys(await load_stream(self._database, stream_of(call)))
        if all(receipt.key in on_record for receipt in committed):
            return 0
        now = self._clock.wall()
        at_ms = (now - started_at).total_seconds() * 1000
        async with self._database.begin() as connection:
            # Under the lock of an empty append: two processes must not both find it missing.
            await append_to_case(connection, tenant, call, (), at_ms, now)
            known = on_record | _keys(await load_case(self._database, call))
            late = [ev.ActionCommitted(receipt, 0.0) for receipt in committed if receipt.key not in known]
            if late:
                await append_to_case(connection, tenant, call, late, at_ms, now)
        return len(late)


def _keys(past: Sequence[Envelope]) -> set[str]:
    bodies = (envelope.event().body for envelope in past if envelope.name == "action.committed")
    return {body.receipt.key for body in bodies if isinstance(body, ev.ActionCommitted)}
