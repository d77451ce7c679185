"""Values with a pause for thought in the middle are those values; what is no pause stays."""

from __future__ import annotations

from datetime import datetime

import pytest

from spoken import Choice, Context, Kind, extend, parse, parse_all
from spoken.hesitations import without_hesitations
from spoken.tokens import Utterance

NOW = datetime.fromisoformat("2026-03-10T10:00:00-04:00")
CONTEXT = Context(NOW, "America/New_York", choices=(Choice("er", ("ER",)), Choice("deep", ("deep tissue massage",))))


@pytest.mark.parametrize(
    ("kind", "said", "meant"),
    [
        ("date", "the twenty um first", "2026-03-21"),
        ("date", "november uh the third", "2026-11-03"),
        ("date", "a week, uh, from Thursday", "2026-03-19"),
        ("date", "next um Friday", "2026-03-20"),
        ("date", "the third um of um May", "2026-05-03"),
        ("date", "the fourth of, let me see, November", "2026-11-04"),
        ("date", "the twenty you know first", "2026-03-21"),
        ("time", "four uh thirty", "16:30"),
        ("time", "quarter uh past um three", "15:15"),
        ("datetime", "Friday at uh half um past two", "2026-03-13T14:30"),
        ("date_range", "from the uh 20th to the um 22nd", "2026-03-20/2026-03-22"),
        ("duration", "an hour uh and a half", "PT1H30M"),
        ("number", "a hundred um and five", 105),
        ("money", "twenty uh five dollars", "25.00 USD"),
        ("phone", "two one two five five five um oh one four two", "+12125550142"),
        ("date_of_birth", "March uh fifth nineteen um eighty two", "1982-03-05"),
        ("spelled_name", "s m uh i t h", "Smith"),
        ("person_name", "s m uh i t h", "Smith"),
        ("person_name", "my name is uh Kevin um O'Brien", "Kevin O'Brien"),
        ("email", "anna uh dot miller at um gmail dot com", "anna.miller@gmail.com"),
        ("address", "one twenty three uh Main um Street", "123 Main Street"),
        ("choice", "the deep hmm tissue one", "deep"),
    ],
)
def test_a_value_goes_on_after_a_hesitation(kind: str, said: str, meant: object) -> None:
    parsed = parse(kind, said, CONTEXT)
    assert parsed is not None and parsed.value == meant


@pytest.mark.parametrize(
    ("kind", "said", "meant"),
    [
        ("time", "ten uh eleven", "10:00"),
        ("time", "five, er, five thirty", "17:30"),
        ("party_size", "four uh five", 4),
        ("number", "twenty uh twenty five", 20),
        ("choice", "the er", "er"),
    ],
)
def test_who_begins_anew_or_means_the_word_is_not_joined(kind: str, said: str, meant: object) -> None:
    parsed = parse(kind, said, CONTEXT)
    assert (parsed.value if parsed else None) == meant


@pytest.mark.parametrize(
    ("said", "meant"),
    [("uh-uh", False), ("uh huh", True), ("mm-hmm", True), ("mm", True), ("um, uh huh", True), ("hmm", None)],
)
def test_sounds_that_answer_are_answers(said: str, meant: bool | None) -> None:
    parsed = parse(Kind.yes_no, said, CONTEXT)
    assert (parsed.value if parsed else None) is meant


def test_the_words_of_a_value_are_quoted_as_they_were_said() -> None:
    said = "well, the twenty um first, please"
    parsed = parse(Kind.date, said, CONTEXT)
    assert parsed is not None
    assert parsed.text == "the twenty um first" == said[slice(*parsed.span)]


def test_several_values_in_one_answer() -> None:
    found = parse_all(["date", "time"], "the twenty um first at uh four um thirty", CONTEXT)
    assert [(one.kind, one.value) for one in found] == [("date", "2026-03-21"), ("time", "16:30")]


def test_a_value_told_over_turns() -> None:
    more = extend("phone", "212555", "oh uh one um four two", CONTEXT)
    assert more is not None and more.value == "+12125550142"


def test_nothing_but_hesitation_is_left_alone() -> None:
    alone = Utterance.of("um, er, hmm")
    assert without_hesitations(alone) is alone


def test_hesitating_at_length_ends() -> None:
    endless = Utterance.of("one " + "um let me see " * 60)
    assert without_hesitations(endless).words[0] == "one"
