"""Names told in parts, where a name is asked for beside other values."""

from __future__ import annotations

import pytest

from tests.agent.understanding.booking import asking, reading_back, understood


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("amy and then s a t o", "Amy Sato"),
        ("peter novak p e t e r n o v a k", "Peter Novak"),
        ("peter novak that's n o v a k", "Peter Novak"),
        ("last name miller first name sarah", "Sarah Miller"),
        ("novak first name peter", "Peter Novak"),
        ("first name wendy last name cole", "Wendy Cole"),
        ("tom is the first last name okafor", "Tom Okafor"),
    ],
)
def test_the_whole_name_is_taken(text: str, name: str) -> None:
    assert understood(text, asking("name"))[0] == [f"+name={name}"]


def test_a_spelled_correction_keeps_the_first_name() -> None:
    assert "~name=Peter Novak" in understood("peter novak n o v a k", reading_back("name", "Peter"))[0]
