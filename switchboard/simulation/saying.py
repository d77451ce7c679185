"""How a simulated caller says a value, in words.

A template of the phrase bank ("{weekday} the {day}") is filled with pieces of the value. Pieces exist only where
a person would use them and be understood: there is no "tomorrow" for a day in June, no bare "seven" for a time
that could be morning or evening. Nothing here knows how the agent itself reads values.
"""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, time
from functools import cache
from string import Formatter

from switchboard.simulation import days, numerals, spelling

Value = str | int | float
Styles = Mapping[str, Sequence[str]]
"""style -> templates"""

_PLAINEST = {"date": "month_day", "time": "clock"}
"""the style most values have; elsewhere the first one of the bank"""


@dataclass(frozen=True, slots=True)
class Partial:
    """A value in two breaths: `first` now, `rest` when asked again (empty when there is no more)."""

    first: str
    rest: str


def say(
    kind: str, value: Value, styles: Styles, style: str, rng: random.Random, *, today: date, locale: str = "en-US"
) -> str:
    """The words for `value` (canonical form) in `style`, or in the plainest style that fits it.

    Raises ValueError for a value that is not of its kind, a locale not spoken here, or styles without any
    template for it.
    """
    pieces = pieces_of(kind, value, rng, today=today, locale=locale)
    for name in (style, _PLAINEST.get(kind, ""), *styles):
        fitting = [one for one in styles.get(name, ()) if placeholders(one) <= pieces.keys()]
        if fitting:
            return f"{rng.choice(fitting).format_map(pieces)} {pieces.get(days.YEAR_AFTER, '')}".strip()
    raise ValueError(f"no template says the {kind} {value!r}; add one that uses {', '.join(sorted(pieces))}")


@cache
def placeholders(template: str) -> frozenset[str]:
    """The names in braces."""
    return frozenset(name for _, name, _, _ in Formatter().parse(template) if name is not None)


def pieces_of(kind: str, value: Value, rng: random.Random, *, today: date, locale: str = "en-US") -> dict[str, str]:
    """What a value can be said with, by the names templates use; kinds without words of their own are a `text`."""
    if locale not in numerals.LOCALES:
        raise ValueError(f"{locale!r} is not spoken here; use one of {', '.join(numerals.LOCALES)}")
    match kind:
        case "date":
            return days.date_pieces(date.fromisoformat(str(value)), today, locale)
        case "date_of_birth":
            return days.birth_pieces(date.fromisoformat(str(value)), locale)
        case "time":
            return days.time_pieces(time.fromisoformat(str(value)), locale)
        case "phone":
            return spelling.phone(str(value), rng, locale)
        case "code" | "postcode":
            return spelling.letters(str(value), rng, locale)
        case "name" | "person_name":
            return spelling.name(str(value), locale)
        case "email":
            return spelling.email(str(value))
        case "money":
            return numerals.money(value, locale)
        case "number" | "party_size":
            return {"number": numerals.cardinal(int(value), locale)}
        case _:
            return {"text": " ".join(str(value).lower().split())}


def in_two_breaths(kind: str, value: Value, rng: random.Random, *, today: date, locale: str = "en-US") -> Partial:
    """A value begun and not finished; kinds that cannot be split come whole."""
    made = pieces_of(kind, value, rng, today=today, locale=locale)
    match kind:
        case "date":
            return Partial(*days.date_in_two(date.fromisoformat(str(value)), today, locale))
        case "date_of_birth":
            return Partial(made["month"], f"{made['ordinal']} {made['year']}")
        case "time":
            return Partial(made["period"], made.get("clock", f"{made['full_clock']} {made['meridiem']}"))
        case "phone":
            first, *rest = made["groups"].split(", ")
            return Partial(first, " ".join(rest))
        case "code" | "postcode":
            signs = made["letters"].split()
            half = max(1, len(signs) // 2)
            return Partial(" ".join(signs[:half]), " ".join(signs[half:]))
        case "name" | "person_name":
            return Partial(made.get("first", made["full"]), made.get("last", ""))
        case "email":
            return Partial(made["before"], made["after"])
        case _:
            return Partial(made.get("amount") or made.get("number") or made["text"], "")


def with_article(noun: str) -> str:
    """A noun after "I need": "a cleaning", "an exam"; plurals and nouns with an article stay as they are."""
    plural = noun.endswith("s") and not noun.endswith("ss")
    if plural or noun.split(" ", 1)[0] in {"a", "an", "the", "my", "some"}:
        return noun
    vowel = noun[:1].lower() in set("aeiou") or noun.lower().startswith("x-ray")
    return f"{'an' if vowel else 'a'} {noun}"
