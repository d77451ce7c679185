"""The calendar of one service, read from Postgres in a single round trip."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from calls.errors import ConfigurationError
from calls.run import Receipt
from workflows.backends.agenda import Agenda, Diary, Kept, Service, Taken
from workflows.backends.booked import same_name
from workflows.backends.hours import Closure, HoursRow, hours_for
from workflows.backends.wishes import Wish

READ = text("""
    SELECT json_build_object(
        'receipt', (
            SELECT json_build_array(action, result, digest) FROM receipts WHERE key = :key
        ),
        'service', (
            SELECT json_build_array(minutes, buffer_before, buffer_after, every, capacity, change_hours)
            FROM services WHERE business = :business AND id = :service
        ),
        'resources', (
            SELECT json_agg(json_build_array(r.id, coalesce(r.place, ''), coalesce(p.timezone, ''), r.capacity)
                            ORDER BY r.id)
            FROM resource_services o
            JOIN resources r ON r.business = o.business AND r.id = o.resource
            LEFT JOIN places p ON p.business = r.business AND p.id = r.place
            WHERE o.business = :business AND o.service = :service AND (:place = '' OR r.place = :place)
        ),
        'hours', (
            SELECT json_agg(json_build_array(place, resource, weekday, opens, closes))
            FROM opening_hours WHERE business = :business
        ),
        'closures', (
            SELECT json_agg(json_build_array(starts_at, ends_at, place, resource, reason))
            FROM closures
            WHERE business = :business AND ends_at > :since_local AND starts_at < :until_local
        ),
        'taken', (
            -- starts_at stands here only to be found by its index: no appointment and no buffer is over a day long
            SELECT json_agg(json_build_array(b.resource, extract(epoch FROM b.busy_from),
                                             extract(epoch FROM b.busy_until), b.seat, b.session))
            FROM bookings b
            JOIN resource_services o ON o.business = b.business AND o.resource = b.resource AND o.service = :service
            WHERE b.business = :business
              AND b.starts_at > :since - interval '2 days' AND b.starts_at < :until + interval '1 day'
              AND b.busy_from < :until AND b.busy_until > :since AND b.code <> :without
              AND (b.status = 'booked' OR (b.status = 'held' AND b.held_until > :now AND CASE b.call
                  WHEN 'wait_list' THEN b.phone <> ALL (CAST(:numbers AS TEXT[]))
                  ELSE b.call <> ALL (CAST(:calls AS TEXT[])) END))
        ),
        'kept', (
            SELECT json_agg(json_build_array(substr(b.key, 7), b.resource, extract(epoch FROM b.starts_at),
                                             extract(epoch FROM b.held_until)) ORDER BY b.starts_at, b.key)
            FROM bookings b
            WHERE b.business = :business AND b.status = 'held' AND b.call = 'wait_list' AND b.service = :service
              AND b.phone = ANY (CAST(:numbers AS TEXT[])) AND b.held_until > :now
              AND b.starts_at > :since AND b.starts_at < :until
        ),
        'own', (
            SELECT json_agg(json_build_array(b.name, extract(epoch FROM b.starts_at), extract(epoch FROM b.ends_at)))
            FROM bookings b
            WHERE b.business = :business AND b.status = 'booked' AND b.call = ANY (CAST(:calls AS TEXT[]))
              AND b.phone = :phone AND b.starts_at > :since - interval '2 days' AND b.starts_at < :until
        ),
        'offers_due', EXISTS (
            SELECT FROM wait_list WHERE business = :business AND status = 'offered' AND offered_until <= :now
        )
    )
""")
"""What a booker needs to know before and after queueing. ``without``: a booking that is about to move."""


class OffersDue(Exception):
    """An offer of the wait list was not taken in time: it is to be passed on before the calendar is asked again."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which part of the calendar is read."""

    service: str
    first: date
    days: int = 1
    place: str = ""
    without: str = ""
    """the code of a booking that counts as not there"""
    passing: bool = False
    """read in order to pass offers on"""


