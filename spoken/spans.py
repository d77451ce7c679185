"""Stretches of days, months and years inside a date: "two weeks", "a couple of days", "a fortnight"."""

from __future__ import annotations

from collections.abc import Sequence

from .numbers import read_cardinal
from .years import at

UNITS = {"day": 1, "days": 1, "night": 1, "nights": 1, "week": 7, "weeks": 7, "weeks'": 7, "fortnight": 14,
         "fortnights": 14}  # fmt: skip


def _count(words: Sequence[str], i: int) -> tuple[int, int] | None:
    """ "two", "a", "a couple of" before a unit of time."""
    if i >= len(words):
        return None
    if words[i] in ("a", "an", "one"):
        if at(words, i + 1, "couple"):
            return 2, i + 3 if at(words, i + 2, "of") else i + 2
        return 1, i + 1
    if at(words, i, "couple", "of"):
        return 2, i + 2
    return read_cardinal(words, i)


def read_span(words: Sequence[str], i: int) -> tuple[int, int, int] | None:
    """A stretch of time at word ``i``: days, months, index after."""
    counted = _count(words, i)
    n, j = counted if counted else (1, i)
    if j >= len(words) or n > 1000:
        return None
    unit = words[j]
    if unit in UNITS and (counted or unit == "fortnight"):
        return n * UNITS[unit], 0, j + 1
    if unit in ("month", "months", "year", "years") and counted:
        return 0, n * (12 if unit[0] == "y" else 1), j + 1
    return None
