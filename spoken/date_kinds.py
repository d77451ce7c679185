"""The kinds date, date_of_birth and date_range: finds of the date grammar, settled and resolved."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from itertools import pairwise

from .dates import read_date
from .days import MONTHS, DateParts, Day, add_months, make_date, month_end, resolve
from .digits import digit_runs, settle_runs
from .durations import read_stretch
from .found import CORRECTION, Found, Settled, settle
from .kinds import Context
from .tokens import MASK, Utterance
from .years import Calendar, at


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
        read = read_date(u.words, i, calendar)
        if read is None:
            i += 1
            continue
        hits.append(DateHit(i, read[1], read[0]))
        i = read[1]
    return hits


def _inherit(settled: Settled[DateHit], today: date) -> DateParts:
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
    return parts


def settle_dates(hits: Sequence[DateHit], u: Utterance, today: date) -> tuple[Day, DateHit, Settled[DateHit]] | None:
    """The day the caller ended up with, its place, and what was said beside it."""
    usable = [hit for hit in hits if resolve(hit.parts, today)]
    settled = settle(usable, u)
    if settled is None:
        return None
    day = resolve(_inherit(settled, today), today)
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
    settled = settle_dates(date_hits(u, calendar_for(context, strict=u.strict)), u, context.today)
    if settled is None:
        return None
    day, hit, beside = settled
    others = tuple(other.isoformat() for other in day.others)
    return Found(hit.start, hit.end, day.day.isoformat(), day.sure, others, also=used(beside))


def find_birth(u: Utterance, context: Context) -> Found | None:
    """The kind ``date_of_birth``: words or digits ("oh three oh four eighty five").

    Without a year it is a part, ``'--03-04'`` (ISO 8601 form of a day of any year).
    """
    calendar = calendar_for(context, strict=u.strict, birth=True)
    hits = [hit for hit in date_hits(u, calendar) if hit.parts.day is not None and hit.parts.month is not None]
    settled = settle(hits, u)
    if settled is None:
        return _birth_digits(u, calendar)
    parts = _inherit(settled, context.today)
    hit = settled.chosen
    if parts.year is None:
        if u.strict or parts.month is None or parts.day is None:
            return None
        return Found(hit.start, hit.end, f"--{parts.month:02d}-{parts.day:02d}", 0.6, complete=False)
    day = resolve(replace(parts, weekday=None), context.today)
    if day is None:
        return None
    swapped = _swapped(day.day) if parts.sure < 0.9 else None
    others = (swapped.isoformat(),) if swapped else ()
    return Found(hit.start, hit.end, day.day.isoformat(), day.sure, others, also=used(settled))


def _swapped(day: date) -> date | None:
    return make_date(day.year, day.day, day.month) if day.day <= 12 and day.day != day.month else None


def _birth_digits(u: Utterance, calendar: Calendar) -> Found | None:
    run = settle_runs(digit_runs(u), u, whole=8)
    if run is None or not 4 <= len(run.digits) <= 8:
        return None
    for width in (2, 1):
        for width_b in (2, 1):
            head, second, year_text = (
                run.digits[:width], run.digits[width : width + width_b], run.digits[width + width_b :],
            )  # fmt: skip
            if len(year_text) not in (2, 4) or (len(run.digits) in (6, 8) and width + width_b != 4):
                continue
            year = int(year_text)
            if len(year_text) == 2:
                year += calendar.today.year // 100 * 100
                year -= 100 if year > calendar.today.year else 0
            first, last = (second, head) if calendar.day_first else (head, second)
            made = make_date(year, int(first), int(last)) if calendar.is_year(year) else None
            if made:
                return Found(run.start, run.end, made.isoformat(), 0.8 if len(run.digits) >= 6 else 0.6)
    return None


def find_date_range(u: Utterance, context: Context) -> Found | None:
    """The kind ``date_range``: "from Monday to Wednesday", "the 3rd to the 7th of May", "next week",
    "this weekend", "Friday for three nights"."""
    calendar = calendar_for(context, strict=u.strict)
    hits = date_hits(u, calendar)
    pairs = _pairs(hits, u)
    if pairs:
        first, last = pairs[-1] if len(pairs) > 1 and _corrected(pairs, u) else pairs[0]
        found = _resolve_pair(first, last, context.today)
        if found:
            return replace(found, also=tuple((h.start, h.end) for h in hits))
    named = _named_range(u, context.today)
    if named:
        return named
    settled = settle_dates(hits, u, context.today)
    if settled is None:
        return _month_range(u, context.today)
    day, hit, beside = settled
    return _with_length(u, day, hit) or (
        None if u.strict else Found(hit.start, hit.end, day.day.isoformat(), 0.6, complete=False, also=used(beside))
    )


_JOINTS = ({"to"}, {"until"}, {"till"}, {"til"}, {"through"}, {"and"}, {"thru"}, {"two"})


def _pairs(hits: Sequence[DateHit], u: Utterance) -> list[tuple[DateHit, DateHit]]:
    found: list[tuple[DateHit, DateHit]] = []
    for a, b in pairwise(hits):
        gap = set(u.words[a.end : b.start]) - {"on", "the", "up", "right", "leaving", "returning", "back"}
        joined = any(gap == joint for joint in _JOINTS) or (not gap and "-" in u.between(b.start))
        if (
            gap == {"and"}
            and u.words[a.start - 1 : a.start] != ("between",)
            and u.words[a.start - 1 : a.start] != ("from",)
        ):
            joined = False
        if joined:
            found.append((a, b))
    return found


def _corrected(pairs: Sequence[tuple[DateHit, DateHit]], u: Utterance) -> bool:
    return CORRECTION.within(u.words, pairs[0][1].end, pairs[-1][0].start)


def _resolve_pair(a: DateHit, b: DateHit, today: date) -> Found | None:
    first, last = a.parts, b.parts
    if first.day is not None and first.month is None and last.month is not None:
        first = replace(first, month=last.month, year=last.year)
    start = resolve(first, today)
    if start is None:
        return None
    if last.day is not None and last.month is None and last.months is None:
        last = replace(last, month=start.day.month, year=start.day.year)
        end = make_date(start.day.year, start.day.month, last.day or 1)
        if end is None or end < start.day:
            later = add_months(start.day.replace(day=1), 1)
            end = make_date(later.year, later.month, last.day or 1) if later else None
    else:
        # The end is looked for from the start on: "Friday to Monday" ends after that Friday.
        resolved = resolve(replace(last, which="" if last.weekday is not None else last.which), start.day)
        end = resolved.day if resolved else None
        if last.fixed:
            end = last.fixed
    if end is None or end < start.day:
        return None
    return Found(a.start, b.end, f"{start.day}/{end}", round(min(start.sure, last.sure), 3))


def _named_range(u: Utterance, today: date) -> Found | None:
    monday = today - timedelta(days=today.weekday())
    for i, word in enumerate(u.words):
        ahead = {"this": 0, "the": 0, "next": 1}.get(word)
        if word == MASK or ahead is None or i + 1 >= len(u.words):
            continue
        noun = u.words[i + 1]
        if noun == "week" and at(u.words, i + 2, "after", "next"):
            start = monday + timedelta(days=14)
            return Found(i, i + 4, f"{start}/{start + timedelta(days=6)}", 0.9)
        if noun == "weekend":
            start = monday + timedelta(days=5 + 7 * ahead)
            return Found(i, i + 2, f"{max(start, today)}/{start + timedelta(days=1)}", 0.9 if ahead == 0 else 0.7)
        if word == "the":
            continue
        if noun == "week":
            start = monday + timedelta(days=7 * ahead)
            return Found(i, i + 2, f"{max(start, today)}/{start + timedelta(days=6)}", 0.9)
        if noun == "month":
            first = add_months(today.replace(day=1), ahead) or today
            return Found(i, i + 2, f"{max(first, today)}/{month_end(first.year, first.month)}", 0.9)
    return None


def _month_range(u: Utterance, today: date) -> Found | None:
    for i, word in enumerate(u.words[1:], 1):
        if word in MONTHS and u.words[i - 1] in ("in", "during", "all", "of"):
            year = today.year if MONTHS[word] >= today.month else today.year + 1
            first = date(year, MONTHS[word], 1)
            return Found(i, i + 1, f"{max(first, today)}/{month_end(year, first.month)}", 0.8)
    return None


def _with_length(u: Utterance, day: Day, hit: DateHit) -> Found | None:
    for i in range(len(u.words)):
        if hit.start <= i < hit.end or u.words[i] == MASK:
            continue
        read = read_stretch(u.words, i)
        if read is None or read[0].minutes < 1440:
            continue
        # Three nights from the 6th end on the 9th, three days from the 6th on the 8th.
        nights = any(word in ("night", "nights") for word in u.words[i : read[1]])
        days = int(read[0].minutes // 1440) - (0 if nights else 1)
        end = day.day + timedelta(days=days)
        return Found(min(i, hit.start), max(read[1], hit.end), f"{day.day}/{end}", round(day.sure * 0.95, 3))
    return None
