"""The fact table of a call: everything that may be said as a value, read once and kept."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field, fields, replace
from datetime import date, datetime
from functools import lru_cache
from itertools import pairwise
from typing import Any

from agent.guardrail.readings import Amount, Bare, Clock, Code, Day, Month, Percent, Reading, Span
from agent.guardrail.scanning import COUNTING, Scanner
from calls.grounding import Fact, Ground
from spoken.days import WEEKDAYS, make_date, resolve
from spoken.tokens import word_set

_MONEY = word_set("price cost fee amount total deposit balance due rate paid charge refund")
_MINUTES = word_set("minutes duration length lasts takes")
_HABITUAL = word_set(
    """open opens opening close closes closing closed hours weekdays weekends daily every mondays tuesdays wednesdays
    thursdays fridays saturdays sundays served runs run"""
)
_RANGE = re.compile(r"\b(?:from|between)\b.*\b(?:to|and|until|till)\b|day (?:to|through) \w+day", re.IGNORECASE)
_EVERY_DAY = re.compile(r"\b(?:every day|daily|seven days|around the clock)\b", re.IGNORECASE)
_EACH = re.compile(r"\b(?:a|an|per|each|every|one) (minute|hour|day|night|week|month|year)\b", re.IGNORECASE)
_PER = re.compile(
    r"(?:\b(?:a|an|per|each|every)[ _]|/ ?)(second|minute|hour|day|night|week|month|year)\b"
    r"|\b(hour|dai|night|week|month|year)ly\b",
    re.IGNORECASE,
)
_STOP = (
    word_set(
        """a an the of for to in on at is are was be it its and or with your you our we i this that from by costs cost
    price prices fee amount total per each dollars dollar pounds pound euros euro night hour day week month year person
    nights hours days weeks months years persons one two three four five six seven eight nine ten all after also only
    usd gbp eur that this then every first half more less than not no have there can will may must should plus"""
    )
    | COUNTING
)
"""Words which say nothing of what a price is the price of"""
_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)*")
_CODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{2,40}")
_IRREGULAR = {"children": "child", "people": "person", "women": "woman", "men": "man"}
_ONE = {
    "minute": (1, "minute"), "hour": (60, "minute"), "day": (1, "day"), "night": (1, "day"), "week": (7, "day"),
    "month": (1, "month"), "year": (1, "year"),
}  # fmt: skip
_PRICED_IN = re.compile(r"[$£€]|\b(?:dollars?|pounds?|euros?|cents?|usd|gbp|eur)\b", re.IGNORECASE)
_BEFORE = word_set("early earlier before ahead beforehand")
_RECENT_DAYS = 120
_ISO_SPAN = re.compile(r"PT(?:(\d+)H)?(?:(\d+)M)?")
_STAY = ("line", "script")
_LARGEST = 4_000
"""characters of one fact that are read"""


@dataclass(frozen=True, slots=True)
class Sourced:
    """A value with what it is a value of."""

    reading: Reading
    about: frozenset[str]
    habitual: bool
    """true of every week ("open Monday to Saturday"), not of one occasion"""
    closed: bool = False
    """ "Closed on Sundays" """


@dataclass(slots=True)
class FactTable:
    """What is known, by kind."""

    today: date
    now: int = 0
    """minutes since midnight"""
    dates: set[date] = field(default_factory=set)
    weekdays: set[int] = field(default_factory=set)
    habitual_weekdays: dict[int, frozenset[str]] = field(default_factory=dict)
    """weekday -> what happens on it"""
    closed: set[int] = field(default_factory=set)
    """weekdays on which nothing is"""
    month_days: set[int] = field(default_factory=set)
    months: set[int] = field(default_factory=set)
    times: set[int] = field(default_factory=set)
    habitual_times: dict[int, frozenset[str]] = field(default_factory=dict)
    spans: set[tuple[float, str]] = field(default_factory=set)
    rates: set[str] = field(default_factory=set)
    """units that prices are for: "three dollars an hour" lasts no hour"""
    amounts: dict[int, list[frozenset[str]]] = field(default_factory=dict)
    """hundredths -> what costs that"""
    currencies: dict[int, set[str]] = field(default_factory=dict)
    """hundredths -> in what; empty text where the fact does not say"""
    leads: set[int] = field(default_factory=set)
    """minutes one should be there before a time"""
    percents: set[float] = field(default_factory=set)
    numbers: set[float] = field(default_factory=set)
    digits: set[str] = field(default_factory=set)
    codes: set[str] = field(default_factory=set)
    words: set[str] = field(default_factory=set)
    """every word of every fact, lower case: what may be used as a name"""
    emails: set[str] = field(default_factory=set)
    text: str = ""
    """of every fact, lower case, a line each"""

    def copy(self) -> FactTable:
        """One that can be added to without changing this one."""
        return FactTable(**{part.name: _own(getattr(self, part.name)) for part in fields(self)})


def _own(part: Any) -> Any:
    match part:
        case dict():
            return {key: _own(value) for key, value in part.items()}
        case set() | list():
            return part.copy()
        case _:
            return part


def table_of(ground: Ground) -> FactTable:
    """The table of a call's ground. What is known on a day is read once, and shared."""
    moment = _moment(ground.wall)
    return replace(_table(ground.facts, moment.date(), ground.locale), now=moment.hour * 60 + moment.minute)


