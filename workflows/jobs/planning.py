"""What is to be sent because of something that happened, to whom, and when."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, or_, select
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

NEWS = timedelta(hours=24)
"""How old it may be when it is first heard of; a call log made anew is no news."""


@dataclass(frozen=True, slots=True)
class Planner:
    """Finds what follows. Sends nothing."""

    letterheads: Letterheads
    quiet: QuietHours | None = None

    async def plan(self, connection: AsyncConnection, what: Occurrence, now: datetime) -> Sequence[Due]:
        """Every message that follows from ``what``."""
        if what.created_at < now - NEWS:
            return []
        due = [Due(WEBHOOK, endpoint) for endpoint in await _listeners(connection, what)]
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


async def _listeners(connection: AsyncConnection, what: Occurrence) -> Sequence[str]:
    if what.kind not in ANNOUNCED:
        return []
    wanted = webhook_endpoints.c.events
    query = select(webhook_endpoints.c.id).where(
        webhook_endpoints.c.removed_at.is_(None),
        webhook_endpoints.c.created_at <= what.created_at,
        webhook_endpoints.c.business.in_(("", what.business)),
        or_(func.cardinality(wanted) == 0, wanted.contains([what.kind])),
    )
    return list((await connection.execute(query.order_by(webhook_endpoints.c.id))).scalars())
