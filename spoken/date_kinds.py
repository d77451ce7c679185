"""The kind date: finds of the date grammar, settled and resolved."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from .dates import read_date
from .days import DateParts, Day, resolve
from .found import Found, Settled, settle
from .kinds import Context
from .month_days import read_bare_numerals
from .plain import plain
from .tokens import Utterance, phrases
from .years import Calendar


@dataclass(frozen=True)
class DateHit:
    """Date parts at the words ``[start, end)``."""

    start: int
    end: int
    parts: DateParts


def calendar_for(context: Context, *, strict: bool, birth: bool = False) -> Calendar:
    """The calendar the date grammar works with: appointments lie near, births behind."""
    today = context.today
    years = (today.year - 130, today.year) if birth else (today.year - 2, today.year + 8)
    return Calendar(today, context.day_first, strict, years, short_years=birth)


def date_hits(u: Utterance, calendar: Calendar) -> list[DateHit]:
    """Every date of the utterance, left to right."""
    hits: list[DateHit] = []
    i = 0
    while i < len(u.words):
        read = read_date(u.words, i, calendar) or (_day_beside(hits[-1].parts, u.words, i) if hits else None)
        if read is None:
            i += 1
            continue
        hits.append(DateHit(i, read[1], read[0]))
        i = read[1]
    return hits


def _day_beside(earlier: DateParts, words: Sequence[str], i: int) -> tuple[DateParts, int] | None:
    """ "Tomorrow, no, the day after": a day named by the one before."""
    for phrase, days in ((("the", "day", "after"), 1), (("the", "day", "before"), -1), (("a", "week", "later"), 7)):
        if tuple(words[i : i + 3]) == phrase:
            return replace(earlier, days=earlier.days + days), i + 3
    return None


_IN_FIGURES = phrases(
    """the date is | my date is | date | day | its the date | im free on | it has to be | for the date | at |
    in the morning | in the afternoon | in the evening"""
)


def dates_in(u: Utterance, calendar: Calendar) -> list[DateHit]:
    """Every date; where there is none, bare figures ("three four") if nothing else was said."""
    hits = date_hits(u, calendar)
    if hits or u.strict:
        return hits
    for i in range(len(u.words)):
        read = read_bare_numerals(u.words, i, calendar)
        if read:
            return [DateHit(i, read[1], read[0])] if plain(u, (i, read[1]), also=_IN_FIGURES) else []
    return []


def inherit(settled: Settled[DateHit]) -> DateParts:
    """A correction keeps what it does not replace: "March 14th, no, the 15th"."""
    parts = settled.chosen.parts
    before = [hit.parts for hit in settled.replaced if hit.start < settled.chosen.start]
    if not before:
        return parts
    earlier = before[-1]
    bare_day = parts.day is not None and parts.month is None and parts.weekday is None and parts.months is None
    if bare_day and (earlier.month is not None or earlier.months is not None):
        return replace(parts, month=earlier.month, year=earlier.year, months=earlier.months)
    bare_weekday = parts.weekday is not None and parts.day is None and not parts.which and not parts.days
    if bare_weekday and earlier.day is None and (earlier.which == "next" or earlier.days):
        return replace(parts, which=earlier.which, days=earlier.days)
    if parts.year is None and earlier.year is not None and parts.month is not None:
        return replace(parts, year=earlier.year)
    return parts


def settle_dates(hits: Sequence[DateHit], u: Utterance, today: date) -> tuple[Day, DateHit, Settled[DateHit]] | None:
    """The day the caller ended up with, its place, and what was said beside it."""
    usable = [hit for hit in hits if resolve(hit.parts, today)]
    settled = settle(usable, u)
    if settled is None:
        return None
    day = resolve(inherit(settled), today)
    if day is None:
        return None
    rivals = [r.day for hit in settled.rivals if (r := resolve(hit.parts, today)) and r.day != day.day]
    if rivals:
        day = Day(day.day, round(day.sure * 0.6, 3), (*rivals, *(o for o in day.others if o not in rivals)))
    return day, settled.chosen, settled


def used(settled: Settled[DateHit]) -> tuple[tuple[int, int], ...]:
    """Word ranges of what was replaced or left open."""
    return tuple((hit.start, hit.end) for hit in (*settled.replaced, *settled.rivals))


def find_date(u: Utterance, context: Context) -> Found | None:
    """The kind ``date``."""
    settled = settle_dates(dates_in(u, calendar_for(context, strict=u.strict)), u, context.today)
    if settled is None:
        return None
    day, hit, beside = settled
    others = tuple(other.isoformat() for other in day.others)
    return Found(hit.start, hit.end, day.day.isoformat(), day.sure, others, also=used(beside))
