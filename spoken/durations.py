"""Stretches of time: "an hour and a half", "two hours fifteen", "three nights"; value ISO 8601."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from .found import Found, settle_found
from .kinds import Context
from .numbers import read_number
from .plain import plain
from .tokens import MASK, Utterance, phrases, word_set
from .years import at

MINUTES = {
    "second": 1 / 60, "seconds": 1 / 60, "secs": 1 / 60, "minute": 1, "minutes": 1, "min": 1, "mins": 1,
    "h": 60, "hour": 60, "hours": 60, "hr": 60, "hrs": 60, "day": 1440, "days": 1440, "night": 1440, "nights": 1440,
    "week": 10080, "weeks": 10080, "fortnight": 20160, "fortnights": 20160, "sec": 1 / 60,
}  # fmt: skip
_BARE_MINUTES = (5, 10, 15, 20, 25, 30, 35, 40, 45, 50, 55)
_NOT_MINUTES = word_set("people persons guests of adults pm am oclock percent dollars pounds")
_WORKING = word_set("working business full whole solid more extra straight consecutive long short good")
_BESIDE_A_LENGTH = phrases(
    """it takes | it will take | itll take | takes | take | it lasts | for | for about | up to | no more than | long
    | than"""
)
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
        if at(words, k, "a", "quarter") or at(words, k, "one", "quarter"):
            return Stretch(total.minutes + 0.25 * unit), k + 2
        if at(words, k, "three", "quarters"):
            return Stretch(total.minutes + 0.75 * unit), k + 2
        if at(words, k, "half") and k > j:
            return Stretch(total.minutes + 0.5 * unit), k + 1
        more = _single(words, k)
        if more is not None and not more[0].months and more[2] < unit:
            total, j, unit = Stretch(total.minutes + more[0].minutes), more[1], more[2]
            continue
        bare = read_number(words, k) if unit == 60 else None
        if (
            bare
            and bare[0] in _BARE_MINUTES
            and not (bare[1] < len(words) and (k > j or words[bare[1]] in _NOT_MINUTES))
        ):
            return Stretch(total.minutes + bare[0]), bare[1]
        break
    return total, j


def _single(words: Sequence[str], i: int) -> tuple[Stretch, int, float] | None:
    quantity = _quantity(words, i)
    amount, j = quantity if quantity else (1, i)
    j += quantity is not None and j + 1 < len(words) and words[j] in _WORKING
    if j >= len(words) or not 0 <= amount <= 100_000:
        return None
    if words[j] in ("fortnight", "fortnights") or (quantity and words[j] in MINUTES):
        unit = MINUTES[words[j]]
        return Stretch(amount * unit), j + 1, unit
    if quantity and words[j] in _MONTHS:
        months, j = round(amount * _MONTHS[words[j]]), j + 1
        for phrase, part in ((("and", "a", "half"), 0.5), (("and", "a", "quarter"), 0.25)):
            if at(words, j, *phrase) and words[j - 1] == "year":
                return Stretch(months=months + round(12 * part)), j + 3, 1e9
        more = _single(words, j + (words[j : j + 1] == ("and",))) if words[j - 1] in ("year", "years") else None
        if more and more[0].months and words[more[1] - 1] in ("month", "months"):
            return Stretch(months=months + more[0].months), more[1], 1e9
        return Stretch(months=max(1, months)), j, 1e9
    return None


def _points_at_a_moment(words: Sequence[str], i: int, end: int) -> bool:
    """ "Two weeks ago", "three days from now", "I'm six years old": when something is, not how long it lasts."""
    if words[end : end + 1] in (("ago",), ("old",), ("earlier",)):
        return True
    return at(words, end, "from", "now") or at(words, end, "in", "day", "out")


def find_duration(u: Utterance, context: Context) -> Found | None:
    """The kind ``duration``. A bare number is taken for minutes, unsurely."""
    hits: list[Found] = []
    i = 0
    while i < len(u.words):
        read = read_stretch(u.words, i) if u.words[i] != MASK else None
        if read is None or _points_at_a_moment(u.words, i, read[1]):
            i += 1 if read is None else read[1] - i
            continue
        hits.append(Found(i, read[1], read[0].iso()))
        i = read[1]
    if hits or u.strict:
        return settle_found(hits, u)
    for i in range(len(u.words)):
        number = read_number(u.words, i)
        if number and 0 < number[0] <= 1440 and plain(u, (i, number[1]), also=_BESIDE_A_LENGTH):
            hours = Stretch(number[0] * 60).iso()
            return Found(i, number[1], Stretch(number[0]).iso(), 0.5, (hours,))
    return None
