"""The calendar on Postgres: free times, holds and bookings.

Two fences keep an appointment from being given twice: an advisory lock per resource and day makes bookers queue
instead of colliding, and the exclusion constraints on ``bookings`` refuse whatever comes by another way. Nearly
everybody in a crowd loses, and a loser never gets as far as the lock: ``glance`` tells them in one round trip.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta

from sqlalchemy.ext.asyncio import AsyncConnection

from calls.errors import ConfigurationError
from calls.run import ActionSettled
from workflows.backends.agenda import SEARCH_DAYS, Agenda, Placement, Service
from workflows.backends.agenda_query import Wanted, read_agenda, read_with_receipt
from workflows.backends.booked import Booked, new_booking, when
from workflows.backends.booking_rows import drop_holds_in_the_way, insert_booking, let_own_holds_go
from workflows.backends.locks import lock_resource
from workflows.backends.offers import extend, leave_row
from workflows.backends.owning import left_out
from workflows.backends.wishes import MAX_CODES, Answer, Done, Found, Refused, Wish, code_for, settled

ALREADY_BOOKED = Refused("already_booked")
"""the same call has booked that hour for the same person; under another name it may book beside it"""

HOLD = timedelta(minutes=10)
"""how long a time is kept for a caller who is still giving their name"""

HOLD_WITHOUT_NUMBER = timedelta(minutes=4)
"""the same without caller id: when their line breaks nobody can offer them to go on, so it keeps them out themselves"""


def held_until(wish: Wish) -> datetime:
    """Until when a hold taken now lasts; UTC."""
    return wish.now.astimezone(UTC) + (HOLD if wish.caller else HOLD_WITHOUT_NUMBER)


async def find_times(connection: AsyncConnection, wish: Wish) -> Answer:
    """Free times on a day; ``closed`` or ``no_times`` come with the next day that has one."""
    day = date.fromisoformat(wish.text("date"))
    wanted = replace(_wanted(wish, day), without=await left_out(connection, wish))
    agenda = await read_agenda(connection, wish, wanted)
    times = agenda.times(day)
    if times:
        return Found({"times": times, "next_date": ""})
    ahead = await read_agenda(connection, wish, replace(wanted, days=SEARCH_DAYS + 1))
    facts = {"times": "", "next_date": ahead.next_day(day)}
    return Refused("no_times" if agenda.is_open(day) else "closed", facts)


async def glance(connection: AsyncConnection, wish: Wish) -> ActionSettled | None:
    """The answer, when it can be given without queueing: it was done before, or the time is taken."""
    day, clock = _slot(wish)
    agenda, receipt = await read_with_receipt(connection, wish, _wanted(wish, day))
    if receipt is not None:
        return ActionSettled(wish.key, wish.action, receipt=receipt)
    if wish.action == "book" and agenda.has_already(day, clock):
        return settled(wish, ALREADY_BOOKED)
    if agenda.placements(day, clock):
        return None
    return settled(wish, await refuse_slot(connection, wish, agenda, _wanted(wish, day), clock))


async def book(connection: AsyncConnection, wish: Wish) -> Answer:
    """Take a time; ``slot_taken`` when it cannot be had any more, with what can."""
    booked = await _take(connection, wish, hold=False)
    if isinstance(booked, Refused):
        return booked
    row, where = booked
    offers = await leave_row(connection, wish, row.phone, row.service, where, row.busy[1])
    result = {**when(row.code, where), "service": row.service}
    return Done(result, (row.notice("booking.created"), *offers))


async def hold_time(connection: AsyncConnection, wish: Wish) -> Answer:
    """Keep a time for this call, for some minutes; another hold of the same call is let go.

    What the wait list keeps for the caller stays theirs, at least as long.
    """
    day, clock = _slot(wish)
    kept = (await read_agenda(connection, wish, _wanted(wish, day))).kept_at(day, clock)
    if kept is not None:
        until = max(kept.until, held_until(wish))
        await let_own_holds_go(connection, wish)
        await extend(connection, wish, kept, until)
        return Found({"held_until": until.astimezone(kept.start.tzinfo).strftime("%H:%M")})
    held = await _take(connection, wish, hold=True)
    if isinstance(held, Refused):
        return held
    row, where = held
    assert row.held_until is not None
    return Found({"held_until": row.held_until.astimezone(where.start.tzinfo).strftime("%H:%M")})


async def place_on(
    connection: AsyncConnection, wish: Wish, wanted: Wanted, clock: time
) -> tuple[Placement, Service] | Agenda:
    """Queue for the resources that are free at ``clock``: where it can be had, its lock held; or what there is else."""
    agenda = await read_agenda(connection, wish, wanted)
    if wish.action == "book" and agenda.has_already(wanted.first, clock):
        return agenda
    # Always in the order of their names: two bookers never wait for each other in a circle.
    for candidate in agenda.placements(wanted.first, clock):
        busy = agenda.service.busy(candidate.start)
        await lock_resource(connection, wish.business, candidate.resource, busy)
        # Somebody may have been quicker while we queued: what was read before is no longer true.
        agenda = await read_agenda(connection, wish, wanted)
        mine = [one for one in agenda.placements(wanted.first, clock) if one.resource == candidate.resource]
        if wish.action == "book" and agenda.has_already(wanted.first, clock):
            return agenda
        if mine:
            await drop_holds_in_the_way(connection, wish, candidate.resource, busy)
            return mine[0], agenda.service
    return agenda


async def _take(connection: AsyncConnection, wish: Wish, *, hold: bool) -> tuple[Booked, Placement] | Refused:
    day, clock = _slot(wish)
    wanted = _wanted(wish, day)
    found = await place_on(connection, wish, wanted, clock)
    if isinstance(found, Agenda):
        if not hold and found.has_already(day, clock):
            return ALREADY_BOOKED
        return await refuse_slot(connection, wish, found, wanted, clock)
    where, service = found
    until = held_until(wish) if hold else None
    for attempt in range(MAX_CODES):
        row = new_booking(code_for(wish.key, attempt), wish, service, where, until)
        if await insert_booking(connection, wish, row):
            return row, where
    raise ConfigurationError("no free booking code was found; archive old bookings, or lengthen the codes")


async def refuse_slot(
    connection: AsyncConnection, wish: Wish, agenda: Agenda, wanted: Wanted, clock: time
) -> Refused:
    """``slot_taken`` with the nearest times that can be had, on the same day or on the next that has one."""
    facts = agenda.instead(wanted.first, clock)
    if not facts["times"]:
        further = Wanted(wanted.service, wanted.first, SEARCH_DAYS + 1, wanted.place, wanted.without)
        facts = agenda.instead(wanted.first, clock, await read_agenda(connection, wish, further))
    return Refused("slot_taken", facts)


def _slot(wish: Wish) -> tuple[date, time]:
    return date.fromisoformat(wish.text("date")), time.fromisoformat(wish.text("time"))


def _wanted(wish: Wish, day: date) -> Wanted:
    return Wanted(wish.text("service"), day, place=wish.text("place"))
