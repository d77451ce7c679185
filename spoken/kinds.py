"""The vocabulary of spoken values: kinds, the context they are said in, and what a parse yields.

Canonical values (JSON scalars):

==============  =======================================================
date, dob       ``'2026-03-17'``
time            ``'14:30'`` (24 h, local to ``Context.tz``)
datetime        ``'2026-03-17T14:30'`` (local, no offset)
date_range      ``'2026-03-17/2026-03-20'`` (both days included)
duration        ISO 8601, ``'PT1H30M'``, ``'P3D'``
money           amount and ISO 4217 code, ``'25.50 USD'``
number          int or float; ``ordinal`` and ``party_size`` int
phone           E.164 (``'+12125550192'``), or bare digits while not a whole number
yes_no          bool
choice          the id of the choice
everything else str
==============  =======================================================

A ``Parsed`` with ``complete=False`` holds a part: a date where date and time were asked, seven digits of
ten, a "yes" with a "but" after it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

Value = str | int | float | bool

SUPPORTED_LOCALES = ("en-US", "en-GB")
_CLOCK = re.compile(r"([01][0-9]|2[0-3]):[0-5][0-9]|24:00")
_REGIONS = {"en-US": "US", "en-GB": "GB"}


class Kind(StrEnum):
    """What sort of value is asked for; the identifiers scripts use."""

    date = "date"
    time = "time"
    datetime = "datetime"
    date_range = "date_range"
    duration = "duration"
    number = "number"
    ordinal = "ordinal"
    money = "money"
    phone = "phone"
    email = "email"
    person_name = "person_name"
    spelled_name = "spelled_name"
    address = "address"
    postcode = "postcode"
    date_of_birth = "date_of_birth"
    code = "code"
    yes_no = "yes_no"
    choice = "choice"
    party_size = "party_size"
    card = "card"
    free_text = "free_text"


class SpokenError(ValueError):
    """Root of this package's errors; all are mistakes of the configuration, never of the caller."""


class UnsupportedLocale(SpokenError):
    """The locale has no grammar; the message names those that have one."""

    def __init__(self, locale: str) -> None:
        super().__init__(f"locale {locale!r} is not supported; use one of: {', '.join(SUPPORTED_LOCALES)}")
        self.locale = locale
        self.supported = SUPPORTED_LOCALES


class UnknownTimeZone(SpokenError):
    """The time zone is not an IANA name this machine knows."""

    def __init__(self, tz: str) -> None:
        super().__init__(
            f"time zone {tz!r} is unknown; use an IANA name such as 'America/New_York' "
            "(on a system without zone files install the package tzdata)"
        )
        self.tz = tz


@dataclass(frozen=True)
class Choice:
    """One of several things on offer: its id and the ways callers say it (the first is read back)."""

    id: str
    says: tuple[str, ...]


@dataclass(frozen=True)
class Context:
    """What a value is heard against. Nothing here reads a clock: ``now`` is an argument.

    ``now`` must be aware. ``length`` (characters) and ``pattern`` (regular expression, whole match,
    upper case) describe a code. ``business_hours`` (``('09:00', '17:00')``, local) settles "at seven".
    ``default_region`` (ISO 3166) is where a phone number without ``+`` belongs; it follows the locale.
    """

    now: datetime
    tz: str
    locale: str = "en-US"
    choices: tuple[Choice, ...] = ()
    length: int | None = None
    pattern: str | None = None
    default_region: str = ""
    business_hours: tuple[str, str] | None = None

    def __post_init__(self) -> None:
        if self.locale not in SUPPORTED_LOCALES:
            raise UnsupportedLocale(self.locale)
        if self.now.tzinfo is None:
            raise SpokenError("Context.now has no time zone; pass an aware datetime")
        if not self.default_region:
            object.__setattr__(self, "default_region", _REGIONS[self.locale])
        try:
            ZoneInfo(self.tz)
        except (ZoneInfoNotFoundError, ValueError, OSError) as error:
            raise UnknownTimeZone(self.tz) from error
        for edge in self.business_hours or ():
            if not _CLOCK.fullmatch(edge):
                raise SpokenError(f"business hour {edge!r} is not a time; write it as '09:00'")

    @property
    def local_now(self) -> datetime:
        """The moment in the line's own time zone."""
        return self.now.astimezone(ZoneInfo(self.tz))

    @property
    def today(self) -> date:
        """The calendar day at the line."""
        return self.local_now.date()

    @property
    def day_first(self) -> bool:
        """Whether 3/4 is the third of April."""
        return self.locale == "en-GB"


@dataclass(frozen=True)
class Parsed:
    """A value with its evidence: the words used, where they stand, how sure, what else it could be."""

    kind: Kind
    value: Value
    text: str
    span: tuple[int, int]
    confidence: float
    alternatives: tuple[Value, ...] = ()
    complete: bool = True


Patience = Literal["quick", "normal", "patient"]


@dataclass(frozen=True)
class Expectation:
    """What the ear should expect: it tunes the end-of-turn wait and the recognizer's key terms."""

    typical_words: tuple[str, ...]
    digits: bool
    spelled: bool
    patience: Patience
    keyterms: tuple[str, ...] = ()
