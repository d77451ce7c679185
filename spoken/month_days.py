"""The grammar of days named by their number: "March 3rd", "the third of the fourth", "3/14", "the end of May"."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from .days import MONTHS, WEEKDAYS, DateParts, make_date, month_end
from .numbers import read_cardinal, read_ordinal
from .tokens import word_set
from .years import Calendar, Read, at, day_number, full_year, read_year

_NOUNS = word_set(
    """available one ones time thing slot appointment opening name question option choice place person half class
    visit week quarter try attempt floor kid child son daughter street avenue party reminder call email message letter
    order item opinion hand aid year grade road degree timer timers of off things"""
)
_BEGINNINGS = word_set("let i can could we tell you")
""" "First I", "second, can you": a sentence in order; "the twenty first I think" is a day."""
_NOT_A_DAY = frozenset({"a", "an", "one", "just", "my", "your", "our", "his", "her", "their", "every", "another"})
_AFTER_MAY_VERB = frozenset((word,) for word in ("i", "we", "you", "be", "have", "need", "come", "want", "not"))
_STROKES = frozenset({"slash", "stroke", "/"})


def read_numeric(words: Sequence[str], i: int, calendar: Calendar) -> Read:
    """ "3/14", "3/14/26", "14.3.2026", "2026-03-14": figures in one word, in the order of the locale."""
    word = words[i]
    if word[0] not in "0123456789":
        return None
    if word.count("-") == 2:
        year, month, day = (int(part) for part in word.split("-"))
        made = make_date(year, month, day)
        return (DateParts(year=year, month=month, day=day, sure=0.99), i + 1) if made else None
    separator = "/" if "/" in word else "."
    numbers = word.split(separator)
    if len(numbers) < 2 or (separator == "." and len(numbers) < 3):
        return None
    if len(numbers[0]) == 4:
        made = make_date(*(int(number) for number in numbers)) if len(numbers) == 3 else None
        return (DateParts(year=made.year, month=made.month, day=made.day, sure=0.99), i + 1) if made else None
    year_said: int | None = None
    if len(numbers) == 3:
        year_said = int(numbers[2]) if len(numbers[2]) == 4 else full_year(int(numbers[2][:2]), calendar)
    parts = of_numerals(int(numbers[0]), int(numbers[1]), year_said, calendar)
    return (parts, i + 1) if parts else None


def read_month_day(words: Sequence[str], i: int, calendar: Calendar) -> Read:
    """ "March 14th", "march the fourteenth", "March fourteen 2026"."""
    if words[i] not in MONTHS:
        return None
    j = i + 1 + at(words, i + 1, "the")
    day = day_number(words, j) if j < len(words) else None
    if day is None or _clock_follows(words, day):
        return None
    return _with_year(DateParts(month=MONTHS[words[i]], day=day[0]), words, day[1], calendar)


def _clock_follows(words: Sequence[str], day: tuple[int, int, bool]) -> bool:
    return not day[2] and day[1] < len(words) and words[day[1]] in ("am", "pm", "oclock")


def _month_number(words: Sequence[str], j: int) -> tuple[int, int] | None:
    """ "Of the fourth" after a day: the month by its number."""
    if not at(words, j, "of"):
        return None
    k = j + 1 + at(words, j + 1, "the")
    read = read_ordinal(words, k)
    if read is None or not 1 <= read[0] <= 12 or (read[1] < len(words) and words[read[1]] in _NOUNS):
        return None
    return read


def read_spoken_numerals(words: Sequence[str], i: int, calendar: Calendar) -> Read:
    """ "Four slash five", "oh four stroke twelve stroke twenty six": the sign makes it a date."""
    first = numeral(words, i)
    if first is None or first[1] >= len(words) or words[first[1]] not in _STROKES:
        return None
    second = numeral(words, first[1] + 1)
    if second is None:
        return None
    j, year = second[1], None
    if j + 1 < len(words) and words[j] in _STROKES:
        year = read_year(words, j + 1, replace(calendar, short_years=True, ahead=not calendar.short_years))
        j = year[1] if year else j
    parts = of_numerals(first[0], second[0], year[0] if year else None, calendar)
    return (parts, j) if parts else None


def read_bare_numerals(words: Sequence[str], i: int, calendar: Calendar) -> Read:
    """ "Three four", "six six twenty six", "12 25 2026": a date only where nothing else was said."""
    first = numeral(words, i)
    second = numeral(words, first[1]) if first else None
    if first is None or second is None:
        return None
    # A year of two digits counts from this century ("six six twenty six"), for a birth from the last hundred years.
    year = read_year(words, second[1], replace(calendar, short_years=True, ahead=not calendar.short_years))
    parts = of_numerals(first[0], second[0], year[0] if year else None, calendar)
    return (replace(parts, sure=min(parts.sure, 0.65)), year[1] if year else second[1]) if parts else None


def of_numerals(first: int, second: int, year: int | None, calendar: Calendar) -> DateParts | None:
    """Day and month in the order of the locale, or the only order there is."""
    month, day = (second, first) if calendar.day_first else (first, second)
    sure = 0.95 if first > 12 or second > 12 or first == second else 0.85
    if month > 12:
        month, day = day, month
    if not 1 <= month <= 12 or make_date(year or 2024, month, day) is None:
        return None
    return DateParts(year=year, month=month, day=day, sure=sure, swaps=sure < 0.9)


def numeral(words: Sequence[str], i: int) -> tuple[int, int] | None:
    """A number 1 to 31 as it is said in a date of figures: "four", "oh four", "twenty five", "04"."""
    zero = i < len(words) and words[i] in ("oh", "o", "zero", "nought")
    read = read_cardinal(words, i + zero) if i + zero < len(words) else None
    if read is None or not 1 <= read[0] <= (9 if zero else 31) or "hundred" in words[i : read[1]]:
        return None
    return read


def _with_year(parts: DateParts, words: Sequence[str], j: int, calendar: Calendar) -> Read:
    k = j + (j < len(words) and words[j] in ("of", "in"))
    year = read_year(words, k, calendar)
    if year:
        return replace(parts, year=year[0]), year[1]
    for lead, ahead in ((("next", "year"), 1), (("this", "year"), 0)):
        if at(words, k, *lead):
            return replace(parts, year=calendar.today.year + ahead), k + 2
    return parts, j


def read_day_month(words: Sequence[str], i: int, calendar: Calendar) -> Read:
    """ "the fourteenth", "14 March", "the third of May twenty twenty seven", "the 5th of next month"."""
    the = words[i] == "the"
    day = day_number(words, i + the) if i + the < len(words) else None
    if day is None:
        return None
    number, j, ordinal = day
    k = j + at(words, j, "day")
    k += at(words, k, "of")
    after_month = None if ordinal or k >= len(words) else day_number(words, k + 1)
    if after_month and after_month[2]:
        return None  # "... four May twentieth": the number belongs to a year before
    if (
        k < len(words)
        and words[k] in MONTHS
        and (ordinal or words[k] != "may" or at(words, j, "of") or the or words[k + 1 : k + 2] not in _AFTER_MAY_VERB)
    ):
        return _with_year(DateParts(month=MONTHS[words[k]], day=number), words, k + 1, calendar)
    where = _month_place(words, j, calendar) if ordinal else None
    if where and where[0].month is None:
        return replace(where[0], day=number), where[1]
    month = _month_number(words, j) if ordinal else None
    if month and make_date(2024, month[0], number):
        return _with_year(DateParts(month=month[0], day=number, sure=0.9), words, month[1], calendar)
    if not ordinal or (j < len(words) and words[j] in _NOUNS):
        return None
    before = words[i - 1] if i > 0 else ""
    if number <= 3 and j < len(words) and words[j] in _BEGINNINGS and before != "on":
        return None
    firm = the or before == "on"
    if not firm and (calendar.strict or before in _NOT_A_DAY):
        return None
    return DateParts(day=number, sure=0.85 if firm else 0.75), j


def read_nth_weekday(words: Sequence[str], i: int, calendar: Calendar) -> Read:
    """ "the first Monday in April", "last Friday of the month"."""
    j = i + 1 if words[i] == "the" else i
    ordinal = (-1, j + 1) if at(words, j, "last") else read_ordinal(words, j)
    if ordinal is None or not -1 <= ordinal[0] <= 5 or ordinal[1] >= len(words):
        return None
    k = ordinal[1]
    if words[k] == "day" and ordinal[0] == -1:
        where = _month_place(words, k + 1, calendar)
        return _end_of(where, calendar) if where else None
    weekday = WEEKDAYS.get(words[k])
    where = _month_place(words, k + 1, calendar) if weekday is not None else None
    if where is None:
        return None
    return replace(where[0], nth=ordinal[0], weekday=weekday), where[1]


def _month_place(words: Sequence[str], i: int, calendar: Calendar) -> Read:
    """ "in April", "of next month", "of the month", "of May 2027": month or months-ahead only."""
    if i >= len(words) or words[i] not in ("in", "of"):
        return None
    if at(words, i + 1, "next", "month"):
        return DateParts(months=1), i + 3
    if at(words, i + 1, "this", "month"):
        return DateParts(months=0), i + 3
    if at(words, i + 1, "the", "month"):
        return DateParts(), i + 3
    if i + 1 < len(words) and words[i + 1] in MONTHS:
        year = read_year(words, i + 2, calendar)
        return DateParts(month=MONTHS[words[i + 1]], year=year[0] if year else None), year[1] if year else i + 2
    return None


def _end_of(where: tuple[DateParts, int], calendar: Calendar) -> Read:
    parts, j = where
    today = calendar.today
    if parts.month is None:
        index = today.year * 12 + today.month - 1 + (parts.months or 0)
        return DateParts(fixed=month_end(index // 12, index % 12 + 1), sure=0.9), j
    year = parts.year or (today.year if parts.month >= today.month else today.year + 1)
    return DateParts(fixed=month_end(year, parts.month), sure=0.9), j


def read_month_edge(words: Sequence[str], i: int, calendar: Calendar) -> Read:
    """ "the end of the month", "the 14th of next month", "next month on the 5th"."""
    j = i + 1 if words[i] == "the" else i
    if at(words, j, "start") or at(words, j, "beginning"):
        where = _month_place(words, j + 1, calendar)
        return (replace(where[0], day=1, sure=0.7), where[1]) if where else None
    if at(words, j, "end"):
        where = _month_place(words, j + 1, calendar)
        return _end_of(where, calendar) if where else None
    if words[i] in ("next", "this") and at(words, i + 1, "month"):
        k = i + 2 + at(words, i + 2, "on")
        k += at(words, k, "the")
        day = day_number(words, k) if k < len(words) else None
        if day and day[2]:
            return DateParts(months=int(words[i] == "next"), day=day[0]), day[1]
    return None
