"""Speech that goes on without words known yet is told, laughter is not."""

from __future__ import annotations

import itertools

from agent.hearing.decisions import Lasts, Patience, Recognize
from agent.hearing.turns import Turns

WINDOW_MS, SAMPLES = 32.0, 256


def told(*probabilities: float, words: str = "") -> list[float]:
    """When, ms after the onset, it was told that speech lasts."""
    turns, at_ms, found = Turns(lambda _text, _ms: Patience(500.0)), 0.0, list[float]()
    for probability in probabilities:
        at_ms += WINDOW_MS
        for decision in turns.push(bytes(2 * SAMPLES), [probability], WINDOW_MS):
            match decision:
                case Lasts(from_ms):
                    found.append(at_ms - from_ms)
                case Recognize():
                    turns.recognized(decision.ticket, words, 0.9)
    return found


def test_speech_that_goes_on_is_told_in_time_and_again_for_some_seconds() -> None:
    found = told(*[0.97] * 200)
    assert 800 <= found[0] < 850
    assert all(600 <= later - sooner < 640 for sooner, later in itertools.pairwise(found))
    assert found[-1] <= 3_000


def test_laughter_is_not_surely_speech() -> None:
    assert told(*[0.7] * 60) == []


def test_what_is_over_by_then_is_not_told() -> None:
    assert told(*[0.97] * 20, *[0.0] * 40) == []


def test_where_words_are_known_nobody_need_be_told() -> None:
    assert told(*[0.97] * 60, words="where are you") == []
