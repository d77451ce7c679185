"""Words recognized twice where others talk around the caller; how loud the caller is against their turns before."""

from __future__ import annotations

import pytest

from agent.hearing.caller_level import CallerLevel
from agent.hearing.decisions import Decision, Faded, Patience, Recognize, TurnEnded
from agent.hearing.second_look import Reading, better
from agent.hearing.turns import Turns

WINDOW_MS, SAMPLES = 32.0, 256


def is_date(text: str) -> bool:
    return "july" in text.casefold()


def rule(_text: str, _spoken_ms: float) -> Patience:
    return Patience(300.0)


def turn(noisy: bool, *readings: tuple[str, float]) -> list[Decision]:
    """One turn of 800 ms, each recognition answered with the next of ``readings``."""
    turns, answers, found = Turns(rule, is_useful=is_date), iter(readings), list[Decision]()
    for probability in [0.9] * 25 + [0.0] * 25:
        decisions = turns.push(bytes(2 * SAMPLES), [probability], WINDOW_MS, noisy)
        while decisions:
            found += decisions
            asked = [one for one in decisions if isinstance(one, Recognize) and not one.partial]
            decisions = [more for one in asked for more in turns.recognized(one.ticket, *next(answers))]
    return found


def whole(decisions: list[Decision]) -> list[Recognize]:
    return [one for one in decisions if isinstance(one, Recognize) and not one.partial]


def test_what_the_script_has_no_use_for_is_looked_at_again_with_less_around_it() -> None:
    found = turn(True, ("Gellisix.", 0.6), ("July 6th", 0.4))
    first, second = whole(found)
    assert len(second.pcm16_8k) < len(first.pcm16_8k)
    assert [one.text for one in found if isinstance(one, TurnEnded)] == ["July 6th"]


@pytest.mark.parametrize("noisy", [True, False])
def test_what_it_has_use_for_is_not(noisy: bool) -> None:
    assert len(whole(turn(noisy, ("July 6th", 0.9)))) == 1


def test_nothing_is_looked_at_twice_on_a_quiet_line() -> None:
    assert len(whole(turn(False, ("Gellisix.", 0.6)))) == 1


def test_no_words_are_looked_at_again_and_once_only() -> None:
    found = turn(True, ("", 0.0), ("...", 0.0))
    assert len(whole(found)) == 2
    assert [one.reason for one in found if isinstance(one, Faded)] == ["no words"]


def test_words_hardly_recognized_twice_are_what_others_said() -> None:
    found = turn(True, ("So here", 0.19), ("So hear", 0.2))
    assert [one.reason for one in found if isinstance(one, Faded)] == ["noise"]


def test_a_second_look_that_fails_leaves_the_first() -> None:
    turns = Turns(rule, is_useful=is_date)
    for _ in range(25):
        turns.push(bytes(2 * SAMPLES), [0.9], WINDOW_MS, True)
    asked: list[Recognize] = []
    while not asked:
        asked = whole(turns.push(bytes(2 * SAMPLES), [0.0], WINDOW_MS, True))
    (again,) = whole(turns.recognized(asked[0].ticket, "Gellisix.", 0.6))
    decisions = turns.failed(again.ticket)
    for _ in range(10):
        decisions += turns.push(bytes(2 * SAMPLES), [0.0], WINDOW_MS, True)
    assert [one.text for one in decisions if isinstance(one, TurnEnded)] == ["Gellisix."]


@pytest.mark.parametrize(
    ("first", "second", "believed"),
    [
        (("", 0.0), ("July", 0.3), "July"),
        (("", 0.0), ("I don't know", 0.9), ""),
        (("Gelly", 0.9), ("", 0.0), "Gelly"),
        (("Gelly", 0.9), ("July", 0.3), "July"),
        (("July", 0.3), ("Gelly", 0.9), "July"),
        (("July 5th", 0.5), ("July 6th", 0.6), "July 6th"),
        (("Gelly", 0.6), ("Jelly", 0.5), "Gelly"),
    ],
)
def test_which_of_two_readings_is_believed(first: tuple[str, float], second: tuple[str, float], believed: str) -> None:
    assert better(Reading(*first), Reading(*second), is_date).text == believed


# --- how loud ------------------------------------------------------------------------------------------


def spoken(level: CallerLevel, dbfs: float, ms: float = 1_000.0) -> float:
    level.begin()
    for _ in range(int(ms / WINDOW_MS)):
        level.add((32_768 * 10 ** (dbfs / 20)) ** 2, WINDOW_MS)
    return level.softer_db


def turns_at(level: CallerLevel, *dbfs: float) -> None:
    for one in dbfs:
        spoken(level, one)
        level.end()


def test_of_a_caller_who_has_said_little_nothing_is_known() -> None:
    level = CallerLevel()
    turns_at(level, -20)
    assert spoken(level, -40) == 0.0


def test_words_for_somebody_else_are_softer_and_do_not_lower_what_is_known() -> None:
    level = CallerLevel()
    turns_at(level, -20, -21, -33, -20, -32)
    assert spoken(level, -32) == pytest.approx(12.0, abs=0.2)


def test_who_goes_on_softly_is_the_caller_after_some_turns() -> None:
    level = CallerLevel()
    turns_at(level, -20, -20, -32, -32, -32, -32)
    assert spoken(level, -32) == pytest.approx(0.0, abs=0.2)


def test_a_sound_is_too_short_to_be_measured() -> None:
    level = CallerLevel()
    turns_at(level, -20, -20)
    assert spoken(level, -40, 100.0) == 0.0
