"""Card numbers said aloud: stopped at the fourth digit at the latest where anything says what they are."""

from __future__ import annotations

import random
from pathlib import Path
from typing import Any

import pytest
import yaml

from agent.safety.cards import CardEar
from calls.card_watch import MASK
from tests.counts import count
from tests.secrecy.planting import HEADS, card_of, planted

EAR = CardEar()
PROJECT = Path(__file__).parents[3]
DIGITS = frozenset({"zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"})


def stops(text: str, expected: str = "", *, wary: bool = False, partial: bool = False) -> bool:
    found = EAR.find(text, "en-US", expected, wary=wary, partial=partial)
    return found is not None and found.stop


@pytest.mark.parametrize(
    ("said", "left"),
    [
        ("my card number is four two", f"my card number is {MASK}"),
        ("it's a visa four two four two", f"it's a visa {MASK}"),
        ("it's a Visa, 4242 4242", f"it's a Visa, {MASK}"),
        ("4111-1111-1111-1111 exp 12/27 cvv 123", f"{MASK} exp {MASK} cvv {MASK}"),
        ("the security code is three one two", f"the security code is {MASK}"),
        ("it expires twelve twenty seven", f"it expires {MASK}"),
        ("four double two and then seven nine is my debit card", f"{MASK} is my debit card"),
        ("five five five five, uh, four four four four um three", f"{MASK}"),
    ],
)
def test_it_is_stopped_and_masked(said: str, left: str) -> None:
    found = EAR.find(said, "en-US", "", wary=True)
    assert found is not None and found.stop
    assert found.text == left


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ("my phone number is 415 555 0192", ""),
        ("four one five five five five oh one nine two", "phone"),
        ("oh one one four four two oh seven nine four six oh nine five eight", "phone"),
        ("order four four one seven eight eight one two", ""),
        ("44178812", "code"),
        ("I live at 4215 Elm Street", ""),
        ("on the fourth of May nineteen eighty four", ""),
        ("3/4/1985", ""),
        ("I want to pay four thousand five hundred dollars", ""),
        ("the card ending in four two four two", ""),
        ("a table for four at six thirty", ""),
        ("it costs $4500", ""),
        ("twenty five fifty", ""),
        ("I was born in 1984", ""),
    ],
)
def test_other_digits_may_stand(said: str, expected: str) -> None:
    assert EAR.find(said, "en-US", expected) is None


def test_every_planted_card_is_stopped_while_it_is_said() -> None:
    """With a word that says what it is at the fourth digit; digits alone, where no cards are taken, by the twelfth."""
    for seed in range(count(3_000, 300)):
        words = planted(seed, "aloud").said.split()
        for wary in (True, False):
            stopped = next(n for n in range(1, len(words) + 1) if stops(" ".join(words[:n]), wary=wary, partial=True))
            digits = sum(len(word) if word.isdigit() else word in DIGITS for word in words[:stopped])
            bare = words[0] in DIGITS or words[0].isdigit()
            assert digits <= (12 if bare and not wary else 4)


def test_until_it_is_known_digits_alone_are_masked_in_what_is_partial() -> None:
    found = EAR.find("four one five five", "en-US", "", partial=True)
    assert found is not None and (found.text, found.stop) == (MASK, False)


def test_a_card_in_place_of_a_phone_number_is_stopped() -> None:
    assert stops("4242 4242 4242 4242", "phone")


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ("212-5550-1212-5550", "phone"),
        ("Six, four, six, five, five, five, six, six, five, five, five, six, five", "phone"),
        ("my phone number is 4242 4242 4242 4242", ""),
    ],
)
def test_a_number_that_was_asked_for_and_is_there_twice_is_doubted_while_it_is_said(said: str, expected: str) -> None:
    found = EAR.find(said, "en-US", expected, partial=True)
    assert found is not None and found.doubtful and found.stop and MASK in found.text
    assert not any(word in found.text for word in ("five", "555", "4242"))


@pytest.mark.parametrize("wary", [False, True])
@pytest.mark.parametrize("head", [*HEADS, "34", "37"])
def test_a_whole_card_in_place_of_a_number_is_never_let_by(head: str, wary: bool) -> None:
    for seed in range(count(400, 40)):
        card = card_of(random.Random(f"{head}/{seed}"), head)
        for kind in ("phone", "code", "number", "date_of_birth", ""):
            for text in (card, " ".join(card), ", ".join(card[at : at + 4] for at in range(0, len(card), 4))):
                partial = EAR.find(text, "en-US", kind, wary=wary, partial=True)
                whole = EAR.find(text, "en-US", kind, wary=wary)
                assert partial is not None and partial.stop and partial.text.strip(" ,") == MASK
                assert whole is not None and whole.stop and not whole.doubtful and whole.text == MASK
                twice = len({card[at : at + 3] for at in range(len(card) - 2)}) < len(card) - 2
                assert partial.doubtful == (twice and kind != "")


def test_what_is_named_a_card_is_beyond_doubt() -> None:
    found = EAR.find("my visa is four two four two four two four two four two four two four", "en-US", "phone",
                     partial=True)  # fmt: skip
    assert found is not None and found.stop and not found.doubtful


def sentences(value: Any) -> list[str]:
    if isinstance(value, str):
        return [value]
    if isinstance(value, dict):
        value = list(value.values())
    return [one for item in value for one in sentences(item)] if isinstance(value, list) else []


def test_no_false_alarm_on_what_callers_say_otherwise() -> None:
    """The sentences that understanding and the watch are taught with; every value of the spoken cases, asked for."""
    folders = (PROJECT / "agent" / "understanding" / "examples", PROJECT / "agent" / "safety" / "en" / "examples")
    files = [path for folder in folders for path in sorted(folder.glob("*.yaml"))]
    said = [line for path in files for line in sentences(yaml.safe_load(path.read_text(encoding="utf-8")))]
    assert len(said) > 5_000
    assert [line for line in said if stops(line)] == []
    for path in sorted((PROJECT / "tests" / "spoken" / "cases").glob("*.yaml")):
        cases = yaml.safe_load(path.read_text(encoding="utf-8"))
        if cases["kind"] != "card":
            assert [str(text) for text in cases["cases"] if stops(str(text), cases["kind"])] == [], path.name
