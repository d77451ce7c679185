"""Closures out of an iCalendar file (RFC 5545), such as a state's public holidays.

Every event is a time nobody is there, also one marked as transparent: public holidays usually are. Repeating events
are written out as far as asked, in the time zone they were made in, with their exceptions and single changes.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from calls.errors import ConfigurationError
from workflows.backends.hours import Closure

LARGEST = 2_000_000
"""bytes of a file"""
MOST = 5_000
"""closures out of one file"""
EVERY = frozenset({"DAILY", "WEEKLY", "MONTHLY", "YEARLY"})
"""how often an event may repeat"""

Moment = date | datetime


@dataclass(frozen=True, slots=True)
class Reach:
    """What part of a calendar is wanted, and whom it concerns."""

    first: date
    last: date
    """included"""
    timezone: str
    """IANA; that of the place: moments of other zones are told in it"""
    place: str = ""
    resource: str = ""


@dataclass(slots=True)
class _Series:
    """One event with everything that belongs to it."""

    event: Any
    changed: set[datetime] = field(default_factory=set)
    """occurrences that another event of the same id stands for; UTC, or naive for whole days"""


def read_closures(text: bytes, file: str, reach: Reach) -> list[Closure]:
    """The closures in a file, in order. Raises ConfigurationError, naming the event, when it cannot be read."""
    from icalendar import Calendar

    if len(text) > LARGEST:
        raise ConfigurationError(f"{file} has {len(text):,} bytes, a calendar at most {LARGEST:,}; export less of it")
    try:
        calendars = Calendar.from_ical(text, multiple=True)
        events = [event for calendar in calendars for event in calendar.walk("VEVENT")]
    except (ValueError, TypeError, IndexError, KeyError) as why:
        raise ConfigurationError(f"{file} is no iCalendar file ({why}); export it again as .ics") from None
    if not calendars:
        raise ConfigurationError(f"{file} holds no whole calendar; export it again as .ics")
    found: set[tuple[datetime, datetime, str]] = set()
    for series in _series(events):
        try:
            for one in _closures(series, reach):
                found.add(one)
                if len(found) > MOST:
                    raise ConfigurationError(f"{file}: more than {MOST:,} closures; import a shorter time with --until")
        except (ValueError, TypeError, KeyError, AttributeError, OverflowError) as why:
            raise ConfigurationError(f"{file}: {_title(series.event)}: {why}; mend it, and export again") from None
    return [Closure(starts, ends, reach.place, reach.resource, reason) for starts, ends, reason in sorted(found)]


def _series(events: Iterable[Any]) -> list[_Series]:
    listed = list(events)
    changed: Mapping[str, set[datetime]] = {str(event.get("UID", "")): set() for event in listed}
    for event in listed:
        if event.get("RECURRENCE-ID") is not None:
            changed[str(event.get("UID", ""))].add(_key(event["RECURRENCE-ID"].dt))
    return [
        _Series(event, set() if event.get("RECURRENCE-ID") is not None else changed[str(event.get("UID", ""))])
        for event in listed
    ]


def _closures(series: _Series, reach: Reach) -> Iterator[tuple[datetime, datetime, str]]:
    event = series.event
    if event.errors:
        name, why = event.errors[0]
        raise ValueError(f"{name}: {why}")
    if str(event.get("STATUS", "")).upper() == "CANCELLED":
        return
    start = event["DTSTART"].dt
    length = _length(event, start)
    if length <= timedelta(0):
        raise ValueError("it ends before it starts" if length < timedelta(0) else "it has no length")
    left_out = series.changed | {_key(moment) for moment in _dates(event, "EXDATE")}
    for moment in _occurrences(event, start, reach):
        if _key(moment) in left_out:
            continue
        starts, ends = _local(moment, reach), _local(moment + length, reach)
        if ends.date() >= reach.first and starts.date() <= reach.last:
            yield starts, ends, str(event.get("SUMMARY", "")).strip()


def _occurrences(event: Any, start: Moment, reach: Reach) -> Iterator[Moment]:
    from dateutil.rrule import rrulestr

    rule = event.get("RRULE")
    if rule is None:
        yield start
    else:
        for one in rule if isinstance(rule, list) else [rule]:
            often = one.get("FREQ", [""])[0].upper()
            if often not in EVERY:
                raise ValueError(f"it repeats {often or 'never'}; a closure repeats {', '.join(sorted(EVERY))}")
            whole = not isinstance(start, datetime)
            first = start if isinstance(start, datetime) else datetime.combine(start, time())
            if any(int(step) < 1 for step in one.get("INTERVAL", [1])):
                raise ValueError("its repetitions never go on (INTERVAL)")
            _match_until(one, first)
            # A day of margin: the last day of the place may be another one where the event was made.
            end = datetime.combine(reach.last + timedelta(days=2), time(), first.tzinfo)
            for moment in rrulestr(one.to_ical().decode(), dtstart=first):
                if moment > end:
                    break
                yield moment.date() if whole else moment
    yield from _dates(event, "RDATE")


def _match_until(rule: Any, first: datetime) -> None:
    """RFC 5545 3.3.10 wants UNTIL in the form of DTSTART; calendars in the wild mix them."""
    untils = []
    for until in rule.get("UNTIL", []):
        moment = until if isinstance(until, datetime) else datetime.combine(until, time(23, 59, 59))
        if first.tzinfo is not None:
            untils.append((moment if moment.tzinfo else moment.replace(tzinfo=first.tzinfo)).astimezone(UTC))
        else:
            untils.append(moment.replace(tzinfo=None))
    if untils:
        rule["UNTIL"] = untils


def _length(event: Any, start: Moment) -> timedelta:
    if event.get("DTEND") is not None:
        end = event["DTEND"].dt
        if isinstance(end, datetime) != isinstance(start, datetime):
            raise ValueError("it starts on a day and ends at a time")
        return end - start  # type: ignore[no-any-return]
    if event.get("DURATION") is not None:
        return event["DURATION"].dt  # type: ignore[no-any-return]
    return timedelta(0) if isinstance(start, datetime) else timedelta(days=1)


def _dates(event: Any, name: str) -> Iterator[Moment]:
    listed = event.get(name)
    for one in listed if isinstance(listed, list) else [listed] if listed is not None else []:
        for value in one.dts:
            yield value.dt[0] if isinstance(value.dt, tuple) else value.dt


def _local(moment: Moment, reach: Reach) -> datetime:
    """As the clocks of the place show it; floating times and whole days are local wherever one is."""
    if not isinstance(moment, datetime):
        return datetime.combine(moment, time())
    return moment.astimezone(ZoneInfo(reach.timezone)).replace(tzinfo=None) if moment.tzinfo else moment


def _key(moment: Moment) -> datetime:
    if not isinstance(moment, datetime):
        return datetime.combine(moment, time())
    return moment.astimezone(UTC) if moment.tzinfo else moment


def _title(event: Any) -> str:
    return f"event {str(event.get('SUMMARY', '') or event.get('UID', '') or 'without a name')!r}"
