"""The grammar of a day: what is relative to today, and the rules of all other days in their order."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from .days import WEEKDAYS, DateParts, add_months, resolve, shift
from .holidays import read_holiday
from .month_days import (
    read_day_month,
    read_month_day,
    read_month_edge,
    read_nth_weekday,
    read_numeric,
    read_spoken_numerals,
)
from .spans import read_span
from .tokens import MASK
from .weekdays import read_weekday
from .years import Calendar, Read, at

_DAY_WORDS = {
    "today": 0, "tonight": 0, "tomorrow": 1, "tomorow": 1, "tommorrow": 1, "tommorow": 1, "tmrw": 1, "tomoz": 1,
    "yesterday": -1, "tomorrows": 1, "todays": 0,
}  # fmt: skip
_ONWARD = frozenset({"from", "on", "after", "today", "tomorrow", "this"})


def read_date(words: Sequence[str], i: int, calendar: Calendar) -> Read:
    """The date that starts at word ``i`` and the index after it."""
    if words[i] == MASK:
        return None
    for rule in _RULES:
        read = rule(words, i, calendar)
        if read:
            return read
    return None


def _relative(words: Sequence[str], i: int, calendar: Calendar) -> Read:
    k = i + 1 if words[i] == "the" else i
    if at(words, k, "day", "after", "tomorrow"):
        return DateParts(fixed=shift(calendar.today, 2)), k + 3
    if at(words, k, "day", "before", "yesterday"):
        return DateParts(fixed=shift(calendar.today, -2)), k + 3
    if at(words, i, "overmorrow"):
        return DateParts(fixed=shift(calendar.today, 2)), i + 1
    for prefix in ("this", "later"):
        part = words[i + 1] if words[i] == prefix and i + 1 < len(words) else ""
        if part in ("morning", "afternoon", "evening") or (prefix == "later" and part == "today"):
            return DateParts(fixed=calendar.today, sure=0.9), i + 2
    days = _DAY_WORDS.get(words[i])
    if days is None:
        return None
    j = i + 1
    if days >= 0 and j < len(words) and words[j] in ("week", "fortnight") and not at(words, j + 1, "day"):
        days, j = days + (7 if words[j] == "week" else 14), j + 1
    return DateParts(fixed=shift(calendar.today, days)), j


def _offset(words: Sequence[str], i: int, calendar: Calendar) -> Read:
    """ "in two weeks", "a week from Thursday", "three days from now", "two days ago", "a week on Monday"."""
    leads = words[i] in ("in", "within")
    span = read_span(words, i + 1 if leads else i) or _bare_week(words, i)
    if span is None:
        return None
    days, months, j = span
    if j < len(words) and words[j] == "time":
        leads, j = True, j + 1
    if at(words, j, "ago"):
        past = add_months(shift(calendar.today, -days) or calendar.today, -months)
        return DateParts(fixed=past), j + 1
    if j < len(words) and (words[j] in _ONWARD or words[j] in WEEKDAYS):
        stay = any(word in ("night", "nights") for word in words[i:j])
        if stay and not at(words, j, "from", "now"):
            return None  # "three nights from the sixth" is a stay, not a day
        k = j + 1 if words[j] in ("from", "on", "after", "this") else j
        if at(words, k, "now"):
            return _later(calendar, days, months), k + 1
        base = read_date(words, k, calendar) if k < len(words) and words[k] != "in" else None
        if base and months:
            origin = resolve(base[0], calendar.today)
            return (DateParts(fixed=add_months(origin.day, months)), base[1]) if origin else None
        if base and words[j] != "this":
            return replace(base[0], days=base[0].days + days), base[1]
    if leads:
        return _later(calendar, days, months), j
    return None


def _bare_week(words: Sequence[str], i: int) -> tuple[int, int, int] | None:
    """ "Week today", "week on Tuesday" (British), the article left out."""
    after = words[i + 1] if i + 1 < len(words) else ""
    before = words[i - 1] if i else ""
    if words[i] != "week" or before in WEEKDAYS or before in ("next", "last", "this", "the", "per", "each", "every"):
        return None
    on_a_day = after == "on" and i + 2 < len(words) and (words[i + 2] in WEEKDAYS or words[i + 2] == "the")
    return (7, 0, i + 1) if on_a_day or after in ("today", "tomorrow") or after in WEEKDAYS else None


def _beside(words: Sequence[str], i: int, calendar: Calendar) -> Read:
    """ "The day before Thanksgiving", "the Monday after Easter", "this time next week", "a week later"."""
    if words[i] in ("this", "same") and words[i + 1 : i + 2] in (("time",), ("day",)) and at(words, i + 2, "next"):
        ahead = {"week": (7, 0), "month": (0, 1), "year": (0, 12)}.get(words[i + 3] if i + 3 < len(words) else "")
        return (_later(calendar, *ahead), i + 4) if ahead else None
    j = i + (words[i] == "the")
    if j + 2 >= len(words) or words[j + 1] not in ("before", "after", "following"):
        return None
    if words[j] != "day" and words[j] not in WEEKDAYS:
        return None
    base = read_date(words, j + 2, calendar) if words[j + 2] not in WEEKDAYS or words[j] == "day" else None
    day = resolve(base[0], calendar.today) if base else None
    if base is None or day is None:
        return None
    back = words[j + 1] == "before"
    if words[j] == "day":
        return DateParts(fixed=shift(day.day, -1 if back else 1), sure=0.9), base[1]
    gap = (WEEKDAYS[words[j]] - day.day.weekday()) % 7
    return DateParts(fixed=shift(day.day, (gap - 7 if back else gap or 7)), sure=0.9), base[1]


def _later(calendar: Calendar, days: int, months: int) -> DateParts:
    moved = shift(calendar.today, days)
    return DateParts(fixed=add_months(moved, months) if moved else None)


_RULES: tuple[Callable[[Sequence[str], int, Calendar], Read], ...] = (
    _relative, read_numeric, _offset, _beside, read_nth_weekday, read_month_edge, read_weekday, read_month_day,
    read_day_month, read_spoken_numerals, read_holiday,
)  # fmt: skip
