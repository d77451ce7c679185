"""Characters with times to words."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.speaking.words import WordTimes, letters, plain
from calls.ports import WordTime


def times(text: str, sizes: list[int] | None = None) -> list[WordTime]:
    """10 ms a character, in chunks."""
    words, found, at = WordTimes(), list[WordTime](), 0
    for size in [*(sizes or []), len(text)]:
        chunk = text[at : at + size]
        starts = [10.0 * n for n in range(at, at + len(chunk))]
        found += words.add(list(chunk), starts, [start + 10 for start in starts])
        at += len(chunk)
    return found + words.finish()


def test_words_are_between_blanks_and_marks_are_no_words() -> None:
    assert times('Hi, <break time="0.3s" />you [sighs] there') == [
        WordTime("Hi,", 0, 30),
        WordTime("you", 250, 280),
        WordTime("there", 370, 420),
    ]


def test_times_never_go_back() -> None:
    words = WordTimes()
    found = words.add(list("ab cd "), [50, 60, 70, 10, 20, 30], [60, 70, 80, 20, 25, 30])
    assert found == [WordTime("ab", 50, 70), WordTime("cd", 70, 70)]


@pytest.mark.parametrize("at", [float("nan"), float("inf")])
def test_a_time_that_is_none_is_refused(at: float) -> None:
    with pytest.raises(ValueError, match="without end"):
        WordTimes().add(["a"], [at], [10.0])


@given(st.text("abc, .<>[]", max_size=40), st.lists(st.integers(0, 9), max_size=8))
def test_chunks_change_nothing(text: str, sizes: list[int]) -> None:
    assert times(text, sizes) == times(text)


def test_a_rendered_text_without_its_marks() -> None:
    assert plain('[warm] It is <break time="0.3s" /> A B, one.') == "It is A B, one."
    assert letters('[warm] It is <break time="0.3s" /> A B, one.') == len("ItisABone")
