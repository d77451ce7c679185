"""What may have been an answer and held no words: once, the caller is asked sooner than one who says nothing."""

from __future__ import annotations

import pytest

from calls import signals as sg
from calls.effects import StartTimer
from calls.guidance import Guidance
from calls.lull import NO_WORDS
from calls.waiting import IN_VAIN_MS, SILENCE
from tests.calls.house import Bench, TinyScript, bench_listening


def waits(bench: Bench) -> float:
    """The wait that was begun last."""
    return [one.ms for one in bench.effects if isinstance(one, StartTimer) and one.timer == SILENCE][-1]


def sounds(bench: Bench, ms: float, reason: str = NO_WORDS) -> None:
    """Something sets in, and is over ``ms`` later without a word."""
    bench.give(sg.SpeechBegan(bench.at_ms))
    bench.give(sg.SpeechFaded(reason), ms)


def test_who_may_have_answered_is_asked_sooner_and_once() -> None:
    bench = bench_listening()
    sounds(bench, 300.0)
    usual = waits(bench)
    sounds(bench, 1_400.0)
    assert waits(bench) == IN_VAIN_MS < usual - 1_500.0
    bench.give(sg.TimerRang(SILENCE), IN_VAIN_MS)
    bench.agent_finishes()
    sounds(bench, 1_400.0)
    assert waits(bench) > IN_VAIN_MS


@pytest.mark.parametrize(("ms", "reason"), [(800.0, NO_WORDS), (1_400.0, "noise"), (1_400.0, "taken back")])
def test_what_is_over_sooner_or_was_somebody_else_is_no_answer(ms: float, reason: str) -> None:
    bench = bench_listening()
    sounds(bench, ms, reason)
    assert waits(bench) > IN_VAIN_MS


def test_words_that_come_after_all_are_an_answer_like_any() -> None:
    bench = bench_listening()
    sounds(bench, 1_400.0)
    bench.caller_begins()
    bench.caller_says("hello")
    assert bench.state.lull.tried_ms == 0.0


@pytest.mark.parametrize(("ms", "sooner"), [(600.0, True), (300.0, False)])
def test_where_a_yes_would_do_a_shorter_sound_may_have_been_it(
    monkeypatch: pytest.MonkeyPatch, ms: float, sooner: bool
) -> None:
    monkeypatch.setattr(TinyScript, "guidance", lambda *_: Guidance("confirm", patience="quick"))
    bench = bench_listening()
    sounds(bench, ms)
    assert (waits(bench) == IN_VAIN_MS) == sooner
