"""Call back within ten minutes: which call of the same number on the same line broke off a moment ago."""

from __future__ import annotations

import asyncio
import logging
from datetime import datetime, timedelta

from sqlalchemy import or_, select
from sqlalchemy.ext.asyncio import AsyncEngine

from calls.clock import Clock
from calls.floor import Floor
from calls.line import IncomingCall, Line
from calls.record import stream_of
from calls.run import Earlier
from calls.state import CallState, rebuild
from records.call_index import mask
from records.store import load_stream
from records.tables import calls

WITHIN = timedelta(minutes=10)
LONGEST_CALL = timedelta(hours=4)
"""the most a line may allow (limits.call_seconds)"""
ANSWER_S = 0.7
"""a caller is waiting: later than this, and the call begins like any other"""
CANDIDATES = 5
"""calls with the same last digits that are looked at; the log keeps no more of a number"""
FINISHED = ("agent_hung_up", "handed_over")
"""endings of calls which did not break off"""

log = logging.getLogger(__name__)


class BrokenOff:
    """Looks a caller's last call up. Caller id is a hint, never proof: what is found may be offered, not told."""

    def __init__(self, database: AsyncEngine, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    async def earlier(self, incoming: IncomingCall, line: Line) -> Earlier | None:
        """Where the call before this one stood; None when there was none, or it came to an end of its own."""
        if not incoming.caller:
            return None
        try:
            async with asyncio.timeout(ANSWER_S):
                return await self._find(incoming, line)
        except Exception as why:
            # Whatever it is, the caller is answered; nothing is lost but the offer.
            log.warning("a caller's last call could not be looked up (%s)", type(why).__name__)
            return None

    async def _find(self, incoming: IncomingCall, line: Line) -> Earlier | None:
        since = self._clock.wall() - WITHIN
        wanted = (
            select(calls.c.call, calls.c.reason)
            .where(
                calls.c.line == line.id,
                calls.c.tenant == line.tenant,
                calls.c.started_at > since - LONGEST_CALL,
                calls.c.caller == mask(incoming.caller),
                calls.c.call != incoming.call,
                or_(calls.c.ended_at.is_(None), calls.c.ended_at > since),
            )
            .order_by(calls.c.started_at.desc())
            .limit(CANDIDATES)
        )
        async with self._database.connect() as connection:
            rows = (await connection.execute(wanted)).all()
        for row in rows:
            past = [envelope.event() for envelope in await load_stream(self._database, stream_of(row.call))]
            state = rebuild(past)
            if state.answered is None or state.answered.caller != incoming.caller:
                continue  # another number that ends in the same digits
            # Only the newest counts: what the caller did since then is what they want.
            broken = row.reason not in FINISHED and _gone(state) and _heard_of(state, past[-1].at_ms) > since
            return Earlier.of(row.call, state.run) if broken else None
        return None


def _gone(state: CallState) -> bool:
    return state.floor in (Floor.AWAY, Floor.ENDED)


def _heard_of(state: CallState, at_ms: float) -> datetime:
    assert state.answered is not None, "asked of answered calls only"
    return datetime.fromisoformat(state.answered.answered_at) + timedelta(milliseconds=at_ms)
