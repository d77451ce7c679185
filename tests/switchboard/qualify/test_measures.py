"""How answers are counted, and the limits a candidate is held to."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from switchboard.qualify.measures import Answer, Measured, divergences, errors_of_part, spoken_words, word_errors
from switchboard.qualify.trial import StageName
from switchboard.qualify.verdict import FAILED_PERCENT, LATENCY_MS, checks

WORDS = st.lists(st.sampled_from(["one", "two", "three", "friday"]), max_size=8)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("March 27th, at 2:30.", "march twenty seven th at two thirty"),
        ("nine o'clock", "nine o'clock"),
        ("It is 11:00", "it is eleven"),
        ("twenty-seven", "twenty seven"),
        ("You're booked, and I can't move it", "you are booked and i can not move it"),
        ("555-0143", "five five five zero one four three"),
    ],
)
def test_words_as_they_are_said(text: str, words: str) -> None:
    assert " ".join(spoken_words(text)) == words


@given(WORDS, WORDS)
def test_word_errors_are_a_distance(one: list[str], other: list[str]) -> None:
    assert word_errors(one, other) == word_errors(other, one)
    assert (word_errors(one, other) == 0) == (one == other)
    assert abs(len(one) - len(other)) <= word_errors(one, other) <= max(len(one), len(other))


@given(WORDS, WORDS, WORDS)
def test_what_is_said_around_a_part_does_not_count(before: list[str], part: list[str], after: list[str]) -> None:
    assert errors_of_part(part, [*before, *part, *after]) == 0


def measured(right: int, wrong: int = 0, failed: int = 0, of: int = 100, ms: float = 100.0) -> Measured:
    kinds = ["right"] * right + ["wrong"] * wrong + ["failed"] * failed + ["no"] * (of - right - wrong - failed)
    answers = [
        Answer(f"a{n:03}", "told", kind, "meant", kind == "right", kind == "wrong", "x" * (kind == "failed"), ms)
        for n, kind in enumerate(kinds)
    ]
    return Measured("somebody", answers)


@pytest.mark.parametrize(
    ("candidate", "missed"),
    [
        (measured(80), []),
        (measured(78), []),
        (measured(77), ["right"]),
        (measured(90, wrong=3), []),
        (measured(90, wrong=4), ["wrong"]),
        (measured(80, failed=int(FAILED_PERCENT)), []),
        (measured(80, failed=2), ["failed"]),
        (measured(80, ms=LATENCY_MS["understanding"] + 1), ["latency p95"]),
        (measured(0, failed=100), ["right", "failed"]),
    ],
)
def test_limits(candidate: Measured, missed: list[str]) -> None:
    current = measured(80, wrong=2)
    assert [check.name for check in checks("understanding", candidate, current) if not check.holds] == missed


@pytest.mark.parametrize("stage", ["understanding", "hearing", "speaking"])
def test_a_slow_one_may_be_as_slow_as_the_one_it_replaces(stage: StageName) -> None:
    slow = LATENCY_MS[stage] * 2
    assert all(check.holds for check in checks(stage, measured(80, ms=slow), measured(80, ms=slow)))


def test_divergences_stand_worst_first() -> None:
    def one(id: str, given: str, *, right: bool = False, wrong: bool = False) -> Answer:
        return Answer(id, "told", given, "x", right, wrong)

    candidate = Measured("c", [one("a", "X", right=True), one("b", "y"), one("c", "z", wrong=True), one("d", "same")])
    current = Measured("d", [one("a", "w"), one("b", "x", right=True), one("c", "x", right=True), one("d", "same")])
    assert [(found.id, found.weight) for found in divergences(candidate, current)] == [("c", 3), ("b", 2), ("a", 0)]
