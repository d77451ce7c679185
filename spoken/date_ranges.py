"""The kind date_range: two days, a day and a length; a week, weekend or month by its name is in ``periods``."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from itertools import pairwise

from .date_kinds import DateHit, calendar_for, date_hits, settle_dates, used
from .dates import read_date
from .days import DateParts, Day, add_months, make_date, resolve
from .durations import read_stretch
from .found import CORRECTION, Found
from .kinds import Context
from .month_days import numeral
from .periods import find_period
from .plain import plain
from .tokens import MASK, Utterance, phrases, word_set
from .years import Calendar, at

_BARE = 0.8
"""Confidence in a bare number as a day."""
_TO = frozenset({"to", "until", "till", "til", "through", "thru", "two", "-"})
_LEAVING = word_set("leaving returning back departing out leave return depart home checkout")
_BESIDE = word_set(
    """on the up right and then we will be i ill well were im coming going checking check fly flying go come arriving
    arrive we'll it its is i'd we'd me us"""
)
_NOT_DAYS = word_set(
    """nights night days day weeks week months people adults kids children guests rooms room hours hour am pm oclock
    minutes hundred thousand of us"""
)
_ONWARD = phrases(
    "from | starting | starting on | starting from | beginning | beginning on | as of | commencing | on from"
)


def find_date_range(u: Utterance, context: Context) -> Found | None:
    """The kind ``date_range``: "from Monday to Wednesday", "the 3rd to the 7th of May", "next week",
    "this weekend", "Friday for three nights". One day alone is a part."""
    calendar = calendar_for(context, strict=u.strict)
    lengthened = _length_first(u, calendar)
    now = [
        DateHit(i, i + 1, DateParts(fixed=calendar.today))
        for i, word in enumerate(u.words)
        if word == "now" and u.words[i + 1 : i + 2] and u.words[i + 1] in _TO
    ]
    hits = _with_bare_days([*now, *date_hits(u, calendar)], u)
    running = _days_running(hits, u, context.today)
    if running:
        return running
    pairs = _pairs(hits, u)
    if pairs:
        first, last = pairs[-1] if len(pairs) > 1 and CORRECTION.within(u.words, *_gap(pairs)) else pairs[0]
        first, last = _corrected_end(first, last, hits, u)
        found = _resolve_pair(first, last, u, calendar)
        if found:
            return replace(found, also=tuple((h.start, h.end) for h in hits))
    named = lengthened or find_period(u, calendar)
    if named:
        return named
    settled = settle_dates(hits, u, context.today)
    if settled is None:
        return None
    day, hit, beside = settled
    return _with_length(u, day, hit) or (
        None if u.strict else Found(hit.start, hit.end, day.day.isoformat(), 0.6, complete=False, also=used(beside))
    )


def _gap(pairs: Sequence[tuple[DateHit, DateHit]]) -> tuple[int, int]:
    return pairs[0][1].end, pairs[-1][0].start


def _with_bare_days(hits: Sequence[DateHit], u: Utterance) -> list[DateHit]:
    """The hits, and the bare numbers that a "to" makes days: "March 12 to 15", "10-14 May"."""
    words = u.words
    claimed = {i for hit in hits for i in range(hit.start, hit.end)}
    numbers: list[DateHit] = []
    i = 0
    while i < len(words):
        read = numeral(words, i) if i not in claimed and words[i] != MASK else None
        if read is None or (read[1] < len(words) and words[read[1]] in _NOT_DAYS):
            i += 1
            continue
        start = i - (i > 0 and words[i - 1] == "the")
        numbers.append(DateHit(start, read[1], DateParts(day=read[0], sure=_BARE)))
        i = read[1]
    # "Two" may be "to" between days.
    numbers = [n for n in numbers if not (words[n.start : n.end] == ("two",) and _between(n, [*hits, *numbers]))]
    everything = sorted([*hits, *numbers], key=lambda hit: hit.start)
    alone = plain(u, (everything[0].start, everything[-1].end)) if everything else False
    kept: list[DateHit] = []
    for before, hit, after in zip([None, *everything], everything, [*everything[1:], None], strict=False):
        partners = [other for other in (before, after) if other is not None and _linked(hit, other, u)]
        dated = alone or any(partner in hits for partner in partners) or bool(kept and kept[-1] in hits)
        corrects = kept and CORRECTION.within(words, kept[-1].end, hit.start)
        if hit in hits or (partners and dated) or corrects:
            kept.append(hit)
    return kept


def _between(number: DateHit, others: Sequence[DateHit]) -> bool:
    ends, starts = {hit.end for hit in others}, {hit.start for hit in others}
    return number.start in ends and number.end in starts


def _linked(a: DateHit, b: DateHit, u: Utterance) -> bool:
    first, last = (a, b) if a.start < b.start else (b, a)
    gap = set(u.words[first.end : last.start])
    signed = not gap and any(sign in u.between(last.start) for sign in "-–")
    return signed or (len(gap) <= 2 and bool(gap & _TO) and gap <= _TO | {"the"})


def _pairs(hits: Sequence[DateHit], u: Utterance) -> list[tuple[DateHit, DateHit]]:
    return [(a, b) for a, b in pairwise(hits) if _joined(a, b, u)]


