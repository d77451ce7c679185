"""The grammar of a day: "the fourteenth", "Tuesday week", "March 3rd", "in two weeks", "3/14"."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date

from .days import (
    MONTHS,
    WEEKDAYS,
    DateParts,
    Which,
    add_months,
    easter,
    make_date,
    month_end,
    nth_weekday,
    shift,
)
from .numbers import read_cardinal, read_ordinal
from .tokens import MASK, word_set
from .years import Calendar, at, day_number, full_year, read_year

Read = tuple[DateParts, int] | None


_NOUNS = word_set(
    """available one ones time thing slot appointment opening name question floor option choice place
    person half class visit of week quarter try attempt"""
)
_DAY_WORDS = {
    "today": 0, "tonight": 0, "tomorrow": 1, "tomorow": 1, "tommorrow": 1, "tommorow": 1, "tmrw": 1,
    "yesterday": -1, "tomorrows": 1, "todays": 0,
}  # fmt: skip
_UNITS = {"day": 1, "days": 1, "night": 1, "nights": 1, "week": 7, "weeks": 7, "weeks'": 7, "fortnight": 14,
          "fortnights": 14}  # fmt: skip


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
    if j < len(words) and words[j] == "week" and days >= 0:
        days, j = days + 7, j + 1
    return DateParts(fixed=shift(calendar.today, days)), j


def _numeric(words: Sequence[str], i: int, calendar: Calendar) -> Read:
    word = words[i]
    if word[0] not in "0123456789":
        return None
    if word.count("-") == 2:
        year, month, day = (int(part) for part in word.split("-"))
        made = make_date(year, month, day)
        return (DateParts(year=year, month=month, day=day, sure=0.99), i + 1) if made else None
    separator = "/" if "/" in word else "."
    numbers = word.split(separator)
    if len(numbers) < 2 or (separator == "." and len(numbers) < 3):
        return None
    first, second = int(numbers[0]), int(numbers[1])
    month, day = (second, first) if calendar.day_first else (first, second)
    sure = 0.95 if first > 12 or second > 12 or first == second else 0.85
    if month > 12:
        month, day = day, month
    year_said: int | None = None
    if len(numbers) == 3:
        year_said = int(numbers[2]) if len(numbers[2]) == 4 else full_year(int(numbers[2][:2]), calendar)
    if not 1 <= month <= 12 or make_date(year_said or 2024, month, day) is None:
        return None
    return DateParts(year=year_said, month=month, day=day, sure=sure), i + 1


def _count(words: Sequence[str], i: int) -> tuple[int, int] | None:
    """ "two", "a", "a couple of" before a unit of time."""
    if i >= len(words):
        return None
    if words[i] in ("a", "an", "one"):
        if at(words, i + 1, "couple"):
            return 2, i + 3 if at(words, i + 2, "of") else i + 2
        return 1, i + 1
    return read_cardinal(words, i)


def _span(words: Sequence[str], i: int) -> tuple[int, int, int] | None:
    """A stretch of time at word ``i``: days, months, index after."""
    counted = _count(words, i)
    n, j = counted if counted else (1, i)
    if j >= len(words) or n > 1000:
        return None
    unit = words[j]
    if unit in _UNITS and (counted or unit == "fortnight"):
        return n * _UNITS[unit], 0, j + 1
    if unit in ("month", "months", "year", "years") and counted:
        return 0, n * (12 if unit[0] == "y" else 1), j + 1
    return None


def _offset(words: Sequence[str], i: int, calendar: Calendar) -> Read:
    """ "in two weeks", "a week from Thursday", "three days from now", "two days ago", "a week on Monday"."""
    leads = words[i] in ("in", "within")
    span = _span(words, i + 1 if leads else i)
    if span is None:
        return None
    days, months, j = span
    if j < len(words) and words[j] == "time":
        j += 1
    if at(words, j, "ago"):
        past = add_months(shift(calendar.today, -days) or calendar.today, -months)
        return DateParts(fixed=past), j + 1
    if j < len(words) and words[j] in ("from", "on", "after", "today", "tomorrow", "this"):
        stay = any(word in ("night", "nights") for word in words[i:j])
        if stay and not at(words, j, "from", "now"):
            return None  # "three nights from the sixth" is a stay, not a day
        k = j if words[j] in ("today", "tomorrow") else j + 1
        if at(words, k, "now"):
            return _later(calendar, days, months), k + 1
        base = read_date(words, k, calendar) if k < len(words) and words[k] != "in" else None
        if base and not months and words[j] != "this":
            return replace(base[0], days=base[0].days + days), base[1]
    if leads:
        return _later(calendar, days, months), j
    return None


def _later(calendar: Calendar, days: int, months: int) -> DateParts:
    moved = shift(calendar.today, days)
    return DateParts(fixed=add_months(moved, months) if moved else None)


def _nth_weekday(words: Sequence[str], i: int, calendar: Calendar) -> Read:
    """ "the first Monday in April", "last Friday of the month"."""
    j = i + 1 if words[i] == "the" else i
    ordinal = (-1, j + 1) if at(words, j, "last") else read_ordinal(words, j)
    if ordinal is None or not -1 <= ordinal[0] <= 5 or ordinal[1] >= len(words):
        return None
    k = ordinal[1]
    if words[k] == "day" and ordinal[0] == -1:
        where = _month_place(words, k + 1, calendar)
        return _end_of(where, calendar) if where else None
    weekday = WEEKDAYS.get(words[k])
    where = _month_place(words, k + 1, calendar) if weekday is not None else None
    if where is None:
        return None
    return replace(where[0], nth=ordinal[0], weekday=weekday), where[1]


def _month_place(words: Sequence[str], i: int, calendar: Calendar) -> Read:
    """ "in April", "of next month", "of the month", "of May 2027": month or months-ahead only."""
    if i >= len(words) or words[i] not in ("in", "of"):
        return None
    if at(words, i + 1, "next", "month"):
        return DateParts(months=1), i + 3
    if at(words, i + 1, "this", "month"):
        return DateParts(months=0), i + 3
    if at(words, i + 1, "the", "month"):
        return DateParts(), i + 3
    if i + 1 < len(words) and words[i + 1] in MONTHS:
        year = read_year(words, i + 2, calendar)
        return DateParts(month=MONTHS[words[i + 1]], year=year[0] if year else None), year[1] if year else i + 2
    return None


def _end_of(where: tuple[DateParts, int], calendar: Calendar) -> Read:
    parts, j = where
    today = calendar.today
    if parts.month is None:
        index = today.year * 12 + today.month - 1 + (parts.months or 0)
        return DateParts(fixed=month_end(index // 12, index % 12 + 1), sure=0.9), j
    year = parts.year or (today.year if parts.month >= today.month else today.year + 1)
    return DateParts(fixed=month_end(year, parts.month), sure=0.9), j


def _month_edge(words: Sequence[str], i: int, calendar: Calendar) -> Read:
    """ "the end of the month", "the 14th of next month", "next month on the 5th"."""
    j = i + 1 if words[i] == "the" else i
    if at(words, j, "end"):
        where = _month_place(words, j + 1, calendar)
        return _end_of(where, calendar) if where else None
    if words[i] in ("next", "this") and at(words, i + 1, "month"):
        k = i + 2 + at(words, i + 2, "on")
        k += at(words, k, "the")
        day = day_number(words, k) if k < len(words) else None
        if day and day[2]:
            return DateParts(months=int(words[i] == "next"), day=day[0]), day[1]
    return None


_WHICH: dict[str, Which] = {
    "this": "this",
    "next": "next",
    "coming": "coming",
    "last": "last",
    "upcoming": "coming",
}


def _weekday(words: Sequence[str], i: int, calendar: Calendar) -> Read:
    """ "Tuesday", "next Tuesday", "this coming Friday", "Tuesday week", "Tuesday the 14th"."""
    j = i
    which: Which = ""
    if words[j] == "the" and j + 1 < len(words) and words[j + 1] in ("coming", "next", "following", *WEEKDAYS):
        j += 1
    if at(words, j, "next", "week") or at(words, j, "following", "week"):
        k = j + 2 + (j + 2 < len(words) and words[j + 2] in ("on", "the"))
        if k < len(words) and words[k] in WEEKDAYS:
            return _of_next_week(WEEKDAYS[words[k]], calendar, 1), k + 1
        return None
    while j < len(words) and words[j] in _WHICH:
        which, j = _WHICH[words[j]], j + 1
    if j >= len(words) or words[j] not in WEEKDAYS or (_verb_like(words, j)):
        return None
    parts = DateParts(weekday=WEEKDAYS[words[j]], which=which)
    return _after_weekday(parts, words, j + 1, calendar)


def _verb_like(words: Sequence[str], j: int) -> bool:
    """ "We'd like" without its apostrophe, "I sat"."""
    if words[j] == "wed":
        return j + 1 < len(words) and words[j + 1] in ("like", "love", "be", "prefer", "rather", "want", "need")
    if words[j] not in ("sat", "sun"):
        return False
    return j > 0 and words[j - 1] in ("i", "the", "he", "she", "we", "they", "just", "and")


def _after_weekday(parts: DateParts, words: Sequence[str], j: int, calendar: Calendar) -> Read:
    for lead in ((), ("of",), ("in",)):
        k = j + len(lead)
        if at(words, j, *lead, "next", "week") or at(words, j, *lead, "the", "following", "week"):
            end = k + (3 if words[k] == "the" else 2)
            return _of_next_week(parts.weekday or 0, calendar, 1), end
    if at(words, j, "this", "week"):
        monday = -calendar.today.weekday()
        return DateParts(fixed=shift(calendar.today, monday + (parts.weekday or 0)), sure=0.9), j + 2
    if at(words, j, "after", "next") or at(words, j, "week", "after", "next"):
        return _of_next_week(parts.weekday or 0, calendar, 2), j + (3 if words[j] == "week" else 2)
    if at(words, j, "week") and not at(words, j + 1, "day"):
        return replace(parts, days=7), j + 1
    if at(words, j, "coming") or at(words, j, "upcoming"):
        return replace(parts, which="coming"), j + 1
    if at(words, j, "in"):
        span = _span(words, j + 1)
        if span and span[0] and span[0] % 7 == 0:
            return replace(parts, days=span[0]), span[2]
    for rule in (_numeric, _month_day, _day_month, _month_edge):
        read = rule(words, j, calendar) if j < len(words) else None
        if read and read[0].day is not None and read[0].weekday is None:
            return replace(read[0], weekday=parts.weekday), read[1]
    return parts, j


def _of_next_week(weekday: int, calendar: Calendar, weeks: int) -> DateParts:
    return DateParts(fixed=shift(calendar.today, 7 * weeks - calendar.today.weekday() + weekday), sure=0.9)


def _month_day(words: Sequence[str], i: int, calendar: Calendar) -> Read:
    """ "March 14th", "march the fourteenth", "March fourteen 2026"."""
    if words[i] not in MONTHS:
        return None
    j = i + 1 + at(words, i + 1, "the")
    day = day_number(words, j) if j < len(words) else None
    if day is None or _clock_follows(words, day):
        return None
    return _with_year(DateParts(month=MONTHS[words[i]], day=day[0]), words, day[1], calendar)


def _clock_follows(words: Sequence[str], day: tuple[int, int, bool]) -> bool:
    return not day[2] and day[1] < len(words) and words[day[1]] in ("am", "pm", "oclock")


def _with_year(parts: DateParts, words: Sequence[str], j: int, calendar: Calendar) -> Read:
    k = j + (j < len(words) and words[j] in ("of", "in"))
    year = read_year(words, k, calendar)
    if year:
        return replace(parts, year=year[0]), year[1]
    for lead, ahead in ((("next", "year"), 1), (("this", "year"), 0)):
        if at(words, k, *lead):
            return replace(parts, year=calendar.today.year + ahead), k + 2
    return parts, j


def _day_month(words: Sequence[str], i: int, calendar: Calendar) -> Read:
    """ "the fourteenth", "14 March", "the third of May twenty twenty seven", "the 5th of next month"."""
    the = words[i] == "the"
    day = day_number(words, i + the) if i + the < len(words) else None
    if day is None:
        return None
    number, j, ordinal = day
    k = j + at(words, j, "day")
    k += at(words, k, "of")
    if k < len(words) and words[k] in MONTHS and (ordinal or words[k] != "may" or at(words, j, "of") or the):
        return _with_year(DateParts(month=MONTHS[words[k]], day=number), words, k + 1, calendar)
    where = _month_place(words, j, calendar) if ordinal else None
    if where and where[0].month is None:
        return replace(where[0], day=number), where[1]
    if not ordinal or (j < len(words) and words[j] in _NOUNS):
        return None
    firm = the or (i > 0 and words[i - 1] == "on")
    if not firm and (calendar.strict or (number == 2 and i > 0 and words[i - 1] in ("a", "one", "just"))):
        return None
    return DateParts(day=number, sure=0.85 if firm else 0.75), j


def _holiday(words: Sequence[str], i: int, calendar: Calendar) -> Read:
    for names, rule in _HOLIDAYS:
        if at(words, i, *names):
            for year in (calendar.today.year, calendar.today.year + 1):
                day = rule(year)
                if day and day >= calendar.today:
                    return DateParts(fixed=day, sure=0.9), i + len(names)
    return None


def _fixed(month: int, day: int) -> Callable[[int], date | None]:
    return lambda year: make_date(year, month, day)


def _easter(offset: int) -> Callable[[int], date | None]:
    return lambda year: shift(easter(year), offset)


_HOLIDAYS: tuple[tuple[tuple[str, ...], Callable[[int], date | None]], ...] = (
    (("christmas", "eve"), _fixed(12, 24)),
    (("christmas", "day"), _fixed(12, 25)),
    (("christmas",), _fixed(12, 25)),
    (("boxing", "day"), _fixed(12, 26)),
    (("new", "years", "eve"), _fixed(12, 31)),
    (("new", "years", "day"), _fixed(1, 1)),
    (("new", "years"), _fixed(1, 1)),
    (("valentines", "day"), _fixed(2, 14)),
    (("valentines",), _fixed(2, 14)),
    (("halloween",), _fixed(10, 31)),
    (("independence", "day"), _fixed(7, 4)),
    (("thanksgiving",), lambda year: nth_weekday(year, 11, 4, 3)),
    (("good", "friday"), _easter(-2)),
    (("easter", "sunday"), _easter(0)),
    (("easter", "monday"), _easter(1)),
)
_RULES: tuple[Callable[[Sequence[str], int, Calendar], Read], ...] = (
    _relative, _numeric, _offset, _nth_weekday, _month_edge, _weekday, _month_day, _day_month, _holiday,
)  # fmt: skip
