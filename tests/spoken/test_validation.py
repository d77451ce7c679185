"""Refusals are sentences a caller can be told."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

import pytest

from spoken import Context, Value, validate

REFUSED: list[tuple[str, Value, str]] = [
    ("date", "2026-03-09", "That day is already past."),
    ("datetime", "2026-03-10T09:59", "That time is already past."),
    ("datetime", "2026-03-11", "I also need the time."),
    ("datetime", "14:30", "I also need the day."),
    ("datetime", "2027-03-14T02:30", "That time does not exist on that day, because the clocks go forward."),
    ("date_range", "2026-03-13", "I also need the last day."),
    ("date_range", "2026-03-13/2026-03-12", "The last day is before the first."),
    ("date_of_birth", "2026-03-11", "That date of birth is in the future."),
    ("date_of_birth", "1880-03-11", "That date of birth is too long ago."),
    ("date_of_birth", "--03-11", "I also need the year of birth."),
    ("party_size", 0, "There has to be at least one person."),
    ("phone", "5550192", "That number is not complete. Please give it with the area code."),
    ("phone", "+1212555019", "That phone number has the wrong number of digits."),
    ("email", "john@", "That does not look like a complete e-mail address."),
    ("card", "4242424242424241", "That card number does not add up. A digit may be wrong."),
    ("card", "4242", "That card number does not have the right number of digits."),
    ("postcode", "9410", "A ZIP code has five digits."),
    ("choice", "pizza", "That is not one of the choices."),
    ("person_name", " ", "I did not hear anything."),
    ("date", "someday", "I did not get that as something I can use."),
    ("time", "26:00", "I did not get that as something I can use."),
]


@pytest.mark.parametrize(("kind", "value", "reason"), REFUSED)
def test_refused(kind: str, value: Value, reason: str, context: Context) -> None:
    assert validate(kind, value, context) == reason


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        ("date", "2026-03-10"),
        ("datetime", "2026-03-10T10:00"),
        ("datetime", "2026-11-01T01:30"),
        ("date_range", "2026-03-10/2026-03-12"),
        ("date_of_birth", "1985-03-04"),
        ("party_size", 4),
        ("phone", "+12125550192"),
        ("email", "a.b+c@example.co.uk"),
        ("card", "4242424242424242"),
        ("postcode", "94105-1234"),
        ("choice", "exam"),
        ("yes_no", False),
        ("free_text", "anything"),
    ],
)
def test_accepted(kind: str, value: Value, context: Context) -> None:
    assert validate(kind, value, context) is None


LIMITS: list[tuple[str, Value, Value | None, Value | None, str | None]] = [
    ("party_size", 9, 1, 8, "The most I can take is eight people."),
    ("party_size", 8, 1, 8, None),
    ("number", 1, 2, None, "The least I can take is two."),
    ("date", "2026-03-20", None, "2026-03-19", "The latest I can take is Thursday, March nineteenth."),
    ("time", "08:00", "09:00", None, "The earliest I can take is nine in the morning."),
    ("datetime", "2026-03-20T10:00", None, "2026-03-20", None),
    (
        "datetime",
        "2026-03-21T10:00",
        None,
        "2026-03-20T17:00",
        "The latest I can take is Friday, March twentieth at five in the afternoon.",
    ),
    ("money", "5.00 USD", "10.00 USD", None, "The least I can take is ten dollars."),
    ("duration", "PT3H", None, "PT120M", "The most I can take is one hundred twenty minutes."),
    ("duration", "P1D", "PT1H", "P2D", None),
    (
        "date_range",
        "2026-03-20/2026-03-28",
        None,
        "2026-03-25",
        "The latest I can take is Wednesday, March twenty fifth.",
    ),
]


@pytest.mark.parametrize(("kind", "value", "minimum", "maximum", "reason"), LIMITS)
def test_limits(
    kind: str, value: Value, minimum: Value | None, maximum: Value | None, reason: str | None, context: Context
) -> None:
    assert validate(kind, value, context, minimum=minimum, maximum=maximum) == reason


def test_code_forms(context: Context) -> None:
    six = replace(context, length=6, pattern="[A-Z]{2}[0-9]{4}")
    assert validate("code", "AB1204", six) is None
    assert validate("code", "AB12", six) == "The code should have six characters, I got four."
    assert validate("code", "ABC204", six) == "That code does not have the right form."


def test_an_hour_that_comes_twice_is_past_only_when_both_are(context: Context) -> None:
    between = replace(context, now=datetime.fromisoformat("2026-11-01T01:45:00-04:00"))
    assert validate("datetime", "2026-11-01T01:30", between) is None