def _joined(a: DateHit, b: DateHit, u: Utterance) -> bool:
    said = u.words[a.end : b.start]
    if CORRECTION.within(u.words, a.end, b.start):
        return False
    gap = set(said) - _BESIDE
    if not gap and not said:
        return any(sign in u.between(b.start) for sign in "-–")
    if "and" in said and not gap - {"-"}:
        lead = set(u.words[max(0, a.start - 2) : a.start])
        return bool(lead & {"between", "from"})
    return bool(gap) and (gap <= _TO or gap <= _LEAVING)


def _days_running(hits: Sequence[DateHit], u: Utterance, today: date) -> Found | None:
    """ "Saturday and Sunday", "today and tomorrow", "Wednesday, Thursday and Friday"."""
    if len(hits) < 2 or not all(set(u.words[a.end : b.start]) <= {"and", "the", "then"} for a, b in pairwise(hits)):
        return None
    parts = [hit.parts for hit in hits]
    if parts[-1].month is not None:
        parts = [replace(p, month=parts[-1].month, year=parts[-1].year) if p.day and not p.month else p for p in parts]
    days = [resolve(part, today) for part in parts]
    first = days[0]
    if first is None or any(u.between(hit.start).strip() in ("-", "–") for hit in hits[1:]):
        return None
    for n, day in enumerate(days):
        bare_weekday = parts[n].weekday is not None and parts[n].day is None
        ahead = (day.day - first.day).days if day else -1
        if ahead != n and not (bare_weekday and ahead % 7 == n):
            return None
    last = first.day + timedelta(days=len(days) - 1)
    return Found(hits[0].start, hits[-1].end, f"{first.day}/{last}", round(first.sure * 0.95, 3))


def _corrected_end(first: DateHit, last: DateHit, hits: Sequence[DateHit], u: Utterance) -> tuple[DateHit, DateHit]:
    """ "March 12 to 15, no, to 16": what follows a correction replaces the end, or after "from" the start."""
    for hit in hits:
        if hit.start < last.end or not CORRECTION.within(u.words, last.end, hit.start):
            continue
        if {"from", "starting", "arriving"} & set(u.words[last.end : hit.start]):
            first = hit
        else:
            last = replace(last, end=hit.end, parts=hit.parts)
    return first, last


def _resolve_pair(a: DateHit, b: DateHit, u: Utterance, calendar: Calendar) -> Found | None:
    first, last, today = a.parts, b.parts, calendar.today
    if first.day is not None and first.month is None and last.month is not None:
        first = replace(first, month=last.month, year=last.year)
    elif first.day is not None and first.month is None and first.months is None and last.months is not None:
        first = replace(first, months=last.months)
    start = resolve(first, today)
    if start is None or (a.parts.sure == b.parts.sure == _BARE and (b.parts.day or 0) < (a.parts.day or 0)):
        return None  # "nine to five" is no fortnight
    if last.day is not None and last.month is None and last.months is None and last.weekday is None:
        last = replace(last, month=start.day.month, year=start.day.year)
        end = make_date(start.day.year, start.day.month, last.day or 1)
        if end is None or end < start.day:
            later = add_months(start.day.replace(day=1), 1)
            end = make_date(later.year, later.month, last.day or 1) if later else None
    else:
        # The end is looked for from the start on: "Friday to Monday" ends after that Friday.
        origin = today if last.months is not None else start.day
        resolved = resolve(replace(last, which="" if last.weekday is not None else last.which), origin)
        end = last.fixed or (resolved.day if resolved else None)
    said = set(u.words[b.start : b.end])
    if end is not None and first.weekday is not None and not first.which and {"next", "week"} <= said:
        # "Tuesday to Thursday next week" puts both into that week.
        start = Day(end - timedelta(days=(end.weekday() - first.weekday) % 7), start.sure)
    if end is None or end < start.day:
        return None
    return Found(a.start, max(a.end, b.end), f"{start.day}/{end}", round(min(start.sure, last.sure), 3))


def _length_first(u: Utterance, calendar: Calendar) -> Found | None:
    """ "Five days from the ninth", "three nights starting Wednesday"."""
    for i, word in enumerate(u.words):
        read = read_stretch(u.words, i) if word != MASK else None
        onward = _ONWARD.match(u.words, read[1]) if read else 0
        if read is None or not onward or read[0].minutes < 1440 or at(u.words, read[1] + onward, "now"):
            continue
        base = read_date(u.words, read[1] + onward, calendar) if read[1] + onward < len(u.words) else None
        day = resolve(base[0], calendar.today) if base else None
        if base and day:
            return _stay(u, (i, read[1]), read[0].minutes, day, (i, base[1]))
    return None


def _stay(u: Utterance, length: tuple[int, int], minutes: float, day: Day, place: tuple[int, int]) -> Found:
    """Three nights from the 6th end on the 9th, three days from the 6th on the 8th."""
    nights = any(word in ("night", "nights") for word in u.words[slice(*length)])
    end = day.day + timedelta(days=int(minutes // 1440) - (0 if nights else 1))
    return Found(*place, f"{day.day}/{end}", round(day.sure * 0.95, 3))


def _with_length(u: Utterance, day: Day, hit: DateHit) -> Found | None:
    for i in range(len(u.words)):
        if hit.start <= i < hit.end or u.words[i] == MASK:
            continue
        read = read_stretch(u.words, i)
        if read is not None and read[0].minutes >= 1440:
            return _stay(u, (i, read[1]), read[0].minutes, day, (min(i, hit.start), max(read[1], hit.end)))
    return None
