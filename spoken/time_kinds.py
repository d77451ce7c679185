"""The kinds time and datetime: a day and a clock time settled apart, then put together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from .date_kinds import DateHit, calendar_for, date_hits, dates_in, settle_dates, used
from .days import Day
from .durations import read_stretch
from .found import Found, Settled, settle
from .kinds import Context, Value
from .plain import plain
from .time_hits import Clock, TimeHit, resolve_time, time_hits
from .times import TimeParts
from .tokens import MASK, Utterance, phrases
from .years import at


@dataclass(frozen=True)
class _ClockFound:
    start: int
    end: int
    parts: TimeParts
    clock: Clock
    also: tuple[tuple[int, int], ...]


def _clock(value: time) -> str:
    return value.strftime("%H:%M")


def _relative(u: Utterance, context: Context) -> tuple[int, int, datetime] | None:
    """ "in an hour", "twenty minutes from now", "right now": elapsed time, so right across a clock change."""
    for i, word in enumerate(u.words):
        if word == MASK:
            continue
        if at(u.words, i, "straight", "away") or word == "immediately" or (word == "now" and _alone(u, i)):
            return i, i + (2 if word == "straight" else 1), context.local_now
        leads = word in ("in", "within")
        k = i + 1 if leads else i
        k += leads and k < len(u.words) and u.words[k] in ("about", "around", "roughly", "like", "maybe", "another")
        read = read_stretch(u.words, k)
        if read is None or read[0].months or not 0 < read[0].minutes <= 2880:
            continue
        if any(unit.startswith(("day", "night", "week", "fortnight")) for unit in u.words[i : read[1]]):
            continue
        end = read[1]
        end += end < len(u.words) and u.words[end] == "time"
        after = at(u.words, end, "from", "now")
        if not leads and not after and end == read[1]:
            continue
        moment = context.now.astimezone(UTC) + timedelta(minutes=read[0].minutes)
        return i, end + 2 * after, moment.astimezone(ZoneInfo(context.tz))
    return None


def _alone(u: Utterance, i: int) -> bool:
    """ "Now" as the answer, not in "on the road right now"."""
    return plain(u, (i, i + 1), also=phrases("can you come | right | as in"))


def _settle_times(hits: Sequence[TimeHit], u: Utterance, context: Context, after: time | None) -> _ClockFound | None:
    settled = settle(hits, u)
    if settled is None:
        return None
    parts = settled.chosen.parts
    if not parts.half and not parts.exact:
        # "three pm, no, four" and "seven or eight pm" share the half of the day.
        near = [h.parts.half for h in (*settled.replaced, *settled.rivals) if h.parts.half]
        parts = replace(parts, half=near[-1]) if near else parts
    clock = resolve_time(parts, context, after=after)
    if not parts.half and clock.sure < 0.9 and settled.rivals:
        # "Seven thirty or eight": both in the same half of the day.
        parts = replace(parts, half="am" if clock.time.hour < 12 else "pm")
    rivals = [
        resolve_time(r.parts if r.parts.half else replace(r.parts, half=parts.half), context, after=after).time
        for r in settled.rivals
    ]
    if rivals:
        clock = Clock(clock.time, round(clock.sure * 0.6, 3), (*rivals, *clock.others))
    also = tuple((h.start, h.end) for h in (*settled.replaced, *settled.rivals))
    return _ClockFound(settled.chosen.start, settled.chosen.end, parts, clock, also)


def find_time(u: Utterance, context: Context) -> Found | None:
    """The kind ``time``. Without "am", "evening" ... the half of the day is a guess with its alternative."""
    relative = _relative(u, context)
    if relative:
        return Found(relative[0], relative[1], relative[2].strftime("%H:%M"), 0.9)
    hits = date_hits(u, calendar_for(context, strict=True))
    masked = u.masked(((h.start, h.end) for h in hits), strict=u.strict)
    found = _settle_times(time_hits(masked, u), masked, context, None)
    if found is None:
        return None
    others = tuple(_clock(t) for t in found.clock.others)
    return Found(found.start, found.end, _clock(found.clock.time), found.clock.sure, others, also=found.also)


def find_datetime(u: Utterance, context: Context) -> Found | None:
    """The kind ``datetime``; a day or a time alone is a part (``complete=False``, in its own form)."""
    relative = _relative(u, context)
    hits = dates_in(u, calendar_for(context, strict=u.strict))
    settled = settle_dates(hits, u, context.today)
    if relative and settled is None:
        return Found(relative[0], relative[1], relative[2].strftime("%Y-%m-%dT%H:%M"), 0.9)
    masked = u.masked((h.start, h.end) for h in hits)
    day = settled[0] if settled else None
    after = context.local_now.time() if day is not None and day.day == context.today else None
    clock = _settle_times(time_hits(masked, u), masked, context, after)
    if settled is None and clock is None:
        return None
    if settled is None or clock is None:
        part = _only_date(settled) if settled else _only_time(clock)
        return None if u.strict else part
    return _joined(settled, clock, context.local_now.strftime("%Y-%m-%dT%H:%M"))


def _only_date(settled: tuple[Day, DateHit, Settled[DateHit]] | None) -> Found | None:
    if settled is None:
        return None
    day, hit, _ = settled
    others: tuple[Value, ...] = tuple(d.isoformat() for d in day.others)
    return Found(hit.start, hit.end, day.day.isoformat(), day.sure, others, complete=False)


def _only_time(clock: _ClockFound | None) -> Found | None:
    if clock is None:
        return None
    others: tuple[Value, ...] = tuple(_clock(t) for t in clock.clock.others)
    return Found(clock.start, clock.end, _clock(clock.clock.time), clock.clock.sure, others, complete=False)


def _joined(settled: tuple[Day, DateHit, Settled[DateHit]], clock: _ClockFound, now: str) -> Found:
    day, hit, beside = settled
    moment = _moment(day.day, clock.clock.time)
    others = [_moment(day.day, t) for t in clock.clock.others] + [_moment(d, clock.clock.time) for d in day.others]
    others = [other for other in others if other > now]
    start, end = min(hit.start, clock.start), max(hit.end, clock.end)
    also = (*clock.also, *used(beside))
    pieces = ((hit.start, hit.end), (clock.start, clock.end))
    sure = round(min(day.sure, clock.clock.sure), 3)
    return Found(start, end, moment, sure, tuple(others), also=also, pieces=pieces)


def _moment(day: date, clock: time) -> str:
    return f"{day.isoformat()}T{_clock(clock)}"
