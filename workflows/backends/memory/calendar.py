"""The calendar in memory."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from calls.commands import Value
from workflows.backends.agenda import Agenda
from workflows.backends.booked import Booked, new_booking, when
from workflows.backends.booking import ALREADY_BOOKED, held_until
from workflows.backends.changes import TOO_LATE
from workflows.backends.memory.books import Books, Waiting
from workflows.backends.memory.offers import (
    current_agenda,
    drop_holds_in_the_way,
    extend,
    leave_row,
    offer,
)
from workflows.backends.owning import NO_BOOKING
from workflows.backends.subjects import BOOKING, CUSTOMER, subject_of
from workflows.backends.wishes import NOT_VERIFIED, Answer, Done, Found, Notice, Refused, Wish, code_for


def find_times(books: Books, wish: Wish) -> Answer:
    """Free times on a day."""
    day = date.fromisoformat(wish.text("date"))
    named, own = wish.text("without"), own_booking(books, wish)
    without = named if isinstance(own, Booked) and own.code == named else ""
    agenda = current_agenda(books, wish, wish.text("service"), wish.text("place"), without)
    times = agenda.times(day)
    if times:
        return Found({"times": times, "next_date": ""})
    facts = {"times": "", "next_date": agenda.next_day(day)}
    return Refused("no_times" if agenda.is_open(day) else "closed", facts)


def book(books: Books, wish: Wish) -> Answer:
    """Take a time."""
    taken = _take(books, wish, None)
    if isinstance(taken, Refused):
        return taken
    row, told = taken
    books.bookings.append(row)
    offers = leave_row(books, wish, row, date.fromisoformat(str(told["date"])))
    return Done({**told, "service": row.service}, (row.notice("booking.created"), *offers))


def hold_time(books: Books, wish: Wish) -> Answer:
    """Keep a time for this call."""
    day, clock = date.fromisoformat(wish.text("date")), time.fromisoformat(wish.text("time"))
    kept = current_agenda(books, wish, wish.text("service"), wish.text("place")).kept_at(day, clock)
    if kept is not None:
        until = max(kept.until, held_until(wish))
        books.holds = [one for one in books.holds if one.call not in wish.calls]
        extend(books, kept, until)
        return Found({"held_until": until.astimezone(kept.start.tzinfo).strftime("%H:%M")})
    taken = _take(books, wish, held_until(wish))
    if isinstance(taken, Refused):
        return taken
    row, _ = taken
    books.holds.append(row)
    assert row.held_until is not None
    zone = ZoneInfo(books.zone_of(wish, row.resource))
    return Found({"held_until": row.held_until.astimezone(zone).strftime("%H:%M")})


def find_booking(books: Books, wish: Wish) -> Answer:
    """The verified booking, or the verified customer's next one."""
    own = own_booking(books, wish)
    if isinstance(own, Refused):
        return own
    start = own.local(books.zone_of(wish, own.resource))
    return Found(
        {
            "booking_service": own.service,
            "booking_date": start.date().isoformat(),
            "booking_time": start.strftime("%H:%M"),
            "booking_code": own.code,
            "booking_place": books.practice.place_of(own.resource).name,
            "booking_place_id": books.practice.room(own.resource).place,
        }
    )


def reschedule(books: Books, wish: Wish) -> Answer:
    """Move the verified booking."""
    own = own_booking(books, wish)
    if isinstance(own, Refused):
        return own
    if _too_late(books, wish, own):
        return TOO_LATE
    return move(books, wish, own, date.fromisoformat(wish.text("date")), time.fromisoformat(wish.text("time")))


def move(books: Books, wish: Wish, own: Booked, day: date, clock: time) -> Done | Refused:
    """``own`` to another time at the same place."""
    place = books.practice.room(own.resource).place
    agenda = current_agenda(books, wish, own.service, place, without=own.code)
    found = agenda.placements(day, clock)
    if not found:
        return _refused(agenda, day, clock)
    where, service = found[0], agenda.service
    first, last = service.busy(where.start)
    start = where.start.astimezone(UTC)
    moved = replace(
        own,
        resource=where.resource,
        span=(start, start + timedelta(minutes=service.minutes)),
        occupied=(first, last),
        seat=where.seat,
        session=service.session(where.start),
        status="booked",
    )
    books.replace_booking(own, moved)
    drop_holds_in_the_way(books, wish, moved)
    before = own.local(books.zone_of(wish, own.resource))
    was = {"from_date": before.date().isoformat(), "from_time": before.strftime("%H:%M")}
    offers = leave_row(books, wish, moved, where.start.date())
    offers += offer(books, wish, own) if moved.span != own.span else []
    return Done({**when(own.code, where), **was}, (moved.notice("booking.rescheduled"), *offers))


