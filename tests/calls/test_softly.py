"""Words that come much softer than the caller's, and an acknowledgement that a recognizer reads in other words."""

from __future__ import annotations

import pytest

from calls import signals as sg
from calls.effects import StartTimer
from calls.speech import Heard
from tests.calls.house import Bench
from tests.calls.test_interrupting import grows, paused, time_is_up, verdicts


def test_speech_that_lasts_is_not_spoken_over_for_want_of_words() -> None:
    bench = paused()
    bench.give(sg.SpeechLasts(bench.at_ms - 800), 600.0)
    assert bench.effects[-1] == StartTimer("onset", 900)
    assert verdicts(bench) == []


def test_nor_does_it_silence_an_agent_that_has_gone_on() -> None:
    bench = paused()
    time_is_up(bench)
    bench.forget()
    bench.give(sg.SpeechLasts(bench.at_ms - 1_400), 600.0)
    assert bench.effect_names() == []


def softly(bench: Bench, text: str, softer_db: float = 11.0) -> None:
    bench.give(sg.SpeechGrew(bench.at_ms, text, softer_db=softer_db), 200.0)


def test_words_much_softer_than_the_callers_and_of_no_use_are_for_somebody_else() -> None:
    bench = paused()
    softly(bench, "put it over there")
    assert "Resume" in bench.effect_names(), "at once: how softly is not on record when time is up"
    assert verdicts(bench) == [("side_talk", "softly")]
    bench.give(sg.CallerSaid(Heard("now put it over there", bench.at_ms - 500, bench.at_ms, softer_db=11.0)), 300.0)
    assert verdicts(bench)[-1][0] == "side_talk"
    assert "agent.interrupted" not in bench.names


@pytest.mark.parametrize("text", ["help me please", "can you repeat that"])
def test_who_asks_for_us_softly_is_heard(text: str) -> None:
    bench = paused()
    softly(bench, text)
    assert verdicts(bench) == []


def test_the_same_words_as_loud_as_ever_are_for_us() -> None:
    bench = paused()
    softly(bench, "put it over there", softer_db=3.0)
    assert verdicts(bench) == []


def test_an_acknowledgement_read_in_other_words_at_its_end_is_still_one() -> None:
    bench = paused()
    grows(bench, "Yeah.")
    time_is_up(bench)
    assert verdicts(bench) == [("acknowledgement", "acknowledges")]
    grows(bench, "It has me", 50.0)
    assert bench.names.count("agent.paused") == 1, "it does not fall silent again"
    bench.give(sg.CallerSaid(Heard("It has me", bench.at_ms - 700, bench.at_ms)), 100.0)
    assert verdicts(bench)[-1][0] == "acknowledgement"
    assert "agent.interrupted" not in bench.names


@pytest.mark.parametrize(("text", "confidence", "kind"), [
    ("the hound", 0.4, "acknowledgement"), ("the hound", 0.9, "interruption"), ("no no", 0.4, "interruption"),
])  # fmt: skip
def test_two_short_words_hardly_heard_and_of_no_use_are_an_acknowledgement(
    text: str, confidence: float, kind: str
) -> None:
    bench = paused()
    bench.give(sg.CallerSaid(Heard(text, bench.at_ms - 400, bench.at_ms, confidence)), 300.0)
    assert verdicts(bench)[-1][0] == kind
