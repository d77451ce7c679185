"""First and last name out of letters."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from spoken import Context, Kind, like_heard, parse

ZONE = "America/New_York"
CONTEXT = Context(now=datetime(2026, 3, 17, 10, tzinfo=ZoneInfo(ZONE)), tz=ZONE)


@pytest.mark.parametrize(
    ("said", "name"),
    [
        ("my first name is c o l i n and my last name m c b r i d e", "Colin McBride"),
        ("last name m c b r i d e first name c o l i n", "Colin McBride"),
        ("john j o h n smythe s m y t h e", "John Smythe"),
        ("c o l um i n", "Colin"),
        ("s m i t no s m i t h", "Smith"),
        ("first name j o n no j o h n last name s m i t h", "John Smith"),
    ],
)
def test_spelled_parts_are_words_where_the_caller_says_so(said: str, name: str) -> None:
    found = parse(Kind.spelled_name, said, CONTEXT)
    assert found is not None and found.value == name


@pytest.mark.parametrize(
    ("spelled", "heard", "name"),
    [
        ("Colinmcbride", "Colin McBryde", "Colin McBride"),
        ("Mariagarcialopez", "Maria Garcia Lopes", "Maria Garcia Lopez"),
        ("Smith", "John Smyth", "John Smith"),
        ("Lee", "Alex Brim", "Lee"),
        ("Smith", "Smyth", "Smith"),
        ("Smith", "", "Smith"),
        ("John Smith", "Joan Smith", "John Smith"),
    ],
)
def test_letters_take_the_shape_of_the_name_heard_before(spelled: str, heard: str, name: str) -> None:
    assert like_heard(spelled, heard) == name
