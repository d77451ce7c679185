"""First and last name spelled in one go."""

from __future__ import annotations

from pathlib import Path

import pytest

from spoken import first_and_last

HELD_OUT = Path(__file__).with_name("held_out_names.txt")
"""400 invented people: given and family names of England, Wales and Ireland as Faker 33.1 (MIT) lists them, put
together by chance; no rule was made on them, nor on the lists they are from."""


@pytest.mark.parametrize(
    ("letters", "name"),
    [
        ("Colinmcbride", "Colin McBride"),
        ("McBride", "McBride"),
        ("Amysato", "Amy Sato"),
        ("Annalund", "Anna Lund"),
        ("Sarahmiller", "Sarah Miller"),
        ("Alexanderson", "Alex Anderson"),
        ("Maryo'brien", "Mary O'Brien"),
        ("Carlveber", "Carl Veber"),
        ("Zarabishop", "Zara Bishop"),
    ],
)
def test_where_the_first_name_ends(letters: str, name: str) -> None:
    assert first_and_last(letters) == name


@pytest.mark.parametrize(
    "name",
    ["Johnson", "Christopher", "Rosemary", "Marianne", "Whitfield", "Jo", "Li", "", "Anna Lund", "Anne-Marie", "Xqzrt",
     "Zoë", "R2d2"],
)  # fmt: skip
def test_what_is_one_name_or_none_stays_whole(name: str) -> None:
    assert first_and_last(name) == name


def test_names_nothing_was_tuned_on(capsys: pytest.CaptureFixture[str]) -> None:
    people = HELD_OUT.read_text("utf-8").split("\n")[:-1]
    made = {person: first_and_last(person.replace(" ", "").capitalize()) for person in people}
    right = sum(found.casefold() == person.casefold() for person, found in made.items()) / len(made)
    elsewhere = sum(" " in f and f.casefold() != p.casefold() for p, f in made.items()) / len(made)
    alone = [person.split()[1] for person in people]
    split = sum(" " in first_and_last(name.capitalize()) for name in alone) / len(alone)
    with capsys.disabled():
        print(f"\n{len(made)} names: {right:.1%} in two, {elsewhere:.1%} elsewhere; family names split: {split:.1%}")
    assert right >= 0.84 and elsewhere <= 0.03 and split <= 0.07
