"""The kind date_of_birth: a day with its year, in words or figures ("oh three oh four eighty five")."""

from __future__ import annotations

from dataclasses import replace

from .date_kinds import DateHit, calendar_for, date_hits, inherit, used
from .days import DateParts, make_date, resolve
from .digits import digit_runs, settle_runs
from .found import CORRECTION, Found, settle
from .kinds import Context
from .tokens import FILLERS, MASK, Utterance
from .years import Calendar, read_year

_YEAR_LEADS = frozenset({"of", "in", "year", "born", "that", "was"})


def find_birth(u: Utterance, context: Context) -> Found | None:
    """The kind ``date_of_birth``: words or digits ("oh three oh four eighty five").

    Without a year it is a part, ``'--03-04'`` (ISO 8601 form of a day of any year).
    """
    calendar = calendar_for(context, strict=u.strict, birth=True)
    hits = [_with_year_before(hit, u, calendar) for hit in date_hits(u, calendar)]
    hits = [hit for hit in hits if hit.parts.day is not None and hit.parts.month is not None]
    settled = settle(hits, u)
    if settled is None:
        return _birth_digits(u, calendar)
    parts = inherit(settled)
    hit, parts = _year_after(settled.chosen, parts, u, calendar)
    if parts.year is None:
        if u.strict or parts.month is None or parts.day is None:
            return None
        return Found(hit.start, hit.end, f"--{parts.month:02d}-{parts.day:02d}", 0.6, complete=False)
    day = resolve(replace(parts, weekday=None), context.today)
    if day is None:
        return None
    others = tuple(other.isoformat() for other in day.others)
    return Found(hit.start, hit.end, day.day.isoformat(), day.sure, others, also=used(settled))


def _with_year_before(hit: DateHit, u: Utterance, calendar: Calendar) -> DateHit:
    """ "Two thousand four, May twentieth": the year said first."""
    if hit.parts.year is not None or hit.parts.month is None:
        return hit
    end = hit.start
    while end > 0 and (FILLERS.match(u.words[end - 1 : end], 0) or u.words[end - 1] in ("on", "in", "and", "my")):
        end -= 1
    for start in range(max(0, end - 5), end):
        year = read_year(u.words, start, calendar) if MASK not in u.words[start:end] else None
        if year and year[1] == end and year[0] > 999:
            return DateHit(start, hit.end, replace(hit.parts, year=year[0]))
    return hit


def _year_after(hit: DateHit, parts: DateParts, u: Utterance, calendar: Calendar) -> tuple[DateHit, DateParts]:
    """The year that follows a little later: corrected ("eighty six, no, eighty seven") or after a pause."""
    words, i = u.words, hit.end
    corrected = 0
    while i < len(words) and i - hit.end < 6:
        length = CORRECTION.match(words, i)
        filler = 0 if length else FILLERS.match(words, i) or (words[i] in _YEAR_LEADS)
        year = None if length or filler else read_year(words, i, calendar)
        if year and (corrected or parts.year is None):
            return DateHit(hit.start, year[1], hit.parts), replace(parts, year=year[0])
        if not length and not filler:
            break
        corrected, i = corrected + length, i + (length or int(filler))
    return hit, parts


def _birth_digits(u: Utterance, calendar: Calendar) -> Found | None:
    run = settle_runs(digit_runs(u), u, whole=8)
    if run is None or not 4 <= len(run.digits) <= 8:
        return None
    year_alone = read_year(u.words, run.start, calendar)
    if year_alone and year_alone[1] >= run.end:
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
                other = make_date(year, int(last), int(first)) if int(first) != int(last) else None
                sure = (0.8 if len(run.digits) >= 6 else 0.6) if other else 0.85
                return Found(run.start, run.end, made.isoformat(), sure, (other.isoformat(),) if other else ())
    return None
