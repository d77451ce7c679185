"""Only-if-grounded: every value in a clause must stand in the fact table, or follow from it by the calendar."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date
from functools import lru_cache
from itertools import combinations

from agent.guardrail.facts import FactTable, lasting, singular, table_of
from agent.guardrail.multiples import relative
from agent.guardrail.names import names_in
from agent.guardrail.readings import (
    Amount,
    Bare,
    Clock,
    Code,
    Day,
    Daypart,
    Month,
    Name,
    Percent,
    Piece,
    Reading,
    Span,
)  # fmt: skip
from agent.guardrail.scanning import Scanner
from calls.grounding import Ground
from spoken.days import resolve
from spoken.tokens import MAX_WORDS, word_set, words_of

_EMERGENCY = ("911", "112", "999")
"""which anybody may be told to call"""
_NOW = word_set("today tonight todays today's now")
_HOURS_TALK = word_set(
    """open opens opening close closes closing closed hours weekdays weekends weekend days here work works serve served
    usually always every normally mondays tuesdays wednesdays thursdays fridays saturdays sundays"""
)
_CLOCK = word_set("now currently time clock")
_OCCASION = word_set(
    """visit visits appointment appointments booking reservation table meeting delivery arrives arrive comes due booked
    scheduled slot class session delivered expected"""
)
_CLOSED = word_set("closed shut not dont no never arent isnt wont cant but except")
_OPENED = word_set("open opens opening opened not except but until from")
_DULL = _HOURS_TALK | word_set("from and or at have there time times day week with for on the is are until")
_MOST_COUNTED = 10
_MOST_TIMES = 16
_EMAIL = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+|\bat [\w-]+ dot (?:com|org|net|example)\b", re.IGNORECASE)
_PARTS = {"morning": (0, 12 * 60), "afternoon": (12 * 60, 17 * 60 + 1), "evening": (17 * 60, 24 * 60)}
_KINDS = {
    Amount: "price", Percent: "number", Day: "date", Month: "date", Clock: "time", Span: "duration", Code: "code",
    Bare: "number", Name: "name", Daypart: "time",
}  # fmt: skip


@lru_cache(maxsize=32)
def _scanner(today: date, day_first: bool) -> Scanner:
    return Scanner(today, day_first)


def ungrounded(text: str, ground: Ground, vocabulary: frozenset[str] = frozenset()) -> str:
    """Kind of the first value without ground (``price date time number duration code name email length``), or ""."""
    table = table_of(ground)
    for email in _EMAIL.findall(text):
        if email.lower() not in table.emails:
            return "email"
    text = _EMAIL.sub(" ", text)
    if any(not character.isascii() and character.isnumeric() for character in text):
        return "number"  # other scripts' figures, fractions: heard, and not read here
    if len(words_of(text)) >= MAX_WORDS:
        return "length"  # what cannot be read to its end is not said
    readings = _scanner(table.today, ground.locale == "en-GB").readings(text)
    if kind := relative(text, readings, table):
        return kind
    readings = lasting(readings, text)
    clause = _Clause(frozenset(words_of(text)), text.rstrip().endswith("?"), _listed(readings))
    for reading in readings:
        if not _stands(reading, table, clause):
            return _KINDS[type(reading.value)]
    codes = [(reading.start, reading.end) for reading in readings if isinstance(reading.value, Code)]
    return "name" if any(not _known(name, table, vocabulary) for name in names_in(text, codes)) else ""


def _known(name: Name, table: FactTable, vocabulary: frozenset[str]) -> bool:
    word = name.word
    return word in table.words or word in vocabulary or word.removesuffix("s") in table.words


class _Clause:
    """What the judging of one value needs of the clause around it."""

    def __init__(self, words: frozenset[str], question: bool, listed: int) -> None:
        self.words = words | singular(words)
        self.question = question
        self.listed = listed
        self.habits = bool(words & _HOURS_TALK)
        self.now = bool(words & _NOW)
        self.clock = bool(words & _CLOCK)
        self.occasion = bool(words & _OCCASION)


def _listed(readings: list[Reading]) -> int:
    """How many times, days or prices the clause names: "two openings: nine and ten"."""
    single = sum(isinstance(reading.value, Day | Clock | Amount) for reading in readings)
    return single + sum(len(reading.value.pieces) for reading in readings if isinstance(reading.value, Bare))


def _stands(reading: Reading, table: FactTable, clause: _Clause) -> bool:
    match reading.value:
        case Amount() as amount:
            known = table.currencies.get(amount.hundredths, set())
            other = bool(amount.currency and known) and not {amount.currency, ""} & known
            return not other and _priced(amount.hundredths, table, clause)
        case Percent() as percent:
            return percent.number in table.percents
        case Day() as day:
            return _dated(day, table, clause)
        case Month() as month:
            return month.number in table.months | {day.month for day in table.dates | {table.today}}
        case Clock() as clock:
            times = _times(table, clause)
            return bool(clock.minutes & times) or (bool(clock.ends) and all(end & times for end in clock.ends))
        case Span() as span:
            return _lasts(span, table, clause)
        case Code() as code:
            return (
                code.text in table.codes
                or (code.text.isalpha() and code.text in table.words)
                or (
                    code.part and any(known.startswith(code.text) or known.endswith(code.text) for known in table.codes)
                )
            )
        case Bare() as bare:
            return _bare(bare, table, clause)
        case Daypart() as daypart:
            return _daypart(daypart, table, clause)
        case _:
            return False


# --- money ---------------------------------------------------------------------------------------


def _priced(hundredths: int, table: FactTable, clause: _Clause) -> bool:
    """A price that is known; and of what the clause speaks of, where several things have prices."""
    owners = table.amounts.get(hundredths)
    if owners is None:
        return False
    own = frozenset().union(*owners)
    for other, subjects in table.amounts.items():
        if other == hundredths:
            continue
        foreign = frozenset().union(*subjects) - own
        if own and foreign & clause.words and not (own - frozenset().union(*subjects)) & clause.words:
            # "A whitening costs ..." with the price of the cleaning. Two prices in one clause compare.
            return clause.listed > 1 and not clause.question
    return True


# --- days ----------------------------------------------------------------------------------------


def _dated(day: Day, table: FactTable, clause: _Clause) -> bool:
    parts, today = day.parts, table.today
    if parts.day is None and parts.fixed is None and parts.nth is None and not parts.days:
        return _loosely(day, table, clause)
    if parts.fixed is None and parts.day is not None and parts.month is None and parts.months is None:
        days = [d for d in _days(table, clause) if d.day == parts.day]
        return any(parts.weekday is None or d.weekday() == parts.weekday for d in days) or (
            parts.weekday is None and parts.day in table.month_days
        )
    if parts.year is None and parts.day is not None and parts.month is not None and not parts.days:
        same = [d for d in _days(table, clause) if (d.month, d.day) == (parts.month, parts.day)]
        return any(parts.weekday is None or d.weekday() == parts.weekday for d in same)
    found = resolve(replace(parts, weekday=None), today) if parts.day is not None else resolve(parts, today)
    if found is None:
        return False
    if parts.weekday is not None and parts.day is not None and found.day.weekday() != parts.weekday:
        return False
    if found.day in _days(table, clause):
        return True
    if parts.fixed == today and not parts.days and (clause.question or not table.dates or not clause.occasion):
        return True
    return parts.fixed is not None and _usual(found.day.weekday(), table, clause)


def _loosely(day: Day, table: FactTable, clause: _Clause) -> bool:
    """A weekday, or a month."""
    parts, today = day.parts, table.today
    if parts.weekday is None:
        return parts.month is None or parts.month in {d.month for d in table.dates | {today}} | table.months
    if not parts.which:
        return _weekday(parts.weekday, table, clause)
    found = resolve(parts, today)
    meant = {found.day, *found.others} if found else set()
    return bool(meant & _days(table, clause)) or (not table.dates and _weekday(parts.weekday, table, clause))


def _usual(weekday: int, table: FactTable, clause: _Clause) -> bool:
    """ "Trash is picked up tomorrow", on a Tuesday: something of every Wednesday, and spoken of."""
    about = table.habitual_weekdays.get(weekday)
    if about is None:
        return False
    return (clause.habits and not table.dates) or not (about - _DULL).isdisjoint(clause.words)


def _days(table: FactTable, clause: _Clause) -> set[date]:
    # "It is the fourth" is no day of a booking, "today is the fourth" may be said.
    return table.dates | {table.today} if clause.now and not clause.occasion else table.dates


def _weekday(weekday: int, table: FactTable, clause: _Clause) -> bool:
    known = table.weekdays | {day.weekday() for day in table.dates}
    if weekday in table.closed and weekday not in known:
        return not _CLOSED.isdisjoint(clause.words)
    if weekday in known or (weekday == table.today.weekday() and clause.now):
        return True
    if weekday == (table.today.weekday() + 1) % 7 and "tomorrow" in clause.words:
        return True  # the calendar says so
    usual = table.habitual_weekdays.get(weekday)
    if usual is not None and clause.words & {"closed", "shut"} and clause.words.isdisjoint(_OPENED):
        return False
    if usual is None:
        # "Closed on Mondays", from "Tuesday to Sunday".
        return bool(table.habitual_weekdays) and not _CLOSED.isdisjoint(clause.words)
    return clause.habits or not known or not (usual - _DULL).isdisjoint(clause.words)


# --- times ---------------------------------------------------------------------------------------


def _times(table: FactTable, clause: _Clause) -> set[int]:
    """The times that may be said, with the ends of what begins at them."""
    usual = table.habitual_times
    if table.times and not clause.habits:
        usual = {at: about for at, about in usual.items() if not (about - _DULL).isdisjoint(clause.words)}
    known = table.times | usual.keys()
    lengths = [round(number) for number, unit in table.spans if unit == "minute" and 0 < number <= 12 * 60]
    ends = {start + length for start in list(known)[:_MOST_TIMES] for length in lengths[:_MOST_TIMES]}
    ends |= {start - lead for start in list(table.times)[:_MOST_TIMES] for lead in table.leads}
    return known | {end % (24 * 60) for end in ends} | ({table.now} if clause.clock else set())


def _daypart(daypart: Daypart, table: FactTable, clause: _Clause) -> bool:
    times = table.times or set(table.habitual_times)
    if clause.question or not times or daypart.part in table.words:
        return True
    first, last = _PARTS[daypart.part]
    return any(first <= at < last for at in (times | {table.now} if clause.now else times))


def _lasts(span: Span, table: FactTable, clause: _Clause) -> bool:
    if (span.number, span.unit) in table.spans:
        return True
    if span.unit == "day":
        whole = {abs((day - table.today).days) for day in table.dates}
        whole |= {abs((a - b).days) for a, b in combinations(sorted(table.dates)[:_MOST_TIMES], 2)}
        return span.number in whole or 1 < span.number == clause.listed
    if span.unit == "minute":
        times = sorted(table.times)[:_MOST_TIMES]
        gaps = {abs(a - b) for a, b in combinations(times, 2)} | {abs(at - table.now) for at in times}
        sums = {a + b for (a, u), (b, v) in combinations(sorted(table.spans)[:_MOST_TIMES], 2) if u == v == "minute"}
        return span.number in gaps or span.number in sums
    return False


# --- bare numbers ----------------------------------------------------------------------------------


def _bare(bare: Bare, table: FactTable, clause: _Clause) -> bool:
    if len(bare.digits) >= 3 and _digits(bare.digits, table, bare.part):
        return True
    if bare.part and any(known.endswith(bare.digits) or known.startswith(bare.digits) for known in table.codes):
        return True
    if len(bare.pieces) > 2 and all(len(piece.digits) == 1 for piece in bare.pieces):
        return _digits(bare.digits, table, bare.part)
    return all(_piece(piece, table, clause, len(bare.pieces)) for piece in bare.pieces)


def _digits(digits: str, table: FactTable, part: bool) -> bool:
    if digits in table.digits or digits in table.codes or digits in _EMERGENCY:
        return True
    if part and len(digits) >= 2:
        return any(known.endswith(digits) or known.startswith(digits) for known in table.digits | table.codes)
    # A telephone number without its country.
    return len(digits) >= 7 and any(known.endswith(digits) and len(known) - len(digits) <= 4 for known in table.digits)


def _piece(piece: Piece, table: FactTable, clause: _Clause, together: int) -> bool:
    # "Forty-nine ninety-nine"
    worth = {int(piece.digits)} if 3 <= len(piece.digits) <= 6 and not piece.numbers else set()
    worth |= {n * 100 for n in worth if n < 1_000}  # "one fifty": 1.50 or 150
    if worth & table.amounts.keys():
        return any(_priced(amount, table, clause) for amount in worth)
    if piece.price and table.amounts:
        return any(_priced(round(number * 100), table, clause) for number in piece.numbers)
    if piece.timed and table.times:
        return bool(piece.minutes & _times(table, clause))
    if piece.numbers & table.numbers or (not piece.counts and piece.minutes & _times(table, clause)):
        return True
    if piece.counts:
        count = next(iter(piece.numbers), 0.0)
        return together == 1 and 1 < count <= _MOST_COUNTED and count == clause.listed - 1
    if piece.ranged and piece.minutes & table.habitual_times.keys():
        return True
    if piece.digits and piece.digits in table.digits:
        return True
    if piece.year and piece.year in {day.year for day in table.dates | {table.today}}:
        return True
    if piece.rank and (piece.rank in table.month_days or piece.rank in {day.day for day in table.dates}):
        return True
    if any(_priced(round(number * 100), table, clause) for number in piece.numbers):
        return True
    count = next(iter(piece.numbers), 0.0)
    return together == 1 and 1 < count <= _MOST_COUNTED and count == clause.listed - 1