def cancel_booking(books: Books, wish: Wish) -> Answer:
    """Give the verified booking up."""
    own = own_booking(books, wish)
    if isinstance(own, Refused):
        return own
    return TOO_LATE if _too_late(books, wish, own) else give_up(books, wish, own)


def give_up(books: Books, wish: Wish, own: Booked) -> Done:
    """Cancel ``own``, whatever the policy says."""
    books.replace_booking(own, replace(own, status="cancelled"))
    start = own.local(books.zone_of(wish, own.resource))
    result = {"code": own.code, "date": start.date().isoformat(), "time": start.strftime("%H:%M")}
    return Done(result, (own.notice("booking.cancelled"), *offer(books, wish, own)))


def join_wait_list(books: Books, wish: Wish) -> Answer:
    """Write somebody down."""
    day, service = date.fromisoformat(wish.text("date")), wish.text("service")
    current_agenda(books, wish, service)
    who, where = (service, day, wish.text("phone")), ("", wish.text("place"))
    earlier = [
        one
        for one in books.waiting
        if (one.service, one.day, one.phone) == who and one.status in ("waiting", "offered") and one.place in where
    ]
    if not earlier:
        number = code_for(wish.key)
        entry = Waiting(number, service, wish.text("place"), day, wish.text("name"), wish.text("phone"), call=wish.call)
        entry = replace(entry, since=(wish.now, wish.key))
        # Two who joined in the same moment stand in the order of their keys, as in the database.
        books.waiting = sorted([*books.waiting, entry], key=lambda one: one.since or (wish.now, ""))
        earlier = [entry]
    notice = Notice("wait_list.joined", earlier[0].number, {"service": service, "date": day.isoformat()})
    return Done({"number": earlier[0].number, "date": day.isoformat()}, (notice,))


def own_booking(books: Books, wish: Wish) -> Booked | Refused:
    """The booking the caller has proved to be theirs, as long as it lies ahead."""
    kind, name = subject_of(wish.subject)
    if kind == BOOKING:
        mine = [one for one in books.bookings if one.code == name]
    elif kind == CUSTOMER:
        person = books.customer(name)
        mine = [one for one in books.bookings if person is not None and books.holds_the_phone(person, one)]
    else:
        return NOT_VERIFIED
    ahead = [one for one in mine if one.status == "booked" and one.span[1] > wish.now]
    return min(ahead, key=lambda one: (one.span[0], one.code)) if ahead else NO_BOOKING


def _take(books: Books, wish: Wish, held_until: datetime | None) -> tuple[Booked, dict[str, Value]] | Refused:
    day, clock = date.fromisoformat(wish.text("date")), time.fromisoformat(wish.text("time"))
    agenda = current_agenda(books, wish, wish.text("service"), wish.text("place"))
    if held_until is None and agenda.has_already(day, clock):
        return ALREADY_BOOKED
    found = agenda.placements(day, clock)
    if not found:
        return _refused(agenda, day, clock)
    codes = {one.code for one in (*books.bookings, *books.holds) if one.call not in wish.calls}
    code = next(code for code in (code_for(wish.key, attempt) for attempt in range(20)) if code not in codes)
    row = new_booking(code, wish, agenda.service, found[0], held_until)
    drop_holds_in_the_way(books, wish, row)
    return row, dict(when(code, found[0]))


def _refused(agenda: Agenda, day: date, clock: time) -> Refused:
    return Refused("slot_taken", agenda.instead(day, clock, agenda))


def _too_late(books: Books, wish: Wish, own: Booked) -> bool:
    return wish.now > own.span[0] - timedelta(hours=books.practice.service(own.service).change_hours)
