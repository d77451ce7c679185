"""Which times are free: plain arithmetic on opening hours and what is taken."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

GRID_MINUTES = 30
"""appointments begin on the half hour, counted from opening"""

SEARCH_DAYS = 60
"""how far ahead the next free day is looked for"""

Span = tuple[datetime, datetime]
"""from, to (excluded); aware"""

Hours = Mapping[int, Sequence[tuple[time, time]]]
"""weekday (0 = Monday) -> from, to; local"""


@dataclass(frozen=True, slots=True)
class Agenda:
    """All that decides whether a time is free."""

    hours: Hours
    minutes: int
    """of one appointment"""
    busy: Mapping[str, Sequence[Span]]
    """resource -> what is taken; every resource that offers the service is a key"""
    timezone: str
    now: datetime

    def is_open(self, day: date) -> bool:
        """Whether the house opens at all on ``day``."""
        return bool(self.hours.get(day.weekday()))

    def starts(self, day: date) -> list[datetime]:
        """Every start on ``day`` at which some resource is free; aware, in order."""
        return [start for start in self._grid(day) if start > self.now and self.free_resources(start)]

    def free_resources(self, start: datetime) -> list[str]:
        """The resources free for one appointment from ``start``, by name."""
        end = start + timedelta(minutes=self.minutes)
        return sorted(name for name, spans in self.busy.items() if not _overlaps(start, end, spans))

    def fits(self, start: datetime) -> bool:
        """Whether an appointment may begin at ``start``, leaving aside what is taken."""
        return start > self.now and start in self._grid(start.date())

    def times(self, day: date) -> str:
        """The free starts on ``day`` in canonical form: ``09:00,09:30``."""
        return ",".join(start.strftime("%H:%M") for start in self.starts(day))

    def next_day(self, after: date) -> str:
        """The first day after ``after`` with a free time, ISO; empty when there is none for long."""
        for ahead in range(1, SEARCH_DAYS + 1):
            day = after + timedelta(days=ahead)
            if self.starts(day):
                return day.isoformat()
        return ""

    def _grid(self, day: date) -> list[datetime]:
        zone = ZoneInfo(self.timezone)
        found: list[datetime] = []
        for opens, closes in self.hours.get(day.weekday(), ()):
            moment = datetime.combine(day, opens)
            last = datetime.combine(day, closes) - timedelta(minutes=self.minutes)
            while moment <= last:
                found += _existing(moment, zone)
                moment += timedelta(minutes=GRID_MINUTES)
        return found


def _existing(local: datetime, zone: ZoneInfo) -> Iterable[datetime]:
    """``local`` in its zone; nothing when the clocks skip it (PEP 495)."""
    moment = local.replace(tzinfo=zone)
    return [moment] if moment.astimezone(UTC).astimezone(zone).replace(tzinfo=None) == local else []


def _overlaps(start: datetime, end: datetime, spans: Iterable[Span]) -> bool:
    # Compared in UTC: on the day the clocks change, wall times of one zone do not subtract truly.
    first, last = start.astimezone(UTC), end.astimezone(UTC)
    return any(begin.astimezone(UTC) < last and first < finish.astimezone(UTC) for begin, finish in spans)


def day_span(day: date, days: int, timezone: str) -> Span:
    """From the start of ``day`` for so many days, in a time zone."""
    zone = ZoneInfo(timezone)
    return (
        datetime.combine(day, time(), zone),
        datetime.combine(day + timedelta(days=days), time(), zone),
    )


def local_start(day: str, clock: str, timezone: str) -> datetime:
    """An aware moment from a canonical date and time. Raises ValueError."""
    return datetime.combine(date.fromisoformat(day), time.fromisoformat(clock), ZoneInfo(timezone))