@lru_cache(maxsize=256)
def _table(facts: tuple[Fact, ...], today: date, locale: str) -> FactTable:
    # Those of the business come first and stay; with nearly every turn there is something new of the call after them.
    stay = next((place for place, fact in enumerate(facts) if fact.origin not in _STAY), 0)
    table = _table(facts[:stay], today, locale).copy() if stay else FactTable(today)
    for fact in facts[stay:]:
        for sourced in _read(fact.name, fact.value, today, locale):
            _put(table, sourced)
        _put_text(table, fact)
    told = (str(fact.value)[:_LARGEST].lower() for fact in facts[stay:])
    table.text = "\n".join((table.text, *told) if stay else told)
    return table


def _moment(wall: str) -> datetime:
    try:
        return datetime.fromisoformat(wall)
    except ValueError:
        return datetime(2000, 1, 1)


@lru_cache(maxsize=8_192)
def _read(name: str, value: str | int | float | bool, today: date, locale: str) -> tuple[Sourced, ...]:
    """The readings of one fact. ``name`` tells money and minutes from bare numbers."""
    about = frozenset(name.lower().replace("_", " ").split())
    if isinstance(value, bool):
        return ()
    if isinstance(value, int | float):
        if about & _MONEY:
            return (Sourced(Reading(Amount(round(value * 100), ""), 0, 0), about - _STOP, False),)
        unit = "minute" if about & _MINUTES else "day" if "days" in about else "year" if "age" in about else ""
        return (Sourced(Reading(Span(value, unit), 0, 0), about, False),)
    text = value[:_LARGEST]
    if span := _ISO_SPAN.fullmatch(text):
        minutes = int(span.group(1) or 0) * 60 + int(span.group(2) or 0)
        return (Sourced(Reading(Span(minutes, "minute"), 0, 0), about, False),)
    text = re.sub(r"(\d{4}-\d\d-\d\d)T(?=\d\d:\d\d)", r"\1 ", text)
    text = re.sub(r"\b(\d\d:\d\d):\d\d(?:[+-]\d\d:\d\d|Z)?\b", r"\1", text)
    text = re.sub(r"(?<![\d.])(\d+(?:\.\d\d)?) (USD|GBP|EUR)\b", r"\1 \2", text)
    found: list[Sourced] = []
    for part in re.split(r"(?<=[.;!?|\n])\s+|[|\n;]", text):
        words = frozenset(_WORD.findall(part.lower()))
        words |= singular(words)
        habitual = bool((words | about) & _HABITUAL) or _RANGE.search(part) is not None
        subject = (words | about) - _STOP
        readings = lasting(Scanner(today, locale == "en-GB").readings(part), part)
        found += [Sourced(reading, subject, habitual, _closed(part, reading)) for reading in readings]
        found += [Sourced(r, subject, habitual) for r in _between(readings, part, today)]
        found += [Sourced(r, subject, habitual) for r in _same_unit(readings, part)]
        if _EVERY_DAY.search(part):
            scanner = Scanner(today)
            found += [Sourced(r, subject, True) for name in _NAMES for r in scanner.readings(name)]
    return tuple(found)


def _closed(part: str, reading: Reading) -> bool:
    before = part[: reading.start].lower()
    return before.rfind("clos") > before.rfind("open")


def _between(readings: list[Reading], text: str, today: date) -> Iterable[Reading]:
    """The weekdays a range leaves unsaid: "Monday to Saturday" has a Wednesday."""
    for first, last in pairwise(readings):
        gap = text[first.end : last.start].strip().lower()
        if gap not in ("to", "through", "until", "till", "-", "–"):
            continue
        if isinstance(first.value, Day) and isinstance(last.value, Day):
            start, end = first.value.parts.weekday, last.value.parts.weekday
            if start is None or end is None or first.value.parts.day is not None:
                continue
            for step in range(1, (end - start) % 7):
                yield from Scanner(today).readings(_NAMES[(start + step) % 7])


def _same_unit(readings: list[Reading], text: str) -> Iterable[Reading]:
    """Prices which share the word behind the last: "between 22 and 26 dollars", "24, 36 and 48 pounds"."""
    for first, last in pairwise(readings):
        gap = text[first.end : last.start].strip(" ,").lower()
        if gap not in ("and", "to", "or", "-", "–", ""):
            continue
        if isinstance(first.value, Bare) and isinstance(last.value, Amount):
            for piece in first.value.pieces:
                for number in piece.numbers:
                    yield Reading(Amount(round(number * 100), last.value.currency), first.start, first.end)


_NAMES = [name for number in range(7) for name, n in WEEKDAYS.items() if n == number and name.endswith("day")]


