"""Speech that goes on without words known yet is told, laughter is not."""

from __future__ import annotations

import itertools

from agent.hearing.decisions import Lasts, Patience, Recognize
from agent.hearing.turns import Turns

WINDOW_MS, SAMPLES = 32.0, 256


def told(*probabilities: float, words: str | None = None) -> list[float]:
    """When, ms after the onset, it was told that speech lasts; ``words`` of every look at it, None while they are still
    awaited."""
    turns, at_ms, found = Turns(lambda _text, _ms: Patience(500.0)), 0.0, list[float]()
    for probability in probabilities:
        at_ms += WINDOW_MS
        for decision in turns.push(bytes(2 * SAMPLES), [probability], WINDOW_MS):
            match decision:
                case Lasts(from_ms):
                    found.append(at_ms - from_ms)
                case Recognize() if words is not None:
                    turns.recognized(decision.ticket, words, 0.9)
    return found


def test_speech_that_goes_on_is_told_in_time_and_again_for_some_seconds() -> None:
    found = told(*[0.97] * 200)
    assert 640 <= found[0] < 680
    assert all(90 <= later - sooner < 130 for sooner, later in itertools.pairwise(found))
    assert 2_800 < found[-1] <= 3_000


def test_laughter_is_not_surely_speech() -> None:
    assert told(*[0.7] * 60, words="") == []
    assert told(*[0.97] * 60, words="") != []


def test_what_is_over_by_then_is_not_told() -> None:
    assert told(*[0.97] * 12, *[0.0] * 40, words="") == []


def test_a_look_that_is_under_way_is_awaited_whatever_it_sounds_like() -> None:
    assert told(*[0.7] * 25) != []
    assert told(*[0.97] * 17, *[0.0] * 5) != [], "in a pause for breath, too"


def test_there_is_nothing_to_wait_for_where_a_look_at_enough_of_it_found_no_words() -> None:
    for none in ("", "..."):
        assert all(at_ms < 680 for at_ms in told(*[0.97] * 60, words=none)), "the second look is over by then"


def test_where_words_are_known_nobody_need_be_told() -> None:
    assert told(*[0.97] * 60, words="where are you") == []
