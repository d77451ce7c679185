"""Stretches of days with a name: "next week", "this weekend", "all of June", "the week of the ninth"."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import chain

from .dates import read_date
from .days import MONTHS, Day, add_months, make_date, month_end, resolve
from .found import Found
from .plain import plain
from .tokens import MASK, Utterance, phrases
from .years import Calendar, at

_WEEK_OF = phrases(
    """week of | week beginning | week commencing | week starting | week starting on | week from | weekend of |
    weekend beginning | weekend starting"""
)
_MONTH_LEADS = frozenset({"in", "during", "all", "of", "whole", "entire"})
_AHEAD = {"this": 0, "the": 0, "all": 0, "next": 1, "coming": 0, "whole": 0, "following": 1}


def find_period(u: Utterance, calendar: Calendar) -> Found | None:
    """The first named stretch of days; what is left of it when it has begun."""
    places = [i for i, word in enumerate(u.words) if word != MASK]
    around = (_around(u, i, calendar) for i in places)
    ahead = (_ahead(u, i, calendar.today) or _month(u, i, calendar.today) for i in places)
    return next((found for found in chain(around, ahead) if found), None)


def _from_today(i: int, end: int, first: date, last: date, today: date, sure: float = 0.9) -> Found | None:
    return Found(i, end, f"{max(first, today)}/{last}", sure) if last >= today else None


def _around(u: Utterance, i: int, calendar: Calendar) -> Found | None:
    """ "The week of the ninth", "the week beginning Monday", "the weekend of the fourteenth"."""
    length = _WEEK_OF.match(u.words, i)
    base = read_date(u.words, i + length, calendar) if length and i + length < len(u.words) else None
    day: Day | None = resolve(base[0], calendar.today) if base else None
    if base is None or day is None:
        return None
    if u.words[i] == "weekend":
        saturday = day.day + timedelta(days=-1 if day.day.weekday() == 6 else 5 - day.day.weekday())
        return _from_today(i, base[1], saturday, saturday + timedelta(days=1), calendar.today)
    first = day.day - timedelta(days=day.day.weekday()) if at(u.words, i, "week", "of") else day.day
    return _from_today(i, base[1], first, first + timedelta(days=6), calendar.today, 0.85)


def _ahead(u: Utterance, i: int, today: date) -> Found | None:
    monday = today - timedelta(days=today.weekday())
    if at(u.words, i, "rest", "of", "the", "week") or at(u.words, i, "rest", "of", "this", "week"):
        return _from_today(i, i + 4, today, monday + timedelta(days=6), today)
    if at(u.words, i, "rest", "of", "the", "month"):
        return _from_today(i, i + 4, today, month_end(today.year, today.month), today)
    ahead = _AHEAD.get(u.words[i])
    noun = u.words[i + 1] if i + 1 < len(u.words) else ""
    if ahead is None:
        return _bare_weekend(u, i, monday, today)
    if noun == "week" and at(u.words, i + 2, "after", "next"):
        start = monday + timedelta(days=14)
        return Found(i, i + 4, f"{start}/{start + timedelta(days=6)}", 0.9)
    if noun == "weekend":
        more = 1 if at(u.words, i + 2, "after", "next") else 0
        start = monday + timedelta(days=5 + 7 * (ahead + more * 2))
        return _from_today(i, i + 2 + 2 * more, start, start + timedelta(days=1), today, 0.9 if ahead == 0 else 0.7)
    if u.words[i] in ("the", "all", "whole"):
        return None
    if noun == "week":
        start = monday + timedelta(days=7 * ahead)
        return _from_today(i, i + 2, start, start + timedelta(days=6), today)
    if noun == "month":
        first = add_months(today.replace(day=1), ahead) or today
        return _from_today(i, i + 2, first, month_end(first.year, first.month), today)
    return None


def _bare_weekend(u: Utterance, i: int, monday: date, today: date) -> Found | None:
    if u.words[i] != "weekend" or not plain(u, (i, i + 1)):
        return None
    return _from_today(i, i + 1, monday + timedelta(days=5), monday + timedelta(days=6), today, 0.8)


def _month(u: Utterance, i: int, today: date) -> Found | None:
    """ "All of June", "in April", "the first week of May", and "June" as the whole answer."""
    month = MONTHS.get(u.words[i])
    if month is None or not ((i and u.words[i - 1] in _MONTH_LEADS) or plain(u, (i, i + 1))):
        return None
    year = today.year if month >= today.month else today.year + 1
    first, last = date(year, month, 1), month_end(year, month)
    if i >= 3 and u.words[i - 2 : i] in (("week", "of"), ("week", "in")):
        which = {"first": 0, "second": 7, "third": 14}.get(u.words[i - 3])
        if u.words[i - 3] == "last":
            return _from_today(i - 3, i + 1, last - timedelta(days=6), last, today, 0.7)
        begin = make_date(year, month, 1 + which) if which is not None else None
        return _from_today(i - 3, i + 1, begin, begin + timedelta(days=6), today, 0.7) if begin else None
    return _from_today(i, i + 1, first, last, today, 0.8)
