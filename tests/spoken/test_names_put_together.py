"""A name told in parts: spelled in one go, the surname first, with its letters before a last word."""

from __future__ import annotations

from datetime import datetime

import pytest

from spoken import Context, Kind, parse, parse_all

CONTEXT = Context(datetime.fromisoformat("2026-03-10T09:00:00-04:00"), "America/New_York", "en-US")


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("peter novak p e t e r n o v a k", "Peter Novak"),
        ("peter novak n o v a k", "Peter Novak"),
        ("novak first name peter", "Peter Novak"),
        ("it's novak, first name is peter", "Peter Novak"),
        ("last name miller first name sarah", "Sarah Miller"),
        ("lucy chen that's c h e n here", "Lucy Chen"),
        ("anna miller here", "Anna Miller"),
    ],
)
def test_a_name_in_parts(text: str, name: str) -> None:
    found = parse(Kind.person_name, text, CONTEXT)
    assert found is not None
    assert found.value == name


@pytest.mark.parametrize("text", ["n o v a k", "peter novak that's n o v a k"])
def test_letters_are_no_thousand(text: str) -> None:
    assert not [
        one for one in parse_all([Kind.money, Kind.number], text, CONTEXT) if one.value in (1000, "1000.00 USD")
    ]
