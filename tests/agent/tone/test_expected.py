"""How long words usually take."""

from __future__ import annotations

import pytest

from agent.tone.expected import SHORTEST_MS, expected_ms, lengths, letter_pairs, word_ms, words_as_said


def test_more_words_and_longer_ones_take_longer() -> None:
    assert 0 < expected_ms("Yes.") < expected_ms("Yes, please.") < expected_ms("Yes, please, tomorrow afternoon.")
    assert word_ms("a") < word_ms("tooth") < word_ms("strawberries")


@pytest.mark.parametrize(
    ("text", "seconds"),
    [("I would like to book a cleaning for next Tuesday.", 2.4), ("Thursday at half past nine.", 1.6)],
)
def test_they_take_about_what_people_take(text: str, seconds: float) -> None:
    assert expected_ms(text) / 1_000 == pytest.approx(seconds, rel=0.25)


def test_numbers_take_as_long_as_their_words() -> None:
    assert expected_ms("at 10:30") == pytest.approx(expected_ms("at ten thirty"), rel=0.05)


def test_a_comma_takes_time_and_nothing_else_does_but_words() -> None:
    assert expected_ms("no, thank you") == expected_ms("no thank you") + lengths().comma
    assert expected_ms("'no' thank you!") == expected_ms("no thank you")
    assert expected_ms("") == expected_ms(" ,, ?!") == 0.0


def test_any_letters_have_a_length() -> None:
    assert word_ms("") >= SHORTEST_MS
    assert all(word_ms(word) >= SHORTEST_MS for word in words_as_said("zzz qqq xkcd o'o'o a'"))
    assert expected_ms("na " * 100_000) < 1_000_000


def test_pairs_of_letters() -> None:
    assert list(letter_pairs("fine")) == ["^f", "fi", "in", "ne", "e$", "ine$"]
    assert list(letter_pairs("it's")) == ["^i", "it", "ts", "s$"]
