"""The reviewed phrases strike where they say they do, and the fixed words are there for every kind and country."""

from __future__ import annotations

import pytest

from agent.safety.phrases import KINDS, Phrase, load_phrases, plain
from agent.safety.watch import PhraseWatch, load_answers

FAMILIES = load_phrases().families
WATCH = PhraseWatch()


@pytest.mark.parametrize(("family", "text"), [(f, text) for f in FAMILIES for text in f.strikes])
def test_what_a_family_names_strikes(family: Phrase, text: str) -> None:
    found = WATCH.find(text, "en-US", "")
    assert found is not None and found.kind == family.kind


@pytest.mark.parametrize("text", [text for family in FAMILIES for text in family.passes])
def test_what_only_sounds_like_it_passes(text: str) -> None:
    assert WATCH.find(text, "en-US", "") is None


def test_every_kind_has_a_family() -> None:
    assert {family.kind for family in FAMILIES} == set(KINDS)


@pytest.mark.parametrize("text", ["", "   ", "?!", "é" * 900, "a" * 5_000, "(?:", "he's not " * 400])
def test_any_text_can_be_looked_at(text: str) -> None:
    WATCH.find(text, "en-US", "")


def test_the_gravest_kind_is_answered() -> None:
    found = WATCH.find("I want to make a complaint, and my father just collapsed", "en-GB", "")
    assert found is not None and found.kind == "emergency"


@pytest.mark.parametrize(
    ("locale", "country", "number"),
    [("en-US", "", "911"), ("en-GB", "", "999"), ("en-US", "GB", "999"), ("en", "", "your local emergency number")],
)
def test_the_number_is_the_country_s(locale: str, country: str, number: str) -> None:
    found = WATCH.find("the house is on fire", locale, country)
    assert found is not None and number in found.say


def test_words_are_compared_without_marks() -> None:
    assert plain("He’s NOT breathing!") == "hes not breathing"


def test_fixed_words_are_short_enough_to_be_taken_in() -> None:
    for answer in load_answers().kinds.values():
        for words in (*answer.say.values(), *answer.alone.values()):
            assert len(words.split()) <= 40, words
