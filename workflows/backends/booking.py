"""The calendar on Postgres.

Two fences keep an appointment from being given twice: an advisory lock per resource makes bookers queue instead of
colliding, and the exclusion constraint on ``bookings`` refuses whatever comes by another way.
"""

from __future__ import annotations

from datetime import UTC, date, timedelta

from sqlalchemy import and_, func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from calls.errors import ConfigurationError
from workflows.backends.free_times import SEARCH_DAYS, Agenda, day_span, local_start
from workflows.backends.tables import bookings, opening_hours, resource_services, services
from workflows.backends.wishes import Answer, Done, Found, Refused, Wish, code_for

MAX_CODES = 20
"""codes tried before giving up; with a million codes the second is hardly ever needed"""


class BookingBackend:
    """Finds free times and takes them. Every method works inside the transaction it is given."""

    async def find_times(self, connection: AsyncConnection, wish: Wish) -> Answer:
        """Free times on a day; ``closed`` or ``no_times`` come with the next day that has one."""
        day = date.fromisoformat(wish.text("date"))
        agenda = await self._agenda(connection, wish, day, 1)
        times = agenda.times(day)
        if times:
            return Found({"times": times, "next_date": ""})
        ahead = await self._agenda(connection, wish, day, SEARCH_DAYS + 1)
        facts = {"times": "", "next_date": ahead.next_day(day)}
        return Refused("no_times" if agenda.is_open(day) else "closed", facts)

    async def book(self, connection: AsyncConnection, wish: Wish) -> Answer:
        """Take a time; ``slot_taken`` when nothing is free then, with what still is on that day."""
        day = date.fromisoformat(wish.text("date"))
        start = local_start(wish.text("date"), wish.text("time"), wish.timezone)
        agenda = await self._agenda(connection, wish, day, 1)
        free = agenda.free_resources(start) if agenda.fits(start) else []
        if free:
            # Always in the order of their names: two bookers never wait for each other in a circle.
            for resource in free:
                await connection.execute(select(func.pg_advisory_xact_lock(_lock(wish.business, resource))))
                if await self._is_free(connection, wish, resource, agenda):
                    code = await self._insert(connection, wish, resource, agenda)
                    return Done({"code": code, "service": wish.text("service"), **_when(wish)})
            # Somebody was quicker while we queued: what was read before is no longer true.
            agenda = await self._agenda(connection, wish, day, 1)
        return Refused("slot_taken", {"times": agenda.times(day)})

    async def _agenda(self, connection: AsyncConnection, wish: Wish, first: date, days: int) -> Agenda:
        service = wish.text("service")
        length = select(services.c.minutes).where(services.c.business == wish.business, services.c.id == service)
        minutes = (await connection.execute(length)).scalar_one_or_none()
        if minutes is None:
            raise ConfigurationError(
                f"the calendar of {wish.business!r} has no service {service!r}; add it to the table services, "
                "or take it out of the script"
            )
        hours: dict[int, list[tuple[object, object]]] = {}
        open_query = select(opening_hours).where(opening_hours.c.business == wish.business)
        for row in await connection.execute(open_query.order_by(opening_hours.c.opens)):
            hours.setdefault(row.weekday, []).append((row.opens, row.closes))
        since, until = day_span(first, days, wish.timezone)
        taken = and_(
            bookings.c.business == resource_services.c.business,
            bookings.c.resource == resource_services.c.resource,
            bookings.c.status == "booked",
            bookings.c.starts_at < until,
            bookings.c.ends_at > since,
        )
        query = (
            select(resource_services.c.resource, bookings.c.starts_at, bookings.c.ends_at)
            .select_from(resource_services.outerjoin(bookings, taken))
            .where(resource_services.c.business == wish.business, resource_services.c.service == service)
        )
        busy: dict[str, list[tuple[object, object]]] = {}
        for row in await connection.execute(query):
            spans = busy.setdefault(row.resource, [])
            if row.starts_at is not None:
                spans.append((row.starts_at, row.ends_at))
        return Agenda(hours, minutes, busy, wish.timezone, wish.now)  # type: ignore[arg-type]  # rows are untyped

    async def _is_free(self, connection: AsyncConnection, wish: Wish, resource: str, agenda: Agenda) -> bool:
        start = local_start(wish.text("date"), wish.text("time"), wish.timezone).astimezone(UTC)
        query = select(bookings.c.code).where(
            bookings.c.business == wish.business,
            bookings.c.resource == resource,
            bookings.c.status == "booked",
            bookings.c.starts_at < start + timedelta(minutes=agenda.minutes),
            bookings.c.ends_at > start,
        )
        return (await connection.execute(query.limit(1))).first() is None

    async def _insert(self, connection: AsyncConnection, wish: Wish, resource: str, agenda: Agenda) -> str:
        start = local_start(wish.text("date"), wish.text("time"), wish.timezone).astimezone(UTC)
        for attempt in range(MAX_CODES):
            row = insert(bookings).values(
                code=code_for(wish.key, attempt),
                business=wish.business,
                service=wish.text("service"),
                resource=resource,
                starts_at=start,
                ends_at=start + timedelta(minutes=agenda.minutes),
                busy_from=start,
                busy_until=start + timedelta(minutes=agenda.minutes),
                name=wish.text("name"),
                phone=wish.text("phone"),
                status="booked",
                call=wish.call,
                key=wish.key,
                created_at=wish.now,
            )
            kept = row.on_conflict_do_nothing(index_elements=["code"]).returning(bookings.c.code)
            code = (await connection.execute(kept)).scalar_one_or_none()
            if code is not None:
                return str(code)
        raise ConfigurationError("no free booking code was found; archive old bookings, or lengthen the codes")


def _when(wish: Wish) -> dict[str, str]:
    return {"date": wish.text("date"), "time": wish.text("time")}


def _lock(business: str, resource: str) -> object:
    return func.hashtextextended(f"booking/{business}/{resource}", 0)
