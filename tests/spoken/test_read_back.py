"""Values in words: no digit leaves, and what is said can be understood again."""

from __future__ import annotations

import re

import pytest

from spoken import (
    Choice,
    Context,
    Kind,
    cardinal_words,
    ordinal_words,
    read_back,
    say_code,
    words_for_digits,
    year_words,
)

SAID = [
    ("date", "2026-03-17", "Tuesday, March seventeenth"),
    ("date", "2027-03-17", "Wednesday, March seventeenth, twenty twenty seven"),
    ("time", "14:30", "two thirty in the afternoon"),
    ("time", "07:05", "seven oh five in the morning"),
    ("time", "19:00", "seven in the evening"),
    ("time", "22:15", "ten fifteen at night"),
    ("time", "12:00", "noon"),
    ("time", "00:00", "midnight"),
    ("time", "00:30", "twelve thirty at night"),
    ("datetime", "2026-03-17T14:30", "Tuesday, March seventeenth at two thirty in the afternoon"),
    ("datetime", "2026-03-17", "Tuesday, March seventeenth"),
    ("datetime", "14:30", "two thirty in the afternoon"),
    ("date_range", "2026-03-16/2026-03-18", "from Monday, March sixteenth to Wednesday, March eighteenth"),
    ("date_of_birth", "1985-03-04", "March fourth, nineteen eighty five"),
    ("date_of_birth", "--03-04", "March fourth"),
    ("duration", "PT1H30M", "one hour and thirty minutes"),
    ("duration", "P3D", "three days"),
    ("number", 125, "one hundred twenty five"),
    ("number", 2.5, "two point five"),
    ("number", -3, "minus three"),
    ("ordinal", 21, "the twenty first"),
    ("ordinal", -1, "the last"),
    ("money", "25.50 USD", "twenty five dollars and fifty cents"),
    ("money", "1.01 GBP", "one pound and one pence"),
    ("money", "0.00 EUR", "zero euros"),
    ("phone", "+12125550192", "two one two, five five five, oh one nine two"),
    ("phone", "5550192", "five five five, oh one nine two"),
    ("phone", "+442079460958", "plus four four, two oh, seven nine four six, oh nine five eight"),
    ("email", "john.smith42@gmail.com", "john dot smith four two at gmail dot com"),
    ("person_name", "Anna Miller", "Anna Miller"),
    ("spelled_name", "Abe", "A, B, E"),
    ("code", "AB1204", "A B, one two zero four"),
    ("postcode", "94105", "nine four one zero five"),
    ("yes_no", True, "yes"),
    ("yes_no", False, "no"),
    ("choice", "exam", "exam"),
    ("choice", "root_canal", "root canal"),
    ("party_size", 4, "four people"),
    ("party_size", 1, "one person"),
    ("card", "4242424242424242", "the card ending in four two four two"),
    ("address", "123 Main Street, Apartment 4B", "one two three Main Street, Apartment fourB"),
    ("free_text", "my order 12 is late", "my order twelve is late"),
]


@pytest.mark.parametrize(("kind", "value", "said"), SAID)
def test_read_back(kind: str, value: str | int | float | bool, said: str, context: Context) -> None:
    assert read_back(kind, value, context) == said
    assert not re.search(r"[0-9]", said)


def test_every_kind_is_read_back() -> None:
    assert {kind for kind, _, _ in SAID} == set(Kind)


def test_british_forms(british: Context) -> None:
    assert read_back("date", "2026-03-17", british) == "Tuesday the seventeenth of March"
    assert read_back("number", 125, british) == "one hundred and twenty five"
    assert read_back("phone", "+447700900123", british) == "oh seven seven oh oh, nine oh oh one two three"


def test_spelled_forms(context: Context) -> None:
    assert read_back("person_name", "Al O'B", context, spelled=True) == (
        "A as in Alfa, L as in Lima, space, O as in Oscar, apostrophe, B as in Bravo"
    )
    assert read_back("code", "M2", context, spelled=True) == "M as in Mike, two"
    assert read_back("email", "al@gmail.com", context, spelled=True) == "A as in Alfa, L as in Lima at gmail dot com"


def test_a_card_number_is_never_spoken_whole(context: Context) -> None:
    assert read_back("card", "4111111111111234", context, spelled=True).count("one") == 1


def test_the_first_way_of_saying_a_choice_is_read_back(context: Context) -> None:
    offered = Context(now=context.now, tz=context.tz, choices=(Choice("x1", ("teeth cleaning", "cleaning")),))
    assert read_back("choice", "x1", offered) == "teeth cleaning"


@pytest.mark.parametrize(("kind", "value"), [("date", "tomorrow"), ("time", "26:00"), ("duration", "an hour")])
def test_a_value_in_another_form_is_refused(kind: str, value: str, context: Context) -> None:
    with pytest.raises(ValueError):
        read_back(kind, value, context)


def test_words() -> None:
    assert words_for_digits("5550192", groups=(3, 4)) == "five five five, oh one nine two"
    assert words_for_digits("007", zero="zero") == "zero zero seven"
    assert say_code("A1B22") == "A, one, B, two two"
    assert say_code("1234567") == "one two three, four five six seven"
    assert ordinal_words(112) == "one hundred twelfth"
    assert cardinal_words(1_200_305) == "one million two hundred thousand three hundred five"
    assert [year_words(y) for y in (1900, 1905, 1985, 2000, 2005, 2026)] == [
        "nineteen hundred",
        "nineteen oh five",
        "nineteen eighty five",
        "two thousand",
        "two thousand five",
        "twenty twenty six",
    ]
