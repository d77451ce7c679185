"""Which times are free: everything that decides about one service, as a value."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta
from functools import cached_property
from zoneinfo import ZoneInfo

from calls.commands import Value
from workflows.backends.hours import Closure, Hours, Span, opens_on, starts_on

SEARCH_DAYS = 60
"""how far ahead the next free day is looked for"""

OFFERS = 3
"""how many times are named when the wanted one cannot be had"""


@dataclass(frozen=True, slots=True)
class Service:
    """What can be booked."""

    id: str
    minutes: int
    """of one appointment"""
    before: int = 0
    """minutes kept free before"""
    after: int = 0
    """minutes kept free after"""
    every: int = 30
    """minutes between starts, counted from opening"""
    capacity: int = 1
    """how many share one session; 1 = everybody has one of their own"""
    change_hours: int = 0
    """a booking is moved or cancelled at the latest so many hours before its start"""

    def busy(self, start: datetime) -> Span:
        """What an appointment from ``start`` occupies, buffers and all; in UTC."""
        first = start.astimezone(UTC)
        return first - timedelta(minutes=self.before), first + timedelta(minutes=self.minutes + self.after)

    def session(self, start: datetime) -> str:
        """What the members of one group have in common; empty for an appointment of one's own."""
        return f"{self.id}/{start.astimezone(UTC):%Y%m%dT%H%M}" if self.capacity > 1 else ""


@dataclass(frozen=True, slots=True)
class Taken:
    """A seat that is not free for a while."""

    start: datetime
    end: datetime
    seat: int = 1
    session: str = ""


@dataclass(frozen=True)
class Diary:
    """One resource: a person, a room, a chair, or a hall with many seats."""

    resource: str
    place: str = ""
    timezone: str = "UTC"
    """IANA; of the place"""
    seats: int = 1
    hours: Hours = field(default_factory=dict)
    closures: Sequence[Closure] = ()
    """those that concern it"""
    taken: Sequence[Taken] = ()

    @cached_property
    def zone(self) -> ZoneInfo:
        """Where its clocks stand."""
        return ZoneInfo(self.timezone)

    def seat(self, service: Service, start: datetime) -> int | None:
        """The first seat that is free for one appointment from ``start``; None when none is.

        A resource does one session at a time: either one group, or appointments of one's own side by side.
        """
        first, last = service.busy(start)
        there = [one for one in self.taken if one.start < last and first < one.end]
        if not there:
            return 1
        session = service.session(start)
        if any(one.session != session for one in there):
            return None
        seats = min(self.seats, service.capacity) if session else self.seats
        occupied = {one.seat for one in there}
        return next((seat for seat in range(1, seats + 1) if seat not in occupied), None)

    def starts(self, service: Service, day: date) -> Iterator[datetime]:
        """Every start on ``day`` within its hours, taken or not."""
        return starts_on(day, self.hours, self.closures, self.zone, service.minutes, service.every)


@dataclass(frozen=True, slots=True)
class Placement:
    """Where an appointment goes."""

    resource: str
    place: str
    seat: int
    start: datetime
    """aware, in the place's time zone"""


@dataclass(frozen=True, slots=True)
class Kept:
    """A time that is kept for the caller, who waited for one."""

    number: str
    """of their entry of the wait list"""
    resource: str
    start: datetime
    """UTC"""
    until: datetime


@dataclass(frozen=True, slots=True)
class Agenda:
    """All that decides whether a time is free."""

    service: Service
    diaries: Sequence[Diary]
    """of every resource that offers the service, by name"""
    now: datetime
    general: Hours = field(default_factory=dict)
    """of the business; what counts while nothing offers the service"""
    kept: Sequence[Kept] = ()
    """for this caller, by start"""
    own: Sequence[Span] = ()
    """appointments this very call has made for the same person"""

    def is_open(self, day: date) -> bool:
        """Whether anybody who offers the service is there on ``day``."""
        if not self.diaries:
            return bool(self.general.get(day.weekday()))
        return any(opens_on(day, diary.hours, diary.closures, diary.zone) for diary in self.diaries)

    def placements(self, day: date, clock: time) -> list[Placement]:
        """Where an appointment can be had at the wall time ``clock`` of ``day``, by the resource's name."""
        wanted = datetime.combine(day, clock)
        found: list[Placement] = []
        for diary in self.diaries:
            for start in diary.starts(self.service, day):
                if start.replace(tzinfo=None) == wanted and start > self.now:
                    seat = diary.seat(self.service, start)
                    if seat is not None:
                        found.append(Placement(diary.resource, diary.place, seat, start))
                    break
        return found

    def has_already(self, day: date, clock: time) -> bool:
        """Whether this call has booked that hour for the same person: nobody is at two places at once."""
        there = [where.start for where in self.placements(day, clock)[:1]]
        wanted = there or [datetime.combine(day, clock, diary.zone) for diary in self.diaries]
        length = timedelta(minutes=self.service.minutes)
        return any(
            first < start.astimezone(UTC) + length and start.astimezone(UTC) < last
            for start in wanted
            for first, last in self.own
        )

    def starts(self, day: date) -> list[datetime]:
        """Every start on ``day`` that can be had; naive, as the clocks of the place show it."""
        found: set[datetime] = set()
        for diary in self.diaries:
            for start in diary.starts(self.service, day):
                wall = start.replace(tzinfo=None)
                if wall not in found and start > self.now and diary.seat(self.service, start) is not None:
                    found.add(wall)
        return sorted(found)

    def times(self, day: date) -> str:
        """The free starts on ``day`` in canonical form: ``09:00,09:30``; first what is kept for the caller."""
        free = self.starts(day)
        first = [start for start in free if self.kept_at(day, start.time())]
        return ",".join(start.strftime("%H:%M") for start in (*first, *(one for one in free if one not in first)))

    def kept_at(self, day: date, clock: time) -> Kept | None:
        """What is kept for the caller at the wall time ``clock`` of ``day``, its start in the place's time zone."""
        wanted = datetime.combine(day, clock)
        for diary in self.diaries:
            for one in self.kept:
                if one.resource == diary.resource and one.start.astimezone(diary.zone).replace(tzinfo=None) == wanted:
                    return replace(one, start=one.start.astimezone(diary.zone))
        return None

    def next_day(self, after: date) -> str:
        """The first day after ``after`` with a free time, ISO; empty when there is none for long."""
        days = (after + timedelta(days=ahead) for ahead in range(1, SEARCH_DAYS + 1))
        return next((day.isoformat() for day in days if self.starts(day)), "")

    def instead(self, day: date, clock: time, ahead: Agenda | None = None) -> Mapping[str, Value]:
        """What is said to somebody who cannot have ``clock`` on ``day``.

        ``ahead``: the same agenda with what is taken on the days to come; asked when nothing is left on ``day``.
        """
        wanted, left = datetime.combine(day, clock), self.starts(day)
        next_date = "" if left or ahead is None else ahead.next_day(day)
        some = left if left or ahead is None or not next_date else ahead.starts(date.fromisoformat(next_date))
        nearest = sorted(sorted(some, key=lambda start: (abs(start - wanted), start))[:OFFERS])
        return {
            "times": ",".join(start.strftime("%H:%M") for start in left),
            "nearest": ",".join(start.isoformat(timespec="minutes") for start in nearest),
            "next_date": next_date,
        }