def _put(table: FactTable, sourced: Sourced) -> None:
    match sourced.reading.value:
        case Amount() as amount:
            table.amounts.setdefault(amount.hundredths, []).append(sourced.about)
            table.currencies.setdefault(amount.hundredths, set()).add(amount.currency)
        case Percent() as percent:
            table.percents.add(percent.number)
        case Day() as day:
            _put_day(table, day, sourced)
        case Month() as month:
            table.months.add(month.number)
        case Clock() as clock:
            for minutes in (clock.minutes, *clock.ends):
                # "From ten to three": ends of a stretch rather than 2:50.
                if sourced.habitual:
                    _add(table.habitual_times, likely(minutes), sourced.about)
                else:
                    table.times.add(likely(minutes))
            for minutes in clock.ends:
                _add(table.habitual_times, max(minutes), sourced.about)
        case Span() as span:
            if span.unit == "minute" and not sourced.about.isdisjoint(_BEFORE):
                table.leads.add(round(span.number))
            if span.unit:
                table.spans.add((span.number, span.unit))
            table.numbers.add(float(span.number))
        case Code() as code:
            table.codes.add(code.text)
        case Bare() as bare:
            _put_bare(table, bare, sourced)
        case _:
            return


def _add(known: dict[int, frozenset[str]], value: int, about: frozenset[str]) -> None:
    known[value] = known.get(value, frozenset()) | about


def _put_day(table: FactTable, day: Day, sourced: Sourced) -> None:
    parts = day.parts
    if parts.fixed is None and parts.day is None and parts.nth is None and not parts.which and not parts.days:
        if parts.weekday is not None:
            if sourced.closed:
                table.closed.add(parts.weekday)
            elif sourced.habitual:
                _add(table.habitual_weekdays, parts.weekday, sourced.about)
            else:
                table.weekdays.add(parts.weekday)
        return
    found = resolve(parts, table.today)
    if found is None:
        return
    table.dates.add(found.day)
    past = make_date(found.day.year - 1, found.day.month, found.day.day)
    if parts.year is None and parts.month is not None and past and (table.today - past).days < _RECENT_DAYS:
        # "It left on 27 November", told on the thirtieth.
        table.dates = (table.dates - {found.day}) | {past}


def _put_bare(table: FactTable, bare: Bare, sourced: Sourced) -> None:
    if len(bare.digits) >= 3:
        table.digits.add(bare.digits)
    for piece in bare.pieces:
        if not (sourced.habitual and piece.ranged and piece.minutes):
            table.numbers |= piece.numbers  # "from nine to five" counts nothing
        if len(piece.digits) >= 3:
            table.digits.add(piece.digits)
        if piece.rank:
            table.month_days.add(piece.rank)
        if piece.price or sourced.about & _MONEY:
            for number in piece.numbers:
                table.amounts.setdefault(round(number * 100), []).append(sourced.about)
                table.currencies.setdefault(round(number * 100), set()).add("")
        if sourced.habitual and piece.minutes:
            for minute in {likely(piece.minutes)} | {m for m in piece.minutes if m >= 12 * 60}:
                _add(table.habitual_times, minute, sourced.about)
        elif "time" in sourced.about and piece.minutes:
            table.times.add(likely(piece.minutes))


def _put_text(table: FactTable, fact: Fact) -> None:
    table.words |= {word for part in fact.name.lower().split("_") for word in _WORD.findall(part)}
    if not isinstance(fact.value, str):
        return
    text = fact.value[:_LARGEST]
    units = [first or last for first, last in _PER.findall(f"{fact.name}: {text}".lower())]
    table.rates |= {"day" if unit == "dai" else unit for unit in units}
    each = {_ONE[unit] for unit in _EACH.findall(text.lower())}
    # "Three dollars an hour": no hour is a length of anything.
    table.spans |= {span for span in each if span[1] != "minute" or not _PRICED_IN.search(text)}
    if _EVERY_DAY.search(text):
        table.spans.add((7, "day"))
    for word in _WORD.findall(text.lower()):
        table.words.add(word)
        table.words.add(word.replace("’", "'").removesuffix("'s"))
    if _CODE.fullmatch(text) and any(character.isdigit() for character in text):
        plain = re.sub(r"[^A-Za-z0-9]", "", text).lower()
        (table.digits if plain.isdigit() else table.codes).add(plain)
    if text.startswith("+") and text[1:].isdigit():
        table.digits.add(text[1:])
    table.emails |= {found.lower() for found in re.findall(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+", text)}


def lasting(readings: list[Reading], text: str) -> list[Reading]:
    """Without the "an hour" of "three dollars an hour"."""
    priced = {reading.end for reading in readings if isinstance(reading.value, Amount)}
    return [r for r in readings if not (isinstance(r.value, Span) and len(text[: r.start].rstrip()) in priced)]


def singular(words: Iterable[str]) -> frozenset[str]:
    """The same words, as far as they are plurals, in the singular."""
    return frozenset(_IRREGULAR.get(word, word.removesuffix("s")) for word in words)


def likely(minutes: frozenset[int]) -> int:
    """Which of two times a business means: one to six is in the afternoon, seven to twelve in the morning, noon."""
    if len(minutes) == 1:
        return next(iter(minutes))
    morning = min(minutes)
    return morning if morning >= 7 * 60 else morning + 12 * 60
