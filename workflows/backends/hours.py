"""When a place is open: plain arithmetic on local hours and closures, true on the days the clocks change.

Hours and closures are wall times of the place. They are combined there, and only the finished spans become moments:
subtracting wall times of one zone across a change of the clocks would be an hour wrong.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

Hours = Mapping[int, Sequence[tuple[time, time]]]
"""weekday (0 = Monday) -> opens, closes; local. Closing not after opening means on the next day."""

Span = tuple[datetime, datetime]
"""from, to (excluded); aware"""


@dataclass(frozen=True, slots=True)
class HoursRow:
    """A line of the opening hours."""

    place: str
    """empty = every place without hours of its own"""
    resource: str
    """empty = every resource without hours of its own"""
    weekday: int
    opens: time
    closes: time


@dataclass(frozen=True, slots=True)
class Closure:
    """A holiday, or any other time nobody is there."""

    starts: datetime
    """naive: local to the place"""
    ends: datetime
    """naive: local to the place, excluded"""
    place: str = ""
    """empty = all"""
    resource: str = ""
    """empty = all"""
    reason: str = ""

    def concerns(self, place: str, resource: str) -> bool:
        """Whether it closes this resource."""
        return self.place in ("", place) and self.resource in ("", resource)


def hours_for(rows: Sequence[HoursRow], place: str, resource: str) -> Hours:
    """The most specific hours there are: the resource's, else the place's, else those of the whole business."""
    chosen = (
        [row for row in rows if resource and row.resource == resource]
        or [row for row in rows if not row.resource and row.place == place]
        or [row for row in rows if not row.resource and not row.place]
    )
    hours: dict[int, list[tuple[time, time]]] = {}
    for row in sorted(chosen, key=lambda row: (row.weekday, row.opens)):
        hours.setdefault(row.weekday, []).append((row.opens, row.closes))
    return hours


def starts_on(
    day: date, hours: Hours, closures: Sequence[Closure], zone: ZoneInfo, minutes: int, every: int
) -> Iterator[datetime]:
    """Every start on ``day`` at which an appointment of ``minutes`` lies within the hours; aware, in order.

    ``every``: minutes between starts, counted from opening. ``closures`` are those that concern the resource.
    """
    # The night before may reach into this day.
    for opening in (day - timedelta(days=1), day):
        for opens, closes in hours.get(opening.weekday(), ()):
            moment = datetime.combine(opening, opens)
            close = datetime.combine(opening + timedelta(days=closes <= opens), closes)
            if close.date() < day:
                continue
            last = moment_of(close, zone)
            while moment < close:
                if moment.date() == day and exists(moment, zone):
                    start = moment_of(moment, zone)
                    end = start + timedelta(minutes=minutes)
                    if end <= last and not _closed(start, end, closures, zone):
                        yield start.astimezone(zone)
                moment += timedelta(minutes=every)


def opens_on(day: date, hours: Hours, closures: Sequence[Closure], zone: ZoneInfo) -> bool:
    """Whether the doors open at all on ``day``."""
    return any(True for _ in starts_on(day, hours, closures, zone, 1, 5))


def exists(local: datetime, zone: ZoneInfo) -> bool:
    """Whether the clocks of ``zone`` ever show the naive time ``local`` (PEP 495: they skip an hour in spring)."""
    moment = local.replace(tzinfo=zone)
    return moment.astimezone(UTC).astimezone(zone).replace(tzinfo=None) == local


def moment_of(local: datetime, zone: ZoneInfo) -> datetime:
    """The moment, in UTC, of a naive wall time; its first one when the clocks show it twice."""
    return local.replace(tzinfo=zone, fold=0).astimezone(UTC)


def _closed(start: datetime, end: datetime, closures: Sequence[Closure], zone: ZoneInfo) -> bool:
    return any(moment_of(one.starts, zone) < end and start < moment_of(one.ends, zone) for one in closures)


def day_span(day: date, days: int, timezone: str) -> Span:
    """From the start of ``day`` for so many days, in a time zone."""
    zone = ZoneInfo(timezone)
    return datetime.combine(day, time(), zone), datetime.combine(day + timedelta(days=days), time(), zone)
