"""The wait list: who would like a time on a day that is full, and who is told when one becomes free."""

from __future__ import annotations

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from workflows.backends.agenda import Agenda
from workflows.backends.agenda_query import Wanted, read_agenda
from workflows.backends.booked import Booked
from workflows.backends.numbered import insert_numbered
from workflows.backends.tables import places, resource_services, resources, wait_list
from workflows.backends.wishes import Answer, Done, Notice, Wish

LOOKED_AT = 50
"""how many of those waiting are looked at when a time becomes free"""


async def join_wait_list(connection: AsyncConnection, wish: Wish) -> Answer:
    """Write somebody down; whoever waits already keeps their place in the row."""
    day = date.fromisoformat(wish.text("date"))
    service, phone = wish.text("service"), wish.text("phone")
    await read_agenda(connection, wish, Wanted(service, day))
    earlier = select(wait_list.c.number).where(
        wait_list.c.business == wish.business,
        wait_list.c.service == service,
        wait_list.c.phone == phone,
        wait_list.c.date == day,
        wait_list.c.status == "waiting",
        wait_list.c.place.in_(("", wish.text("place"))),
    )
    number = (await connection.execute(earlier.limit(1))).scalar_one_or_none()
    if number is None:
        row = {"service": service, "place": wish.text("place"), "date": day, "name": wish.text("name"), "phone": phone}
        number = await insert_numbered(connection, wait_list, wish, {**row, "status": "waiting"})
    notice = Notice("wait_list.joined", number, {"service": service, "date": day.isoformat()})
    return Done({"number": number, "date": day.isoformat()}, (notice,))


async def offer(connection: AsyncConnection, wish: Wish, freed: Booked) -> list[Notice]:
    """Offer what ``freed`` occupied to the first in the row whom it suits; nothing when there is nobody."""
    place = (
        select(resources.c.place, places.c.timezone)
        .outerjoin(places, (places.c.business == resources.c.business) & (places.c.id == resources.c.place))
        .where(resources.c.business == wish.business, resources.c.id == freed.resource)
    )
    where = (await connection.execute(place)).one()
    zone = ZoneInfo(where.timezone or wish.timezone)
    day = freed.span[0].astimezone(zone).date()
    offered = select(resource_services.c.service).where(
        resource_services.c.business == wish.business, resource_services.c.resource == freed.resource
    )
    waiting = (
        select(wait_list)
        .where(
            wait_list.c.business == wish.business,
            wait_list.c.date == day,
            wait_list.c.status == "waiting",
            wait_list.c.place.in_(("", where.place or "")),
            wait_list.c.service.in_(offered),
        )
        .order_by(wait_list.c.created_at, wait_list.c.number)
        .limit(LOOKED_AT)
        # Another booker's transaction may be offering to somebody just now: nobody is offered two times at once.
        .with_for_update(skip_locked=True)
    )
    agendas: dict[str, Agenda] = {}
    for entry in (await connection.execute(waiting)).all():
        if entry.service not in agendas:
            wanted = Wanted(entry.service, day, place=where.place or "")
            agendas[entry.service] = await read_agenda(connection, wish, wanted)
        start = fitting(agendas[entry.service], freed, day, zone)
        if start is not None:
            values = {"status": "offered", "offered_start": start, "offered_at": wish.now}
            await connection.execute(update(wait_list).where(wait_list.c.number == entry.number).values(**values))
            return [offer_notice(entry.number, entry.service, start)]
    return []


def fitting(agenda: Agenda, freed: Booked, day: date, zone: ZoneInfo) -> datetime | None:
    """The first start, in UTC, that became possible with what ``freed`` gave up on ``day``; None when none did."""
    first, last = freed.busy
    for wall in agenda.starts(day):
        start = wall.replace(tzinfo=zone)
        begins, ends = agenda.service.busy(start)
        mine = any(one.resource == freed.resource for one in agenda.placements(day, wall.time()))
        if mine and begins < last and first < ends:
            return start.astimezone(UTC)
    return None


def offer_notice(number: str, service: str, start: datetime) -> Notice:
    """What the outbox says of an offer."""
    return Notice("wait_list.offered", number, {"service": service, "starts_at": start.isoformat()})
