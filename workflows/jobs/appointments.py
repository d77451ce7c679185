"""What messages say of appointments, read anew whenever one is sent."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from workflows.backends.tables import bookings, outbox, places, resources, services, wait_list


@dataclass(frozen=True, slots=True)
class Appointment:
    """A booking, or a time that is offered to somebody on a wait list."""

    code: str
    service: str
    """as people call it"""
    starts_at: datetime
    ends_at: datetime
    timezone: str
    """IANA; of the place, else that of the line"""
    place: str
    """name; empty when the business has only one"""
    name: str
    phone: str
    email: str = ""
    status: str = "booked"

    @property
    def local(self) -> datetime:
        """Its start as the clocks there show it."""
        return self.starts_at.astimezone(ZoneInfo(self.timezone))


async def appointment(connection: AsyncConnection, code: str, timezone: str) -> Appointment | None:
    """The booking with this code; None when it is not on file. ``timezone`` is that of the line."""
    query = (
        select(
            bookings.c.code, services.c.name.label("service"), bookings.c.starts_at, bookings.c.ends_at,
            places.c.timezone, places.c.name.label("place"), bookings.c.name, bookings.c.phone, bookings.c.email,
            bookings.c.status,
        )
        .join(services, (services.c.business == bookings.c.business) & (services.c.id == bookings.c.service))
        .join(resources, (resources.c.business == bookings.c.business) & (resources.c.id == bookings.c.resource))
        .outerjoin(places, (places.c.business == bookings.c.business) & (places.c.id == resources.c.place))
        .where(bookings.c.code == code, bookings.c.status != "held")
    )  # fmt: skip
    row = (await connection.execute(query)).first()
    if row is None:
        return None
    return Appointment(
        row.code, row.service, row.starts_at, row.ends_at, row.timezone or timezone, row.place or "", row.name,
        row.phone, row.email, row.status,
    )  # fmt: skip


async def offered(connection: AsyncConnection, number: str, timezone: str) -> Appointment | None:
    """The time offered to an entry of the wait list; None when the offer no longer stands."""
    query = (
        select(wait_list, services.c.name.label("title"), places.c.timezone, places.c.name.label("where"))
        .join(services, (services.c.business == wait_list.c.business) & (services.c.id == wait_list.c.service))
        .outerjoin(places, (places.c.business == wait_list.c.business) & (places.c.id == wait_list.c.place))
        .where(wait_list.c.number == number, wait_list.c.status == "offered")
    )
    row = (await connection.execute(query)).first()
    if row is None or row.offered_start is None:
        return None
    start = row.offered_start
    return Appointment(
        number, row.title, start, start, row.timezone or timezone, row.where or "", row.name, row.phone,
        status="offered",
    )  # fmt: skip


async def revision(connection: AsyncConnection, code: str, upto: int) -> int:
    """How often a booking had been changed when the outbox reached row ``upto``: the SEQUENCE of RFC 5545."""
    changes = select(func.count()).where(
        outbox.c.subject == code,
        outbox.c.kind.in_(("booking.rescheduled", "booking.cancelled")),
        outbox.c.id <= upto,
    )
    return int((await connection.execute(changes)).scalar_one())
