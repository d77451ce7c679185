"""Offers of the wait list: what became free is kept for one who waits, and passes on when it is not taken.

Nothing has to run at the hour an offer ends: whoever asks next about the calendar passes it on first (``OffersDue``),
so a time is never given to a passer-by while somebody is waiting for it.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import and_, delete, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from workflows.backends.agenda import Agenda, Kept, Placement, Service
from workflows.backends.agenda_query import Wanted, read_agenda
from workflows.backends.booked import WAIT_LIST, Booked
from workflows.backends.booking_rows import drop_holds_in_the_way, insert_booking
from workflows.backends.tables import bookings, places, resource_services, resources, wait_list
from workflows.backends.wishes import Answer, Found, Notice, Wish

KEPT = timedelta(hours=2)
"""how long an offer stands; never more than half of what is left until the time itself, so that others get a turn"""

LOOKED_AT = 50
"""how many of those waiting are looked at when a time becomes free"""


async def offer(connection: AsyncConnection, wish: Wish, freed: Booked) -> list[Notice]:
    """Keep what ``freed`` occupied for the first in the row whom it suits; nothing when there is nobody."""
    wish = wish.for_nobody()
    place, zone = await _where(connection, wish, freed)
    day = freed.span[0].astimezone(zone).date()
    agendas: dict[str, Agenda] = {}
    for entry in await _waiting(connection, wish, freed, day, place):
        if entry.service not in agendas:
            wanted = Wanted(entry.service, day, place=place, passing=True)
            agendas[entry.service] = await read_agenda(connection, wish, wanted)
        agenda = agendas[entry.service]
        where = fitting(agenda, freed, day)
        if where is None:
            continue
        until = kept_until(wish.now, where.start)
        held = hold_for(entry.number, entry.name, entry.phone, agenda.service, where, until)
        await drop_holds_in_the_way(connection, wish, held.resource, held.busy)
        if await insert_booking(connection, wish, held, yields=True):
            values = {"status": "offered", "offered_start": held.span[0], "offered_at": wish.now}
            mine = update(wait_list).where(wait_list.c.number == entry.number)
            await connection.execute(mine.values(**values, offered_until=until))
            return [offer_notice(entry.number, held)]
    return []


async def pass_on(connection: AsyncConnection, wish: Wish) -> Answer:
    """End every offer of the business that was not taken in time, and offer its time to the next in the row."""
    over = (
        select(wait_list.c.number)
        .where(
            wait_list.c.business == wish.business,
            wait_list.c.status == "offered",
            wait_list.c.offered_until <= wish.now,
        )
        .order_by(wait_list.c.offered_until, wait_list.c.number)
        .with_for_update()
    )
    numbers = (await connection.execute(over)).scalars().all()
    lapsed = update(wait_list).where(wait_list.c.number.in_(numbers)).values(status="lapsed")
    await connection.execute(lapsed)
    return Found({}, tuple(await withdraw(connection, wish, numbers)))


async def businesses_due(connection: AsyncConnection, now: datetime) -> Sequence[str]:
    """Whose wait lists have an offer that was not taken in time."""
    over = select(wait_list.c.business).where(wait_list.c.status == "offered", wait_list.c.offered_until <= now)
    return (await connection.execute(over.distinct().order_by(wait_list.c.business))).scalars().all()


async def withdraw(connection: AsyncConnection, wish: Wish, numbers: Sequence[str]) -> list[Notice]:
    """Let go of what is kept for these entries; each time goes to the next who waits for it, in this order."""
    keys = [offer_key(number) for number in numbers]
    dropped = delete(bookings).where(bookings.c.key.in_(keys)).returning(bookings)
    freed = {row.key: Booked.of(row) for row in await connection.execute(dropped)} if keys else {}
    notices: list[Notice] = []
    for key in keys:
        if key in freed:
            notices += await offer(connection, wish, freed[key])
    return notices


async def leave_row(
    connection: AsyncConnection, wish: Wish, phone: str, service: str, where: Placement, busy_until: datetime
) -> list[Notice]:
    """Who got a time waits for that day no more; what was kept for them besides goes to the next."""
    day, start = where.start.date(), where.start.astimezone(UTC)
    used = and_(
        wait_list.c.status == "offered",
        wait_list.c.phone.in_({*wish.numbers, phone}),
        wait_list.c.offered_start >= start,
        wait_list.c.offered_start < busy_until,
    )
    waited = and_(wait_list.c.phone == phone, wait_list.c.service == service, wait_list.c.date == day)
    mine = (
        update(wait_list)
        .where(
            wait_list.c.business == wish.business, wait_list.c.status.in_(("waiting", "offered")), or_(used, waited)
        )
        .values(status="taken")
        .returning(wait_list.c.number)
    )
    numbers = (await connection.execute(mine)).scalars().all()
    return await withdraw(connection, wish, sorted(numbers)) if numbers else []


async def extend(connection: AsyncConnection, wish: Wish, kept: Kept, until: datetime) -> None:
    """What is kept for the caller stays so until then: they are on the line and about to take it."""
    hold = update(bookings).where(bookings.c.key == offer_key(kept.number))
    await connection.execute(hold.values(held_until=until))
    entry = update(wait_list).where(wait_list.c.number == kept.number)
    await connection.execute(entry.values(offered_until=until))


def fitting(agenda: Agenda, freed: Booked, day: date) -> Placement | None:
    """Where the first start that ``freed`` made possible on ``day`` goes; None when it made none."""
    first, last = freed.busy
    for wall in agenda.starts(day):
        for where in agenda.placements(day, wall.time()):
            begins, ends = agenda.service.busy(where.start)
            if where.resource == freed.resource and begins < last and first < ends:
                return where
    return None


def kept_until(now: datetime, start: datetime) -> datetime:
    """When an offer of a time from ``start`` ends, in UTC."""
    return now.astimezone(UTC) + min(KEPT, (start - now) / 2)


def offer_key(number: str) -> str:
    """The key of the hold that belongs to an entry; an entry is offered something once."""
    return f"offer/{number}"


def hold_for(
    number: str, name: str, phone: str, service: Service, where: Placement, until: datetime
) -> Booked:
    """What keeps an offered time."""
    start = where.start.astimezone(UTC)
    return Booked(
        code=offer_key(number),  # nobody ever says it: it cannot collide with one that is said
        service=service.id,
        resource=where.resource,
        span=(start, start + timedelta(minutes=service.minutes)),
        name=name,
        phone=phone,
        status="held",
        call=WAIT_LIST,
        key=offer_key(number),
        seat=where.seat,
        session=service.session(where.start),
        occupied=service.busy(where.start),
        held_until=until,
    )


def offer_notice(number: str, held: Booked) -> Notice:
    """What the outbox says of an offer."""
    assert held.held_until is not None
    body = {"service": held.service, "starts_at": held.span[0].isoformat(), "held_until": held.held_until.isoformat()}
    return Notice("wait_list.offered", number, body)


async def _where(connection: AsyncConnection, wish: Wish, freed: Booked) -> tuple[str, ZoneInfo]:
    query = (
        select(resources.c.place, places.c.timezone)
        .outerjoin(places, (places.c.business == resources.c.business) & (places.c.id == resources.c.place))
        .where(resources.c.business == wish.business, resources.c.id == freed.resource)
    )
    row = (await connection.execute(query)).one()
    return row.place or "", ZoneInfo(row.timezone or wish.timezone)


async def _waiting(
    connection: AsyncConnection, wish: Wish, freed: Booked, day: date, place: str
) -> Sequence[Any]:
    done_there = select(resource_services.c.service).where(
        resource_services.c.business == wish.business, resource_services.c.resource == freed.resource
    )
    waiting = (
        select(wait_list)
        .where(
            wait_list.c.business == wish.business,
            wait_list.c.date == day,
            wait_list.c.status == "waiting",
            wait_list.c.place.in_(("", place)),
            wait_list.c.service.in_(done_there),
        )
        .order_by(wait_list.c.created_at, wait_list.c.key)
        .limit(LOOKED_AT)
        # Another booker's transaction may be offering to somebody just now: nobody is offered two times at once.
        .with_for_update(skip_locked=True)
    )
    return (await connection.execute(waiting)).all()
