"""Stretches of time: "an hour and a half", "two hours fifteen", "three nights"; value ISO 8601."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from .found import Found, settle_found
from .kinds import Context
from .numbers import read_number
from .tokens import MASK, Utterance
from .years import at

MINUTES = {
    "second": 1 / 60, "seconds": 1 / 60, "secs": 1 / 60, "minute": 1, "minutes": 1, "min": 1, "mins": 1,
    "hour": 60, "hours": 60, "hr": 60, "hrs": 60, "day": 1440, "days": 1440, "night": 1440, "nights": 1440,
    "week": 10080, "weeks": 10080, "fortnight": 20160, "fortnights": 20160,
}  # fmt: skip
_MONTHS = {"month": 1, "months": 1, "year": 12, "years": 12}


@dataclass(frozen=True)
class Stretch:
    """A length of time: ``minutes`` (may be a fraction) or, for months and years, ``months``."""

    minutes: float = 0
    months: int = 0

    def iso(self) -> str:
        """ISO 8601, in the coarsest units that fit: ``P3D``, ``PT1H30M``, ``P2W``, ``P6M``."""
        if self.months:
            years, months = divmod(self.months, 12)
            return "P" + (f"{years}Y" if years else "") + (f"{months}M" if months else "")
        seconds = round(self.minutes * 60)
        days, rest = divmod(seconds, 86400)
        if rest == 0 and days and days % 7 == 0:
            return f"P{days // 7}W"
        hours, rest = divmod(rest, 3600)
        minutes, rest = divmod(rest, 60)
        clock = "".join(f"{n}{u}" for n, u in ((hours, "H"), (minutes, "M"), (rest, "S")) if n)
        if not days and not clock:
            return "PT0S"
        return "P" + (f"{days}D" if days else "") + (f"T{clock}" if clock else "")


def _quantity(words: Sequence[str], i: int) -> tuple[float, int] | None:
    for phrase, amount in (
        (("half", "a"), 0.5), (("half", "an"), 0.5), (("a", "half"), 0.5), (("half",), 0.5),
        (("three", "quarters", "of", "an"), 0.75), (("three", "quarters", "of", "a"), 0.75),
        (("a", "quarter", "of", "an"), 0.25), (("quarter", "of", "an"), 0.25), (("a", "couple", "of"), 2),
        (("a", "couple"), 2), (("couple", "of"), 2),
    ):  # fmt: skip
        if at(words, i, *phrase):
            return amount, i + len(phrase)
    read = read_number(words, i)
    if read:
        return read
    if i < len(words) and words[i] in ("a", "an", "one"):
        return 1, i + 1
    return None


def read_stretch(words: Sequence[str], i: int) -> tuple[Stretch, int] | None:
    """A length of time at word ``i`` and the index after it."""
    first = _single(words, i)
    if first is None:
        return None
    total, j, unit = first
    while j < len(words) and not total.months:
        k = j + (words[j] == "and")
        if at(words, k, "a", "half"):
            return Stretch(total.minutes + 0.5 * unit), k + 2
        if at(words, k, "a", "quarter"):
            return Stretch(total.minutes + 0.25 * unit), k + 2
        more = _single(words, k)
        if more is not None and not more[0].months and more[2] < unit:
            total, j, unit = Stretch(total.minutes + more[0].minutes), more[1], more[2]
            continue
        bare = read_number(words, k) if unit == 60 and k == j else None
        if (
            bare
            and bare[0] in (15, 20, 30, 45)
            and not (bare[1] < len(words) and words[bare[1]] in ("people", "pm", "am"))
        ):
            return Stretch(total.minutes + bare[0]), bare[1]
        break
    return total, j


def _single(words: Sequence[str], i: int) -> tuple[Stretch, int, float] | None:
    quantity = _quantity(words, i)
    amount, j = quantity if quantity else (1, i)
    if j >= len(words) or not 0 <= amount <= 100_000:
        return None
    if words[j] in ("fortnight", "fortnights") or (quantity and words[j] in MINUTES):
        unit = MINUTES[words[j]]
        return Stretch(amount * unit), j + 1, unit
    if quantity and words[j] in _MONTHS:
        return Stretch(months=max(1, round(amount * _MONTHS[words[j]]))), j + 1, 1e9
    return None


def find_duration(u: Utterance, context: Context) -> Found | None:
    """The kind ``duration``. A bare number is taken for minutes, unsurely."""
    hits: list[Found] = []
    i = 0
    while i < len(u.words):
        read = read_stretch(u.words, i) if u.words[i] != MASK else None
        if read is None:
            i += 1
            continue
        hits.append(Found(i, read[1], read[0].iso()))
        i = read[1]
    if hits or u.strict:
        return settle_found(hits, u)
    for i in range(len(u.words)):
        number = read_number(u.words, i)
        if number and 0 < number[0] <= 1440:
            hours = Stretch(number[0] * 60).iso()
            return Found(i, number[1], Stretch(number[0]).iso(), 0.5, (hours,))
    return None
