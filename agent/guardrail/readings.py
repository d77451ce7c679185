"""What can be read out of a sentence: each value with the words it stands in. Closed; made by ``scanning``."""

from __future__ import annotations

from dataclasses import dataclass

from spoken.days import DateParts


@dataclass(frozen=True, slots=True)
class Amount:
    """Money with its unit: "forty dollars", "$12.50"."""

    hundredths: int
    currency: str


@dataclass(frozen=True, slots=True)
class Percent:
    """ "Ten percent"."""

    number: float


@dataclass(frozen=True, slots=True)
class Day:
    """A day, as far as it was said: "Tuesday", "the fourteenth", "tomorrow"."""

    parts: DateParts


@dataclass(frozen=True, slots=True)
class Month:
    """A month alone, 1 to 12."""

    number: int


@dataclass(frozen=True, slots=True)
class Clock:
    """A time of day nobody could take for anything else; minutes since midnight it may mean."""

    minutes: frozenset[int]
    ends: tuple[frozenset[int], ...] = ()
    """of "five to eleven", which is a time or a stretch of time"""


@dataclass(frozen=True, slots=True)
class Span:
    """A length of time: so many ``minute | day | month | year`` (weeks are days, hours are minutes)."""

    number: float
    unit: str


@dataclass(frozen=True, slots=True)
class Code:
    """Letters and digits said one by one or written as a block; lower case, nothing between."""

    text: str
    part: bool = False
    """announced as a part: "ending in", "starts with" """


@dataclass(frozen=True, slots=True)
class Piece:
    """A bare number, which may mean several things."""

    numbers: frozenset[float]
    digits: str
    minutes: frozenset[int]
    year: int
    rank: int
    """as an ordinal; 0: it is none"""
    price: bool = False
    """stands where a price stands: "costs forty" """
    ranged: bool = False
    """stands where an end of a stretch of time stands: "from nine", "until six" """
    counts: bool = False
    """things in the plural come after it"""
    timed: bool = False
    """stands where only a time stands: "around three", "at three" """


@dataclass(frozen=True, slots=True)
class Bare:
    """Numbers without a unit, next to each other: together a string of digits, or each for itself."""

    pieces: tuple[Piece, ...]
    digits: str
    """all of them as one string"""
    part: bool = False


@dataclass(frozen=True, slots=True)
class Name:
    """A word that is a name here; lower case."""

    word: str


@dataclass(frozen=True, slots=True)
class Daypart:
    """ "In the morning"."""

    part: str


Value = Amount | Percent | Day | Month | Clock | Span | Code | Bare | Name | Daypart


@dataclass(frozen=True, slots=True)
class Reading:
    """A value and the characters ``[start, end)`` it was read from."""

    value: Value
    start: int
    end: int
