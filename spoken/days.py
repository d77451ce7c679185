"""Days as people mean them: parts of a date, and the calendar day they resolve to.

Weeks begin on Monday. "Next Tuesday" is the Tuesday of the coming week; while this week's Tuesday is
still ahead that is doubtful and it becomes the alternative. A day already past rolls forward.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Literal

WEEKDAYS = {
    "monday": 0, "mon": 0, "mondays": 0, "tuesday": 1, "tues": 1, "tue": 1, "tuesdays": 1, "teusday": 1,
    "wednesday": 2, "wed": 2, "weds": 2, "wensday": 2, "wednesdays": 2, "thursday": 3, "thurs": 3, "thur": 3,
    "thu": 3, "thursdays": 3, "friday": 4, "fri": 4, "fridays": 4, "saturday": 5, "sat": 5, "saturdays": 5,
    "sunday": 6, "sun": 6, "sundays": 6,
}  # fmt: skip
MONTHS = {
    "january": 1, "jan": 1, "february": 2, "feb": 2, "febuary": 2, "march": 3, "mar": 3, "april": 4, "apr": 4,
    "may": 5, "june": 6, "jun": 6, "july": 7, "jul": 7, "august": 8, "aug": 8, "september": 9, "sept": 9,
    "sep": 9, "october": 10, "oct": 10, "november": 11, "nov": 11, "december": 12, "dec": 12,
}  # fmt: skip
WEEKDAY_NAMES = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
MONTH_NAMES = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October",
    "November", "December",
)  # fmt: skip

Which = Literal["", "this", "next", "coming", "last"]


@dataclass(frozen=True)
class DateParts:
    """What was said of a day. ``fixed`` is already a day; ``days`` is added at the end (a week from ...);
    ``months`` counts months from the current one ("the fifth of next month" = 1); ``nth`` of ``weekday`` in a
    month (-1 the last). ``swaps``: said in figures, so that day and month may be the other way round."""

    year: int | None = None
    month: int | None = None
    day: int | None = None
    weekday: int | None = None
    which: Which = ""
    fixed: date | None = None
    days: int = 0
    months: int | None = None
    nth: int | None = None
    sure: float = 0.95
    swaps: bool = False


@dataclass(frozen=True)
class Day:
    """A resolved day, how sure, and which other days it may be."""

    day: date
    sure: float
    others: tuple[date, ...] = ()


def make_date(year: int, month: int, day: int) -> date | None:
    """A date, or None where the calendar has none."""
    try:
        return date(year, month, day)
    except (ValueError, OverflowError):
        return None


def shift(day: date, days: int) -> date | None:
    """``day`` plus ``days``; None beyond the calendar."""
    try:
        return day + timedelta(days=days)
    except OverflowError:
        return None


def add_months(day: date, months: int) -> date | None:
    """The same day ``months`` later, or the last one of a shorter month."""
    index = day.year * 12 + day.month - 1 + months
    year, month = index // 12, index % 12 + 1
    for candidate in range(day.day, max(day.day - 4, 0), -1):
        made = make_date(year, month, candidate)
        if made:
            return made
    return None


def month_end(year: int, month: int) -> date:
    """The last day of a month."""
    first_of_next = date(year + month // 12, month % 12 + 1, 1)
    return first_of_next - timedelta(days=1)


def easter(year: int) -> date:
    """Easter Sunday, Gregorian (Meeus/Jones/Butcher)."""
    a, b, c = year % 19, year // 100, year % 100
    d, e = b // 4, b % 4
    g = (8 * b + 13) // 25
    h = (19 * a + b - d - g + 15) % 30
    i, k = c // 4, c % 4
    weekday = (32 + 2 * e + 2 * i - h - k) % 7
    m = (a + 11 * h + 22 * weekday) // 451
    month, day = divmod(h + weekday - 7 * m + 114, 31)
    return date(year, month, day + 1)


def nth_weekday(year: int, month: int, nth: int, weekday: int) -> date | None:
    """The nth (1..5, -1 the last) given weekday of a month."""
    if nth == -1:
        last = month_end(year, month)
        return last - timedelta(days=(last.weekday() - weekday) % 7)
    first = date(year, month, 1)
    day = 1 + (weekday - first.weekday()) % 7 + 7 * (nth - 1)
    return make_date(year, month, day)


def resolve(parts: DateParts, today: date) -> Day | None:
    """The day meant by ``parts``, seen from ``today``; None if no such day exists."""
    if parts.fixed is not None:
        found: Day | None = Day(parts.fixed, parts.sure)
    elif parts.nth is not None and parts.weekday is not None:
        found = _nth(parts, today)
    elif parts.day is None and parts.weekday is not None:
        found = _weekday(parts, today)
    elif parts.day is not None:
        found = _calendar_day(parts, today)
    else:
        return None
    if found is None or not parts.days:
        return found
    moved = shift(found.day, parts.days)
    return Day(moved, found.sure) if moved else None


def _month_of(parts: DateParts, today: date) -> tuple[int, int]:
    index = today.year * 12 + today.month - 1 + (parts.months or 0)
    return index // 12, index % 12 + 1


def _nth(parts: DateParts, today: date) -> Day | None:
    assert parts.nth is not None
    assert parts.weekday is not None
    if parts.month is None:
        year, month = _month_of(parts, today)
        day = nth_weekday(year, month, parts.nth, parts.weekday)
        if parts.months is None and day and day < today:
            year, month = _month_of(replace(parts, months=1), today)
            day = nth_weekday(year, month, parts.nth, parts.weekday)
        return Day(day, parts.sure) if day else None
    for year in (parts.year,) if parts.year else (today.year, today.year + 1):
        day = nth_weekday(year, parts.month, parts.nth, parts.weekday)
        if day and (parts.year or day >= today):
            return Day(day, parts.sure)
    return None


def _weekday(parts: DateParts, today: date) -> Day | None:
    assert parts.weekday is not None
    ahead = (parts.weekday - today.weekday()) % 7
    nearest = today + timedelta(days=ahead)
    after = today + timedelta(days=ahead or 7)
    if parts.which == "last":
        return Day(today - timedelta(days=(today.weekday() - parts.weekday) % 7 or 7), 0.85)
    if parts.which == "this":
        return Day(nearest, 0.9)
    if parts.which == "coming":
        return Day(after, 0.95)
    if parts.which == "next":
        monday = today - timedelta(days=today.weekday())
        of_next_week = monday + timedelta(days=7 + parts.weekday)
        if of_next_week == after:
            return Day(after, 0.85, (after + timedelta(days=7),))
        return Day(of_next_week, 0.65, (after,))
    if ahead == 0:
        return Day(after, 0.6, (today,))
    return Day(after, 0.9)


def _calendar_day(parts: DateParts, today: date) -> Day | None:
    day = _next_such_day(parts, today)
    if day is None:
        return None
    if parts.weekday is None or day.weekday() == parts.weekday:
        other = _next_such_day(replace(parts, month=parts.day, day=parts.month), today) if parts.swaps else None
        return Day(day, parts.sure, (other,) if other and other != day else ())
    if parts.month is None and parts.months is None:
        start = day
        for _ in range(2):
            later = add_months(start, 1)
            if later and later.day == parts.day and later.weekday() == parts.weekday:
                return Day(later, 0.75, (day,))
            start = later or start
    # The weekday and the number disagree: the number stands, the nearest such weekday is offered.
    off = (parts.weekday - day.weekday() + 3) % 7 - 3
    nearest = shift(day, off)
    return Day(day, 0.4, (nearest,) if nearest else ())


def _next_such_day(parts: DateParts, today: date) -> date | None:
    assert parts.day is not None
    if parts.month is not None and parts.year is not None:
        return make_date(parts.year, parts.month, parts.day)
    if parts.month is not None:
        # Eight years reach the next 29 February across a century without one.
        for year in range(today.year, today.year + 9):
            made = make_date(year, parts.month, parts.day)
            if made and made >= today:
                return made
        return None
    if parts.months is not None:
        year, month = _month_of(parts, today)
        return make_date(year, month, parts.day)
    first = today.replace(day=1)
    for ahead in range(13):
        month_first = add_months(first, ahead)
        made = make_date(month_first.year, month_first.month, parts.day) if month_first else None
        if made and made >= today:
            return made
    return None
