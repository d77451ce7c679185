"""Offers of the wait list in memory."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

from workflows.backends.agenda import Agenda, Kept
from workflows.backends.booked import WAIT_LIST, Booked
from workflows.backends.memory.books import Books
from workflows.backends.offers import fitting, hold_for, kept_until, offer_key, offer_notice
from workflows.backends.wishes import Notice, Wish


def current_agenda(books: Books, wish: Wish, service: str, place: str = "", without: str = "") -> Agenda:
    """The calendar of one service, now, after offers that are over have been passed on."""
    books.practice.service(service)
    books.outbox += pass_on(books, wish)
    return books.agenda(wish, service, place, without)


def offer(books: Books, wish: Wish, freed: Booked) -> list[Notice]:
    """Keep what became free for the first whom it suits."""
    wish = wish.for_nobody()
    room = books.practice.room(freed.resource)
    day = freed.span[0].astimezone(ZoneInfo(books.zone_of(wish, freed.resource))).date()
    for at, entry in enumerate(books.waiting):
        offered = entry.service in (room.services or (entry.service,))
        if entry.status != "waiting" or entry.day != day or entry.place not in ("", room.place) or not offered:
            continue
        agenda = books.agenda(wish, entry.service, room.place)
        where = fitting(agenda, freed, day)
        if where is not None:
            until = kept_until(wish.now, where.start)
            held = hold_for(entry.number, entry.name, entry.phone, agenda.service, where, until)
            books.holds = [one for one in books.holds if one.counts((), wish.now) or not _overlap(one, held)]
            books.holds.append(held)
            books.waiting[at] = replace(entry, status="offered", offered_start=held.span[0], offered_until=until)
            return [offer_notice(entry.number, held)]
    return []


def pass_on(books: Books, wish: Wish) -> list[Notice]:
    """End every offer that was not taken in time, and offer its time to the next in the row."""
    over = sorted(
        (one.offered_until, one.number)
        for one in books.waiting
        if one.status == "offered" and one.offered_until is not None and one.offered_until <= wish.now
    )
    numbers = [number for _, number in over]
    _mark(books, numbers, "lapsed")
    return withdraw(books, wish, numbers)


def withdraw(books: Books, wish: Wish, numbers: Sequence[str]) -> list[Notice]:
    """Let go of what is kept for these entries; each time goes to the next who waits for it, in this order."""
    keys = [offer_key(number) for number in numbers]
    freed = {one.key: one for one in books.holds if one.key in keys}
    books.holds = [one for one in books.holds if one.key not in keys]
    notices: list[Notice] = []
    for key in keys:
        if key in freed:
            notices += offer(books, wish, freed[key])
    return notices


def leave_row(books: Books, wish: Wish, row: Booked, day: date) -> list[Notice]:
    """Who got a time waits for that day no more; what was kept for them besides goes to the next."""
    numbers = [
        one.number
        for one in books.waiting
        if (one.status in ("waiting", "offered") and (one.phone, one.service, one.day) == (row.phone, row.service, day))
        or (
            one.status == "offered"
            and one.phone in (*wish.numbers, row.phone)
            and one.offered_start is not None
            and row.span[0] <= one.offered_start < row.busy[1]
        )
    ]
    _mark(books, numbers, "taken")
    return withdraw(books, wish, sorted(numbers))


def extend(books: Books, kept: Kept, until: datetime) -> None:
    """What is kept for the caller stays so until then."""
    key = offer_key(kept.number)
    books.holds = [replace(one, held_until=until) if one.key == key else one for one in books.holds]
    books.waiting = [
        replace(one, offered_until=until) if one.number == kept.number else one for one in books.waiting
    ]


def drop_holds_in_the_way(books: Books, wish: Wish, row: Booked) -> None:
    """The caller's own holds make room for ``row``, and those that are over."""
    books.holds = [one for one in books.holds if not _makes_room(one, wish, row)]


def _makes_room(one: Booked, wish: Wish, row: Booked) -> bool:
    if one.call in wish.calls:
        return True
    over = one.held_until is not None and one.held_until <= wish.now.astimezone(UTC)
    return _overlap(one, row) and (over or (one.call == WAIT_LIST and one.phone in wish.numbers))


def _overlap(one: Booked, other: Booked) -> bool:
    return (
        one.resource == other.resource and one.busy[0] < other.busy[1] and other.busy[0] < one.busy[1]
    )


def _mark(books: Books, numbers: Sequence[str], status: str) -> None:
    books.waiting = [replace(one, status=status) if one.number in numbers else one for one in books.waiting]
