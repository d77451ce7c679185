"""Years and days of the month in words, and what the grammar of dates knows of its surroundings."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from .days import DateParts
from .numbers import TEN_WORDS, UNITS, read_cardinal, read_ordinal
from .tokens import is_digits


@dataclass(frozen=True)
class Calendar:
    """What the grammar needs of the context: today, the order in 3/4, whether other values may be around,
    and the years a bare number may name. ``short_years``: two digits may be a year, of this century if ``ahead``."""

    today: date
    day_first: bool = False
    strict: bool = False
    years: tuple[int, int] = (0, 0)
    short_years: bool = False
    ahead: bool = False

    def is_year(self, year: int) -> bool:
        """Whether a number is a year somebody would name here."""
        return self.years[0] <= year <= self.years[1]


Read = tuple[DateParts, int] | None
"""The parts of a date and the index after it."""


def at(words: Sequence[str], i: int, *phrase: str) -> bool:
    """Whether ``phrase`` stands at word ``i``."""
    return tuple(words[i : i + len(phrase)]) == phrase


def read_year(words: Sequence[str], i: int, calendar: Calendar) -> tuple[int, int] | None:
    """A year: "2026", "twenty twenty six", "nineteen oh five", "two thousand and one", "'85" for births."""
    if i >= len(words):
        return None
    word = words[i]
    if is_digits(word) and len(word) == 4 and calendar.is_year(int(word)):
        return int(word), i + 1
    if at(words, i, "two", "thousand"):
        read = read_cardinal(words, i)
        return read if read and calendar.is_year(read[0]) else None
    century = _two_digits(words, i)
    if century is None:
        return None
    if 19 <= century[0] <= 20:
        j = century[1]
        if j + 1 < len(words) and words[j] in ("oh", "o") and UNITS.get(words[j + 1], 0) in range(1, 10):
            rest: tuple[int, int] | None = (UNITS[words[j + 1]], j + 2)
        elif j < len(words) and words[j] == "hundred":
            rest = (0, j + 1)
        else:
            rest = _two_digits(words, j)
        if rest and (rest[0] >= 10 or words[j] in ("oh", "o", "hundred")):
            year = century[0] * 100 + rest[0]
            if calendar.is_year(year):
                return year, rest[1]
    if calendar.short_years and (century[0] >= 10 or word[0] == "0"):
        year = full_year(century[0], calendar)
        return (year, century[1]) if calendar.is_year(year) else None
    return None


def _two_digits(words: Sequence[str], i: int) -> tuple[int, int] | None:
    if i >= len(words):
        return None
    if is_digits(words[i]):
        return (int(words[i]), i + 1) if len(words[i]) == 2 else None
    if words[i] in UNITS or words[i] in TEN_WORDS:
        tens = TEN_WORDS.get(words[i])
        if tens is None:
            return UNITS[words[i]], i + 1
        unit = UNITS.get(words[i + 1], 0) if i + 1 < len(words) else 0
        return (tens + unit, i + 2) if 1 <= unit <= 9 else (tens, i + 1)
    return None


def full_year(short: int, calendar: Calendar) -> int:
    """The year of a two-digit one: this century, or for births the latest not after today."""
    year = calendar.today.year // 100 * 100 + short
    if calendar.short_years and not calendar.ahead and year > calendar.today.year:
        return year - 100
    return year


def day_number(words: Sequence[str], i: int) -> tuple[int, int, bool] | None:
    """A day of the month, the index after it, and whether it was said as an ordinal."""
    read = read_ordinal(words, i)
    if read and read[0] < 10 and i > 0 and words[i - 1] in TEN_WORDS:
        return None  # the tail of "thirty second"
    if read:
        return (read[0], read[1], True) if 1 <= read[0] <= 31 else None
    two = _two_digits(words, i) if i < len(words) else None
    if two is None and i < len(words) and is_digits(words[i]) and len(words[i]) == 1:
        two = int(words[i]), i + 1
    return (two[0], two[1], False) if two and 1 <= two[0] <= 31 else None
