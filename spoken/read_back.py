"""Values in words, in the form people confirm them: every digit a word, so that no voice can lose one."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, time

from .days import MONTH_NAMES, WEEKDAY_NAMES
from .kinds import Context, Kind, Value
from .words import (
    cardinal_words,
    number_words,
    ordinal_words,
    say_code,
    spell,
    words_for_digits,
    year_words,
)  # fmt: skip

_DURATION = re.compile(r"P(?:(\d+)Y)?(?:(\d+)M)?(?:(\d+)W)?(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)S)?)?")
_UNITS = ("year", "month", "week", "day", "hour", "minute", "second")
_MONEY = {"USD": ("dollar", "cent"), "GBP": ("pound", "p"), "EUR": ("euro", "cent")}
_DIGITS = re.compile(r"[0-9]+")


def say_date(day: date, context: Context, *, weekday: bool = True, year: bool | None = None) -> str:
    """ "Tuesday, March seventeenth" (en-GB "Tuesday the seventeenth of March"), the year if not plain."""
    ahead = (day - context.today).days
    with_year = year if year is not None else not -60 <= ahead < 330
    name, nth = MONTH_NAMES[day.month - 1], ordinal_words(day.day)
    if context.day_first:
        said = f"{WEEKDAY_NAMES[day.weekday()]} the {nth} of {name}" if weekday else f"the {nth} of {name}"
    else:
        said = f"{WEEKDAY_NAMES[day.weekday()]}, {name} {nth}" if weekday else f"{name} {nth}"
    if not with_year:
        return said
    return f"{said} {year_words(day.year)}" if context.day_first else f"{said}, {year_words(day.year)}"


def say_time(moment: time, context: Context) -> str:
    """ "two thirty in the afternoon", "noon", "seven oh five in the morning"."""
    if moment.minute == 0 and moment.hour in (0, 12):
        return "noon" if moment.hour else "midnight"
    hour = cardinal_words(moment.hour % 12 or 12)
    if moment.minute == 0:
        minute = ""
    else:
        minute = f" oh {cardinal_words(moment.minute)}" if moment.minute < 10 else f" {cardinal_words(moment.minute)}"
    return f"{hour}{minute} {_part_of_day(moment)}"


def _part_of_day(moment: time) -> str:
    if moment.hour == 0:
        return "at night"
    if moment.hour < 12:
        return "in the morning"
    if moment.hour < 18:
        return "in the afternoon"
    return "in the evening" if moment.hour < 22 else "at night"


def say_phone(value: str, context: Context) -> str:
    """Digits in the groups of the number's own country; abroad with "plus" and the country code."""
    digits = "".join(c for c in value if c in "0123456789")
    if not value.startswith("+"):
        groups = {7: (3, 4), 10: (3, 3, 4), 11: (5, 6)}.get(len(digits)) or (3,) * (len(digits) // 3)
        return words_for_digits(digits, groups=groups)
    import phonenumbers

    try:
        number = phonenumbers.parse(value, None)
    except phonenumbers.NumberParseException:
        return "plus " + words_for_digits(digits, groups=(3,) * (len(digits) // 3))
    home = phonenumbers.country_code_for_region(context.default_region) == number.country_code
    form = phonenumbers.PhoneNumberFormat.NATIONAL if home else phonenumbers.PhoneNumberFormat.INTERNATIONAL
    parts = _DIGITS.findall(phonenumbers.format_number(number, form))
    if len(parts) == 1:
        parts = [digits[-10:-7], digits[-7:-4], digits[-4:]] if home and number.country_code == 1 else _split(parts[0])
    said = ", ".join(words_for_digits(part) for part in parts if part)
    return said if home else "plus " + said


def _split(digits: str) -> list[str]:
    head = len(digits) % 3
    return ([digits[:head]] if head else []) + [digits[i : i + 3] for i in range(head, len(digits), 3)]


def _say_date_value(value: Value, context: Context, spelled: bool) -> str:
    return say_date(date.fromisoformat(str(value)), context)


def _say_birth(value: Value, context: Context, spelled: bool) -> str:
    text = str(value)
    if text.startswith("--"):
        return say_date(date(2024, int(text[2:4]), int(text[5:7])), context, weekday=False, year=False)
    return say_date(date.fromisoformat(text), context, weekday=False, year=True)


def _say_time_value(value: Value, context: Context, spelled: bool) -> str:
    return say_time(time.fromisoformat(str(value)), context)


def _say_datetime(value: Value, context: Context, spelled: bool) -> str:
    day, _, clock = str(value).partition("T")
    if not clock:
        return _say_time_value(day, context, spelled) if ":" in day else _say_date_value(day, context, spelled)
    return f"{_say_date_value(day, context, spelled)} at {_say_time_value(clock, context, spelled)}"


def _say_range(value: Value, context: Context, spelled: bool) -> str:
    first, _, last = str(value).partition("/")
    said = _say_date_value(first, context, spelled)
    return f"from {said} to {_say_date_value(last, context, spelled)}" if last else said


def _say_duration(value: Value, context: Context, spelled: bool) -> str:
    match = _DURATION.fullmatch(str(value))
    if match is None:
        raise ValueError(f"{value!r} is not an ISO 8601 duration such as 'PT1H30M'")
    counts = [(int(n), unit) for n, unit in zip(match.groups(), _UNITS, strict=True) if n]
    parts = [f"{cardinal_words(n)} {unit}{'' if n == 1 else 's'}" for n, unit in counts]
    return " and ".join([", ".join(parts[:-1]), parts[-1]] if len(parts) > 1 else parts) or "no time"


def _say_money(value: Value, context: Context, spelled: bool) -> str:
    amount, _, currency = str(value).partition(" ")
    whole, _, small = amount.partition(".")
    unit, cent = _MONEY.get(currency, (currency, "cent"))
    dollars, cents = int(whole), int(small or 0)
    parts = []
    if dollars or not cents:
        parts.append(f"{_count(dollars, context)} {unit}{'' if dollars == 1 else 's'}")
    if cents:
        plural = "" if cents == 1 else "s"
        parts.append(f"{_count(cents, context)} {'pence' if cent == 'p' else cent + plural}")
    return " and ".join(parts)


def _count(n: int, context: Context) -> str:
    return cardinal_words(n, and_=context.day_first)


def _say_number(value: Value, context: Context, spelled: bool) -> str:
    return number_words(value if isinstance(value, (int, float)) else float(value), and_=context.day_first)


def _say_ordinal(value: Value, context: Context, spelled: bool) -> str:
    return "the last" if int(value) == -1 else f"the {ordinal_words(int(value))}"


def _say_party(value: Value, context: Context, spelled: bool) -> str:
    n = int(value)
    return f"{cardinal_words(n)} {'person' if n == 1 else 'people'}"


def _say_email(value: Value, context: Context, spelled: bool) -> str:
    local, _, domain = str(value).partition("@")
    local_said = spell(local) if spelled else _say_address_part(local)
    return f"{local_said} at {_say_address_part(domain)}"


def _say_address_part(text: str) -> str:
    pieces = re.findall(r"[A-Za-z]+|[0-9]+|[._\-+]", text)
    signs = {".": "dot", "_": "underscore", "-": "dash", "+": "plus"}
    return " ".join(signs.get(p) or (words_for_digits(p, zero="zero") if p[0].isdigit() else p) for p in pieces)


def _say_name(value: Value, context: Context, spelled: bool) -> str:
    return spell(str(value)) if spelled else str(value)


def _say_choice(value: Value, context: Context, spelled: bool) -> str:
    for choice in context.choices:
        if choice.id == value and choice.says:
            return choice.says[0]
    return str(value).replace("_", " ").replace("-", " ")


def _say_code(value: Value, context: Context, spelled: bool) -> str:
    return say_code(str(value), spelled=spelled)


def _say_card(value: Value, context: Context, spelled: bool) -> str:
    # A whole card number is never spoken (PCI DSS 3.4: at most the last four are shown).
    return f"the card ending in {words_for_digits(str(value)[-4:], zero='zero')}"


def _say_text(value: Value, context: Context, spelled: bool) -> str:
    return _DIGITS.sub(_digits_said, str(value))


def _digits_said(match: re.Match[str]) -> str:
    digits = match.group()
    plain = len(digits) <= 2 and digits[0] != "0"
    return cardinal_words(int(digits)) if plain else words_for_digits(digits)


_SPEAKERS: dict[Kind, Callable[[Value, Context, bool], str]] = {
    Kind.date: _say_date_value,
    Kind.time: _say_time_value,
    Kind.datetime: _say_datetime,
    Kind.date_range: _say_range,
    Kind.date_of_birth: _say_birth,
    Kind.duration: _say_duration,
    Kind.number: _say_number,
    Kind.ordinal: _say_ordinal,
    Kind.money: _say_money,
    Kind.phone: lambda value, context, spelled: say_phone(str(value), context),
    Kind.email: _say_email,
    Kind.person_name: _say_name,
    Kind.spelled_name: lambda value, context, spelled: spell(str(value), with_words=spelled),
    Kind.code: _say_code,
    Kind.postcode: _say_code,
    Kind.yes_no: lambda value, context, spelled: "yes" if value else "no",
    Kind.choice: _say_choice,
    Kind.party_size: _say_party,
    Kind.card: _say_card,
    Kind.address: _say_text,
    Kind.free_text: _say_text,
}


def read_back(kind: Kind | str, value: Value, context: Context, *, spelled: bool = False) -> str:
    """The value in speakable words, without digits; ``spelled`` names letters ("M as in Mike").

    Raises ValueError when ``value`` is not in the canonical form of its kind.
    """
    return _SPEAKERS[Kind(kind)](value, context, spelled)
