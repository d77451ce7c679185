"""Days with a name: fixed, counted in weekdays, or hung on Easter; American or British where they differ."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, timedelta

from .days import DateParts, easter, make_date, month_end, nth_weekday, shift
from .tokens import words_of
from .years import Calendar, Read

Rule = Callable[[int], date | None]


def _fixed(month: int, day: int) -> Rule:
    return lambda year: make_date(year, month, day)


def _easter(offset: int) -> Rule:
    return lambda year: shift(easter(year), offset)


def _nth(month: int, nth: int, weekday: int, plus: int = 0) -> Rule:
    def rule(year: int) -> date | None:
        day = nth_weekday(year, month, nth, weekday)
        return shift(day, plus) if day else None

    return rule


def _last_monday(month: int) -> Rule:
    def rule(year: int) -> date:
        last = month_end(year, month)
        return last - timedelta(days=last.weekday())

    return rule


_EVERYWHERE: dict[str, Rule] = {
    "christmas eve": _fixed(12, 24), "christmas day": _fixed(12, 25), "christmas": _fixed(12, 25),
    "xmas": _fixed(12, 25), "boxing day": _fixed(12, 26), "new years eve": _fixed(12, 31),
    "new year's eve": _fixed(12, 31), "new years day": _fixed(1, 1), "new years": _fixed(1, 1),
    "new year": _fixed(1, 1), "valentines day": _fixed(2, 14), "valentines": _fixed(2, 14),
    "valentine day": _fixed(2, 14), "saint patricks day": _fixed(3, 17), "st patricks day": _fixed(3, 17),
    "april fools": _fixed(4, 1), "april fools day": _fixed(4, 1), "may day": _fixed(5, 1),
    "halloween": _fixed(10, 31), "all saints day": _fixed(11, 1), "good friday": _easter(-2),
    "easter sunday": _easter(0), "easter monday": _easter(1), "easter": _easter(0), "ash wednesday": _easter(-46),
    "palm sunday": _easter(-7), "fathers day": _nth(6, 3, 6), "black friday": _nth(11, 4, 3, 1),
}  # fmt: skip
# 5 U.S.C. 6103 (federal holidays); Mother's Day: 36 U.S.C. 117.
_AMERICAN: dict[str, Rule] = {
    "independence day": _fixed(7, 4), "thanksgiving": _nth(11, 4, 3), "thanksgiving day": _nth(11, 4, 3),
    "martin luther king day": _nth(1, 3, 0), "mlk day": _nth(1, 3, 0), "presidents day": _nth(2, 3, 0),
    "memorial day": _last_monday(5), "juneteenth": _fixed(6, 19), "labor day": _nth(9, 1, 0),
    "columbus day": _nth(10, 2, 0), "veterans day": _fixed(11, 11), "mothers day": _nth(5, 2, 6),
    "cinco de mayo": _fixed(5, 5), "groundhog day": _fixed(2, 2), "tax day": _fixed(4, 15),
}  # fmt: skip
# Banking and Financial Dealings Act 1971, schedule 1; Mothering Sunday is the fourth of Lent.
_BRITISH: dict[str, Rule] = {
    "independence day": _fixed(7, 4), "thanksgiving": _nth(11, 4, 3), "mothers day": _easter(-21),
    "mothering sunday": _easter(-21), "pancake day": _easter(-47), "shrove tuesday": _easter(-47),
    "early may bank holiday": _nth(5, 1, 0), "may bank holiday": _nth(5, 1, 0),
    "spring bank holiday": _last_monday(5), "august bank holiday": _last_monday(8),
    "summer bank holiday": _last_monday(8), "bonfire night": _fixed(11, 5), "guy fawkes": _fixed(11, 5),
    "guy fawkes night": _fixed(11, 5), "burns night": _fixed(1, 25), "hogmanay": _fixed(12, 31),
    "remembrance day": _fixed(11, 11), "saint georges day": _fixed(4, 23), "st georges day": _fixed(4, 23),
    "saint andrews day": _fixed(11, 30), "st davids day": _fixed(3, 1),
}  # fmt: skip


def _table(rules: dict[str, Rule]) -> dict[str, list[tuple[tuple[str, ...], Rule]]]:
    by_first: dict[str, list[tuple[tuple[str, ...], Rule]]] = {}
    for name, rule in rules.items():
        words = words_of(name)
        by_first.setdefault(words[0], []).append((words, rule))
    for entries in by_first.values():
        entries.sort(key=lambda entry: -len(entry[0]))
    return by_first


_TABLES = {False: _table(_EVERYWHERE | _AMERICAN), True: _table(_EVERYWHERE | _BRITISH)}


def read_holiday(words: Sequence[str], i: int, calendar: Calendar) -> Read:
    """The next such day, today included: "boxing day", "labor day" (en-US), "mothering Sunday" (en-GB)."""
    for names, rule in _TABLES[calendar.day_first].get(words[i], ()):
        if tuple(words[i : i + len(names)]) == names:
            for year in (calendar.today.year, calendar.today.year + 1):
                day = rule(year)
                if day and day >= calendar.today:
                    return DateParts(fixed=day, sure=0.9), i + len(names)
    return None
