"""The grammar of weekdays: "Tuesday", "next Tuesday", "Tuesday week", "Wednesday of next week"."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from .days import MONTHS, WEEKDAYS, DateParts, Which, shift
from .month_days import read_day_month, read_month_day, read_month_edge, read_numeric
from .spans import read_span
from .tokens import phrases
from .years import Calendar, Read, at

_WHICH: dict[str, Which] = {
    "this": "this",
    "next": "next",
    "coming": "coming",
    "last": "last",
    "upcoming": "coming",
    "following": "coming",
}
_ONE_AFTER = phrases(
    """the one after | but the one after | the one after that | but the one after that | the next one |
    but the next one | the following one | but the following one | the week after | but the week after |
    the week after that | the following week but one | the one following"""
)
_PERIODS = frozenset({"week", "month", "year", "time", "available", *MONTHS, *WEEKDAYS})


def read_weekday(words: Sequence[str], i: int, calendar: Calendar) -> Read:
    """ "Tuesday", "next Tuesday", "this coming Friday", "Tuesday week", "Tuesday the 14th"."""
    j = i
    if words[i] == "not":
        # "Not this Friday, the one after": a day refused, and by it another one named.
        read = read_weekday(words, i + 1, calendar) if i + 1 < len(words) and words[i + 1] != "not" else None
        return read if read and _ONE_AFTER.ends_at(words, read[1]) else None
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
    if at(words, j, "fortnight"):
        return replace(parts, days=14), j + 1
    one_after = _ONE_AFTER.match(words, j)
    if one_after:
        return replace(parts, days=7), j + one_after
    if at(words, j, "next") and not parts.which and (j + 1 == len(words) or words[j + 1] not in _PERIODS):
        return replace(parts, which="next"), j + 1
    if at(words, j, "coming") or at(words, j, "upcoming"):
        return replace(parts, which="coming"), j + 1
    if at(words, j, "in"):
        span = read_span(words, j + 1)
        if span and span[0] and span[0] % 7 == 0:
            return replace(parts, days=span[0]), span[2]
    for rule in (read_numeric, read_month_day, read_day_month, read_month_edge):
        read = rule(words, j, calendar) if j < len(words) else None
        if read and read[0].day is not None and read[0].weekday is None:
            return replace(read[0], weekday=parts.weekday), read[1]
    return parts, j


def _of_next_week(weekday: int, calendar: Calendar, weeks: int) -> DateParts:
    return DateParts(fixed=shift(calendar.today, 7 * weeks - calendar.today.weekday() + weekday), sure=0.9)
