"""Whose a booking is: the one that the caller of a wish has proved to be theirs."""

from __future__ import annotations

from sqlalchemy import ColumnElement, Select, select
from sqlalchemy.ext.asyncio import AsyncConnection

from workflows.backends.booked import Booked
from workflows.backends.people import holds_the_phone
from workflows.backends.subjects import BOOKING, CUSTOMER, subject_of
from workflows.backends.tables import bookings, customers
from workflows.backends.wishes import NOT_VERIFIED, Refused, Wish

NO_BOOKING = Refused("not_found")


async def own_booking(connection: AsyncConnection, wish: Wish, *, lock: bool = False) -> Booked | Refused:
    """The booking the caller has proved to be theirs, as long as it lies ahead."""
    kind, name = subject_of(wish.subject)
    query: Select[tuple[object, ...]] = select(bookings).where(
        bookings.c.business == wish.business, bookings.c.status == "booked", bookings.c.ends_at > wish.now
    )
    which: ColumnElement[bool]
    if kind == BOOKING:
        which = bookings.c.code == name
    elif kind == CUSTOMER:
        person = select(customers.c.id).where(
            customers.c.business == wish.business,
            customers.c.id == name,
            customers.c.phone == bookings.c.phone,
            holds_the_phone(bookings.c.name),
        )
        which = person.exists()
    else:
        return NOT_VERIFIED
    query = query.where(which).order_by(bookings.c.starts_at, bookings.c.code).limit(1)
    row = (await connection.execute(query.with_for_update() if lock else query)).first()
    return Booked.of(row) if row is not None else NO_BOOKING


async def left_out(connection: AsyncConnection, wish: Wish) -> str:
    """The code of the booking a look into the calendar is to leave out, because it is about to move.

    Empty unless it is the caller's own: what is taken by somebody else is nobody's business.
    """
    named = wish.text("without")
    own = await own_booking(connection, wish) if named else NO_BOOKING
    return own.code if isinstance(own, Booked) and own.code == named else ""
