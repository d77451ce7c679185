"""Words that come much softer than the caller's, and an acknowledgement that a recognizer reads in other words."""

from __future__ import annotations

from dataclasses import replace

import pytest

from calls import signals as sg
from calls.effects import StartTimer
from calls.guidance import Guidance, Option, SlotExpectation
from calls.onset import is_misheard
from calls.speech import Heard
from tests.calls.house import Bench
from tests.calls.test_interrupting import grows, paused, time_is_up, verdicts


def test_speech_that_lasts_is_not_spoken_over_for_want_of_words() -> None:
    bench = paused()
    began_ms = bench.at_ms - 40  # as hearing places it
    bench.give(sg.SpeechLasts(began_ms), 600.0)
    assert bench.effects[-1] == StartTimer("onset", 150)
    bench.give(sg.SpeechLasts(began_ms), 100.0)
    assert bench.effects[-1] == StartTimer("onset", 150), "told again, it waits again"
    assert verdicts(bench) == []


def test_told_that_speech_lasts_it_never_goes_on_sooner() -> None:
    bench = paused()
    onset = bench.state.caller.onset
    assert onset is not None
    bench.give(sg.SpeechLasts(onset.from_ms), 100.0)
    assert bench.effects[-1] == StartTimer("onset", onset.from_ms + 820 - bench.at_ms)


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


@pytest.mark.parametrize("text", ["help me please", "can you repeat that", "actually actually"])
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


CHOICE = Guidance("c", "service", (SlotExpectation("service", "choice", (Option("cleaning", ("a cleaning",)),)),))
DATE = Guidance("d", "day", (SlotExpectation("day", "date"),))


def misheard(text: str, guidance: Guidance, confidence: float = 0.7) -> bool:
    return is_misheard(paused().state, Heard(text, 1_000.0, 1_400.0, confidence), guidance)


@pytest.mark.parametrize(("text", "guidance", "nothing"), [
    ("Ten.", CHOICE, True), ("Ten.", DATE, False), ("First", CHOICE, True), ("First", DATE, False),
    ("Ten.", replace(CHOICE, offered=("10:00",)), False), ("Ten.", Guidance("open"), False),
    ("Stop.", CHOICE, False), ("cleaning", CHOICE, False), ("Farted", CHOICE, True),
])  # fmt: skip
def test_a_number_means_something_where_it_may_answer_or_choose(text: str, guidance: Guidance, nothing: bool) -> None:
    assert misheard(text, guidance) == nothing


def test_words_that_stand_in_every_sentence_name_nothing() -> None:
    topics = (Option("place", ("where are you", "what is it like")),)
    assert misheard("it had", replace(CHOICE, topics=topics), 0.5)
    assert not misheard("the place", replace(CHOICE, topics=(Option("place", ("the place",)),)), 0.5)


def test_an_unknown_word_surely_heard_may_be_another_name_of_a_choice() -> None:
    assert not misheard("Scaling", CHOICE, 0.95)
    assert misheard("Guarded", CHOICE, 0.8)


@pytest.mark.parametrize(("text", "confidence", "kind"), [
    ("the hound", 0.4, "acknowledgement"), ("the hound", 0.9, "interruption"), ("no no", 0.4, "interruption"),
])  # fmt: skip
def test_two_short_words_hardly_heard_and_of_no_use_are_an_acknowledgement(
    text: str, confidence: float, kind: str
) -> None:
    bench = paused()
    bench.give(sg.CallerSaid(Heard(text, bench.at_ms - 400, bench.at_ms, confidence)), 300.0)
    assert verdicts(bench)[-1][0] == kind
