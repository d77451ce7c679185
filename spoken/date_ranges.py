"""The kind date_range: two days, a day and a length, or a week, weekend or month by its name."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from itertools import pairwise

from .date_kinds import DateHit, calendar_for, date_hits, settle_dates, used
from .days import MONTHS, Day, add_months, make_date, month_end, resolve
from .durations import read_stretch
from .found import CORRECTION, Found
from .kinds import Context
from .tokens import MASK, Utterance
from .years import at


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
