"""Setting a business up: services, resources, places and hours, as an operator changes them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import time
from itertools import pairwise

from sqlalchemy import delete, exists, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from calls.errors import ConfigurationError
from workflows.backends.agenda import Service
from workflows.backends.hours import HoursRow
from workflows.backends.practice import Place, Room
from workflows.backends.tables import opening_hours, places, resource_services, resources, services

_ID = re.compile(r"[^\s,{}]{1,60}")

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


def weekdays_of(text: str) -> Sequence[int]:
    """``mon``, ``mon-fri``, ``sat,sun`` as 0 (Monday) to 6. Raises ConfigurationError."""
    found: list[int] = []
    for part in text.lower().split(","):
        first, _, last = part.strip().partition("-")
        if first not in DAYS or (last and last not in DAYS):
            raise ConfigurationError(f"{part!r} is no weekday; use {', '.join(DAYS)}, or a range such as mon-fri")
        start, end = DAYS.index(first), DAYS.index(last or first)
        found += [day % 7 for day in range(start, (end if end >= start else end + 7) + 1)]
    return sorted(set(found))


def spans_of(text: str) -> Sequence[tuple[time, time]]:
    """``09:00-12:00,13:00-18:00`` as from and to; ``closed`` as none. Raises ConfigurationError."""
    if text.strip().lower() == "closed":
        return []
    found: list[tuple[time, time]] = []
    for part in text.split(","):
        first, _, last = part.strip().partition("-")
        try:
            found.append((time.fromisoformat(first), time.fromisoformat(last)))
        except ValueError:
            raise ConfigurationError(f"{part!r} is no span of hours; write it like 09:00-17:30, or closed") from None
    found.sort()
    # What closes not after it opens does so on the next day: nothing can begin behind it.
    for (opened, closes), (opens, _) in pairwise(found):
        if opens < closes or closes <= opened:
            raise ConfigurationError(f"{text!r}: one span begins before the one before it ends")
    return found


async def hours_of(connection: AsyncConnection, business: str) -> Sequence[HoursRow]:
    """All opening hours, those of the whole business first."""
    query = (
        select(opening_hours)
        .where(opening_hours.c.business == business)
        .order_by(opening_hours.c.place, opening_hours.c.resource, opening_hours.c.weekday, opening_hours.c.opens)
    )
    rows = await connection.execute(query)
    return [HoursRow(row.place, row.resource, row.weekday, row.opens, row.closes) for row in rows]


async def set_hours(
    connection: AsyncConnection,
    business: str,
    weekdays: Sequence[int],
    spans: Sequence[tuple[time, time]],
    place: str = "",
    resource: str = "",
) -> None:
    """From now on open at ``spans`` on ``weekdays``; bookings that stand are left alone.

    Raises ConfigurationError when the last hours of a place or a resource go: those of the business would count again.
    """
    owner = {"business": business, "place": place, "resource": resource}
    mine = [opening_hours.c[name] == value for name, value in owner.items()]
    await connection.execute(delete(opening_hours).where(*mine, opening_hours.c.weekday.in_(weekdays)))
    rows = [{**owner, "weekday": day, "opens": opens, "closes": closes} for day in weekdays for opens, closes in spans]
    if rows:
        await connection.execute(insert(opening_hours), rows)
    elif (place or resource) and not (await connection.execute(select(opening_hours).where(*mine).limit(1))).first():
        why = "so those of the business count on every day; set the days it is open first, or add a closure"
        raise ConfigurationError(f"{resource or place} has no hours of its own, {why}")


async def place_and_zone(connection: AsyncConnection, business: str, place: str, resource: str) -> str:
    """The time zone of a place, or of where a resource is; empty when it is the line's. Raises ConfigurationError for
    one that is not there: what is set for it would never count.
    """
    for what, name, table in (("place", place, places), ("resource", resource, resources)):
        there = (await connection.execute(select(table.c.id).where(table.c.business == business))).scalars()
        known = sorted(there)
        if name and name not in known:
            raise ConfigurationError(f"there is no {what} {name!r}; there are: {', '.join(known) or 'none yet'}")
    of_resource = select(resources.c.place).where(resources.c.business == business, resources.c.id == resource)
    where = place or (await connection.execute(of_resource)).scalar_one_or_none() or ""
    zone = select(places.c.timezone).where(places.c.business == business, places.c.id == where)
    return (await connection.execute(zone)).scalar_one_or_none() or ""


async def save_service(connection: AsyncConnection, business: str, service: Service, name: str) -> None:
    """Add a service, or change it for the next booking; every resource without a list of its own offers it."""
    if not _ID.fullmatch(service.id):
        raise ConfigurationError(
            f"{service.id!r} cannot be the id of a service: it has to be one word, as scripts name it, without spaces, "
            "commas and braces; what people call it goes into --name"
        )
    values = {
        "name": name,
        "minutes": service.minutes,
        "buffer_before": service.before,
        "buffer_after": service.after,
        "every": service.every,
        "capacity": service.capacity,
        "change_hours": service.change_hours,
    }
    row = insert(services).values(business=business, id=service.id, **values)
    await connection.execute(row.on_conflict_do_update(index_elements=["business", "id"], set_=values))


async def save_place(connection: AsyncConnection, business: str, place: Place) -> None:
    """Add a place, or change it."""
    values = {"name": place.name, "timezone": place.timezone}
    row = insert(places).values(business=business, id=place.id, **values)
    await connection.execute(row.on_conflict_do_update(index_elements=["business", "id"], set_=values))


async def save_resource(connection: AsyncConnection, business: str, room: Room, name: str) -> None:
    """Add a person, a room or a chair, or change it; ``room.services`` empty = it offers everything there is."""
    known = await connection.execute(select(places.c.id).where(places.c.business == business))
    if room.place and room.place not in set(known.scalars()):
        raise ConfigurationError(f"there is no place {room.place!r}; add it with `switchboard calendar place`")
    values = {"name": name, "place": room.place or None, "capacity": room.capacity}
    row = insert(resources).values(business=business, id=room.resource, **values)
    await connection.execute(row.on_conflict_do_update(index_elements=["business", "id"], set_=values))
    there = await connection.execute(select(services.c.id).where(services.c.business == business))
    offered = set(there.scalars())
    unknown = sorted(set(room.services) - offered)
    if unknown:
        raise ConfigurationError(f"there is no service {unknown[0]!r}; there are: {', '.join(sorted(offered)) or '-'}")
    mine = (resource_services.c.business == business, resource_services.c.resource == room.resource)
    await connection.execute(delete(resource_services).where(*mine))
    rows = [
        {"business": business, "resource": room.resource, "service": service}
        for service in sorted(room.services or offered)
    ]
    if rows:
        await connection.execute(insert(resource_services), rows)


async def narrow_groups(connection: AsyncConnection, business: str) -> Sequence[tuple[str, int, str, int]]:
    """Group services that do not fit where they are offered: service, who may share it, resource, its seats."""
    query = (
        select(
            services.c.id, services.c.capacity, resources.c.id.label("resource"), resources.c.capacity.label("seats")
        )
        .join(resource_services, (resource_services.c.business == services.c.business)
              & (resource_services.c.service == services.c.id))
        .join(resources, (resources.c.business == services.c.business)
              & (resources.c.id == resource_services.c.resource))
        .where(services.c.business == business, services.c.capacity > resources.c.capacity)
        .order_by(services.c.id, resources.c.id)
    )  # fmt: skip
    return [(row.id, row.capacity, row.resource, row.seats) for row in await connection.execute(query)]


async def offer_everywhere(connection: AsyncConnection, business: str, service: str) -> int:
    """Let every resource offer ``service`` that offers all the others; how many offer it now.

    A service somebody offers already is not new: who is not for it has been told so.
    """
    mine = (resource_services.c.business == business, resource_services.c.service == service)
    known = list((await connection.execute(select(resource_services.c.resource).where(*mine))).scalars())
    if known:
        return len(known)
    others = (
        select(services.c.id)
        .where(services.c.business == business, services.c.id != service)
        .except_(
            select(resource_services.c.service).where(
                resource_services.c.business == business, resource_services.c.resource == resources.c.id
            )
        )
    )
    found = await connection.execute(select(resources.c.id).where(resources.c.business == business, ~exists(others)))
    rows = [{"business": business, "resource": name, "service": service} for name in found.scalars()]
    if rows:
        await connection.execute(insert(resource_services).on_conflict_do_nothing(), rows)
    return len(rows)
