"""Rows of ``bookings`` on Postgres: how they are written, and which of them stand in nobody's way."""

from __future__ import annotations

from sqlalchemy import and_, delete, or_
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from workflows.backends.booked import WAIT_LIST, Booked
from workflows.backends.hours import Span
from workflows.backends.tables import bookings
from workflows.backends.wishes import Wish


async def insert_booking(connection: AsyncConnection, wish: Wish, row: Booked, *, yields: bool = False) -> bool:
    """Whether it could be written; a code that is taken is no fault.

    ``yields``: neither is a seat that somebody else got in between; without it the constraint speaks up.
    """
    statement = insert(bookings).values(
        code=row.code,
        business=wish.business,
        service=row.service,
        resource=row.resource,
        starts_at=row.span[0],
        ends_at=row.span[1],
        busy_from=row.busy[0],
        busy_until=row.busy[1],
        seat=row.seat,
        session=row.session,
        name=row.name,
        phone=row.phone,
        email=row.email,
        date_of_birth=row.date_of_birth,
        status=row.status,
        held_until=row.held_until,
        call=row.call,
        key=row.key,
        created_at=wish.now,
    )
    kept = statement.on_conflict_do_nothing(index_elements=None if yields else ["code"]).returning(bookings.c.code)
    return (await connection.execute(kept)).first() is not None


async def drop_holds_in_the_way(connection: AsyncConnection, wish: Wish, resource: str, busy: Span) -> None:
    """Holds that are over, and the caller's own, stand in nobody's way; the constraints cannot know that."""
    there = and_(
        bookings.c.resource == resource, bookings.c.busy_from < busy[1], bookings.c.busy_until > busy[0]
    )
    offered = and_(bookings.c.call == WAIT_LIST, bookings.c.phone.in_(wish.numbers))
    await connection.execute(
        delete(bookings).where(
            bookings.c.business == wish.business,
            bookings.c.status == "held",
            or_(bookings.c.call.in_(wish.calls), and_(there, or_(bookings.c.held_until <= wish.now, offered))),
        )
    )


async def let_own_holds_go(connection: AsyncConnection, wish: Wish) -> None:
    """End whatever is held for the call of ``wish``."""
    await connection.execute(
        delete(bookings).where(
            bookings.c.business == wish.business, bookings.c.status == "held", bookings.c.call.in_(wish.calls)
        )
    )
