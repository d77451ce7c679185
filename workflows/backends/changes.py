"""Looking up, moving and cancelling a booking: only for the caller who has proved that it is theirs."""

from __future__ import annotations

from datetime import date, time, timedelta

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from workflows.backends.agenda import Agenda
from workflows.backends.agenda_query import Wanted
from workflows.backends.booked import Booked, when
from workflows.backends.booking import place_on, refuse_slot
from workflows.backends.offers import leave_row, offer
from workflows.backends.owning import own_booking
from workflows.backends.tables import bookings, places, resources, services
from workflows.backends.wishes import Answer, Done, Found, Refused, Wish

TOO_LATE = Refused("too_late")


async def find_booking(connection: AsyncConnection, wish: Wish) -> Answer:
    """The verified booking, or the verified customer's next one."""
    own = await own_booking(connection, wish)
    if isinstance(own, Refused):
        return own
    name, timezone, place = await _place_of(connection, wish, own)
    start = own.local(timezone)
    return Found(
        {
            "booking_service": own.service,
            "booking_date": start.date().isoformat(),
            "booking_time": start.strftime("%H:%M"),
            "booking_code": own.code,
            "booking_place": name,
            "booking_place_id": place,
        }
    )


async def reschedule(connection: AsyncConnection, wish: Wish) -> Answer:
    """Move it: the old time is given up in the very statement that takes the new one."""
    own = await own_booking(connection, wish, lock=True)
    if isinstance(own, Refused):
        return own
    if await _too_late(connection, wish, own):
        return TOO_LATE
    day, clock = date.fromisoformat(wish.text("date")), time.fromisoformat(wish.text("time"))
    return await move(connection, wish, own, day, clock)


async def move(connection: AsyncConnection, wish: Wish, own: Booked, day: date, clock: time) -> Done | Refused:
    """``own`` to another time at the same place; ``slot_taken`` leaves it where it is."""
    _, timezone, place = await _place_of(connection, wish, own)
    wanted = Wanted(own.service, day, place=place, without=own.code)
    found = await place_on(connection, wish, wanted, clock)
    if isinstance(found, Agenda):
        return await refuse_slot(connection, wish, found, wanted, clock)
    where, service = found
    first, last = service.busy(where.start)
    start = first + timedelta(minutes=service.before)
    moved = (
        update(bookings)
        .where(bookings.c.code == own.code)
        .values(
            resource=where.resource,
            starts_at=start,
            ends_at=start + timedelta(minutes=service.minutes),
            busy_from=first,
            busy_until=last,
            seat=where.seat,
            session=service.session(where.start),
            status="booked",
            changed_at=wish.now,
        )
        .returning(bookings)
    )
    row = Booked.of((await connection.execute(moved)).one())
    notices = [row.notice("booking.rescheduled")]
    notices += await leave_row(connection, wish, own.phone, own.service, where, last)
    if row.span != own.span:
        notices += await offer(connection, wish, own)
    before = own.local(timezone)
    was = {"from_date": before.date().isoformat(), "from_time": before.strftime("%H:%M")}
    return Done({**when(own.code, where), **was}, tuple(notices))


async def cancel_booking(connection: AsyncConnection, wish: Wish) -> Answer:
    """Give it up; whoever waits for such a time is offered it."""
    own = await own_booking(connection, wish, lock=True)
    if isinstance(own, Refused):
        return own
    if await _too_late(connection, wish, own):
        return TOO_LATE
    return await give_up(connection, wish, own)


async def give_up(connection: AsyncConnection, wish: Wish, own: Booked) -> Done:
    """Cancel ``own``, whatever the policy says."""
    values = {"status": "cancelled", "changed_at": wish.now}
    await connection.execute(update(bookings).where(bookings.c.code == own.code).values(**values))
    _, timezone, _ = await _place_of(connection, wish, own)
    start = own.local(timezone)
    result = {"code": own.code, "date": start.date().isoformat(), "time": start.strftime("%H:%M")}
    return Done(result, (own.notice("booking.cancelled"), *await offer(connection, wish, own)))


async def booking_at(connection: AsyncConnection, wish: Wish, code: str) -> Booked | None:
    """A booking of this business by its code, its row locked; None when there is none that stands."""
    query = select(bookings).where(bookings.c.business == wish.business, bookings.c.code == code).with_for_update()
    row = (await connection.execute(query)).first()
    return Booked.of(row) if row is not None else None


async def _too_late(connection: AsyncConnection, wish: Wish, own: Booked) -> bool:
    query = select(services.c.change_hours).where(services.c.business == wish.business, services.c.id == own.service)
    hours = (await connection.execute(query)).scalar_one()
    return wish.now > own.span[0] - timedelta(hours=hours)


async def _place_of(connection: AsyncConnection, wish: Wish, own: Booked) -> tuple[str, str, str]:
    """Name, time zone and id of the place of a booking; the line's zone where the place has none of its own."""
    query = (
        select(places.c.name, places.c.timezone, places.c.id)
        .join(resources, (resources.c.business == places.c.business) & (resources.c.place == places.c.id))
        .where(resources.c.business == wish.business, resources.c.id == own.resource)
    )
    row = (await connection.execute(query)).first()
    return (row.name, row.timezone or wish.timezone, row.id) if row is not None else ("", wish.timezone, "")
