"""What is to be sent because of something that happened, to whom, and when."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Row, select
from sqlalchemy.ext.asyncio import AsyncConnection

from workflows.backends.one_time_codes import ON_ITS_WAY
from workflows.jobs.agreeing import WANTED
from workflows.jobs.appointments import Appointment, appointment, offered
from workflows.jobs.consents import BOOKING_SCOPE, consented_before
from workflows.jobs.delivery import EMAIL, SMS, WEBHOOK, Due, Letterheads, Occurrence
from workflows.jobs.quiet import QuietHours
from workflows.jobs.tables import webhook_endpoints

CALLS = ("call.started", "call.updated", "call.ended")
BOOKINGS = ("booking.created", "booking.rescheduled", "booking.cancelled")
ANNOUNCED = (*CALLS, *BOOKINGS)
"""What webhooks can be told of."""

OFFERED = "wait_list.offered"

ENDPOINTS = (
    select(*(webhook_endpoints.c[name] for name in ("id", "business", "events", "created_at")))
    .where(webhook_endpoints.c.removed_at.is_(None))
    .order_by(webhook_endpoints.c.id)
)

NEWS = timedelta(hours=24)
"""How old it may be when it is first heard of; a call log made anew is no news."""


@dataclass(frozen=True, slots=True)
class Endpoint:
    """What a receiver of webhooks wants to be told of."""

    id: str
    business: str
    """empty: all"""
    kinds: frozenset[str]
    """empty: all"""
    since: datetime

    @classmethod
    def of(cls, row: Row[Any]) -> Endpoint:
        """From a row of ``webhook_endpoints``."""
        return cls(row.id, row.business, frozenset(row.events), row.created_at)

    def wants(self, what: Occurrence) -> bool:
        """True when it is to be told of ``what``."""
        return (
            what.kind in ANNOUNCED
            and self.since <= what.created_at
            and self.business in ("", what.business)
            and (not self.kinds or what.kind in self.kinds)
        )


async def endpoints(connection: AsyncConnection) -> Sequence[Endpoint]:
    """Every receiver of webhooks there is; there are few."""
    return [Endpoint.of(row) for row in await connection.execute(ENDPOINTS)]


@dataclass(frozen=True, slots=True)
class Planner:
    """Finds what follows. Sends nothing."""

    letterheads: Letterheads
    quiet: QuietHours | None = None

    async def plan(
        self, connection: AsyncConnection, what: Occurrence, now: datetime, listening: Sequence[Endpoint]
    ) -> Sequence[Due]:
        """Every message that follows from ``what``. ``listening``: every receiver of webhooks."""
        if what.created_at < now - NEWS:
            return []
        due = [Due(WEBHOOK, endpoint.id) for endpoint in listening if endpoint.wants(what)]
        if what.kind == ON_ITS_WAY:
            return [*due, Due(SMS)]
        about = await self._about(connection, what)
        if about is None:
            return due
        if what.kind in BOOKINGS and about.email:
            due.append(Due(EMAIL))
        if what.kind == WANTED:
            # They are awake: they asked for it a moment ago.
            due.append(Due(SMS))
        elif await consented_before(connection, what.business, about.phone, BOOKING_SCOPE, what.created_at):
            due.append(Due(SMS, due_at=self.quiet.over(now, about.timezone) if self.quiet else None))
        return due

    async def _about(self, connection: AsyncConnection, what: Occurrence) -> Appointment | None:
        timezone = self.letterheads.of(what.business).timezone
        if what.kind in (*BOOKINGS, WANTED):
            return await appointment(connection, what.subject, timezone)
        return await offered(connection, what.subject, timezone) if what.kind == OFFERED else None