async def read_agenda(connection: AsyncConnection, wish: Wish, wanted: Wanted) -> Agenda:
    """The calendar as it stands. Raises ConfigurationError for a service that is not offered, and OffersDue."""
    return (await read_with_receipt(connection, wish, wanted))[0]


async def read_with_receipt(
    connection: AsyncConnection, wish: Wish, wanted: Wanted
) -> tuple[Agenda, Receipt | None]:
    """The same, with the receipt of ``wish`` if it was carried out before: one statement, so one moment."""
    # A day's worth on both sides: places may lie in other time zones than UTC, and hours may reach past midnight.
    since = datetime.combine(wanted.first, time()) - timedelta(days=1)
    until = since + timedelta(days=wanted.days + 2)
    terms: Mapping[str, object] = {
        "key": wish.key,
        "business": wish.business,
        "service": wanted.service,
        "place": wanted.place,
        "without": wanted.without,
        "now": wish.now,
        "calls": list(wish.calls),
        "numbers": list(wish.numbers),
        "phone": wish.text("phone"),
        "since": since.replace(tzinfo=UTC),
        "until": until.replace(tzinfo=UTC),
        "since_local": since,
        "until_local": until,
    }
    found = (await connection.execute(READ, terms)).scalar_one()
    receipt = found["receipt"]
    kept = Receipt(wish.key, receipt[0], json.loads(receipt[1]), receipt[2]) if receipt else None
    agenda = _agenda(found, wish, wanted.service)
    if found["offers_due"] and kept is None and not wanted.passing:
        raise OffersDue
    return agenda, kept


def _agenda(found: Mapping[str, Any], wish: Wish, service: str) -> Agenda:
    if found["service"] is None:
        raise no_such_service(wish.business, service)
    hours = [
        HoursRow(place, resource, weekday, time.fromisoformat(opens), time.fromisoformat(closes))
        for place, resource, weekday, opens, closes in found["hours"] or ()
    ]
    closures = [
        Closure(datetime.fromisoformat(starts), datetime.fromisoformat(ends), place, resource, reason)
        for starts, ends, place, resource, reason in found["closures"] or ()
    ]
    taken: dict[str, list[Taken]] = {}
    for resource, start, end, seat, session in found["taken"] or ():
        span = datetime.fromtimestamp(start, UTC), datetime.fromtimestamp(end, UTC)
        taken.setdefault(resource, []).append(Taken(*span, seat, session))
    diaries = [_diary(row, wish.timezone, hours, closures, taken) for row in found["resources"] or ()]
    kept = [
        Kept(number, resource, datetime.fromtimestamp(start, UTC), datetime.fromtimestamp(until, UTC))
        for number, resource, start, until in found["kept"] or ()
    ]
    own = [
        (datetime.fromtimestamp(start, UTC), datetime.fromtimestamp(end, UTC))
        for name, start, end in found["own"] or ()
        if same_name(name, wish.text("name"))
    ]
    return Agenda(Service(service, *found["service"]), diaries, wish.now, hours_for(hours, "", ""), kept, own)


def _diary(
    row: Sequence[Any],
    timezone: str,
    hours: Sequence[HoursRow],
    closures: Sequence[Closure],
    taken: Mapping[str, Sequence[Taken]],
) -> Diary:
    resource, place, zone, seats = row
    return Diary(
        resource,
        place,
        zone or timezone,
        seats,
        hours_for(hours, place, resource),
        [one for one in closures if one.concerns(place, resource)],
        taken.get(resource, ()),
    )


def no_such_service(business: str, service: str) -> ConfigurationError:
    """What is said to whoever runs a script that asks for it."""
    return ConfigurationError(
        f"the calendar of {business!r} has no service {service!r}; add it with `switchboard calendar service`, "
        "or take it out of the script"
    )
