"""Who is given more time, and what follows."""

from __future__ import annotations

from calls import events as ev
from calls import signals as sg
from calls.commands import NeedTime
from calls.effects import Expect, Judge, StartTimer, Understand
from calls.speech import Heard
from tests.calls.house import NONSENSE, Bench, bench_listening


def cut_in(bench: Bench, first: str = "tuesday", then: str = "at ten", gap_ms: float = 700.0) -> None:
    """The caller says something, it is taken for all, and they go on before anything was heard."""
    bench.give(sg.SpeechBegan(bench.at_ms))
    ended = bench.at_ms + 600
    bench.give(sg.CallerSaid(Heard(first, bench.at_ms - 500, ended)), 1_000)
    bench.give(sg.SpeechBegan(ended + gap_ms), max(0.0, ended + gap_ms + 100 - bench.at_ms))
    bench.give(sg.CallerSaid(Heard(then, ended + gap_ms, bench.at_ms)), 800)
    bench.understood(NONSENSE)
    bench.agent_finishes()


def granted(bench: Bench) -> list[str]:
    return [body.reason for body in bench.events if isinstance(body, ev.PatienceGranted)]


def test_once_is_a_slip_twice_is_a_reason() -> None:
    bench = bench_listening()
    cut_in(bench)
    assert [body.gap_ms for body in bench.events if isinstance(body, ev.TurnContinued)] == [700.0]
    assert granted(bench) == []
    cut_in(bench)
    assert granted(bench) == ["cut_in"]
    assert bench.state.unhurried
    cut_in(bench)
    assert granted(bench) == ["cut_in"], "once in a call"


def test_a_new_turn_is_no_slip() -> None:
    bench = bench_listening()
    for _ in range(3):
        cut_in(bench, gap_ms=2_600.0)
    assert granted(bench) == []


def test_who_answers_what_they_heard_was_not_cut_in_on() -> None:
    bench = bench_listening()
    for _ in range(3):
        bench.caller_means("tuesday", NONSENSE)
        bench.agent_finishes()
    assert granted(bench) == []


def test_a_cough_after_a_turn_is_no_slip() -> None:
    bench = bench_listening()
    for _ in range(3):
        bench.caller_begins()
        bench.caller_says("tuesday")
        bench.caller_begins()
        bench.give(sg.SpeechFaded("cough"))
        bench.understood(NONSENSE)
        bench.agent_finishes()
    assert granted(bench) == []


def test_a_turn_that_hearing_closed_for_its_length_is_none() -> None:
    bench = bench_listening()
    for _ in range(3):
        bench.give(sg.SpeechBegan(bench.at_ms))
        bench.give(sg.CallerSaid(Heard("and then", bench.at_ms, bench.at_ms + 50, reason="longest")), 100)
        bench.give(sg.SpeechBegan(bench.at_ms))
        bench.give(sg.CallerSaid(Heard("and so on", bench.at_ms, bench.at_ms + 50)), 100)
        bench.understood(NONSENSE)
        bench.agent_finishes()
    assert granted(bench) == []


def test_the_ear_is_told_at_once() -> None:
    bench = bench_listening()
    cut_in(bench)
    bench.forget()
    cut_in(bench)
    told = [type(effect).__name__ for effect in bench.effects if isinstance(effect, Expect | Understand)]
    unhurried = [effect.guidance.unhurried for effect in bench.effects if isinstance(effect, Expect | Understand)]
    assert told[unhurried.index(True)] == "Expect", "before the turn is understood"


def test_everything_is_slower_and_longer_from_then_on() -> None:
    bench = bench_listening()
    bench.caller_means("please give me more time", NeedTime())
    assert granted(bench) == ["asked"]
    paces = {effect.clause.style.pace for effect in bench.effects if isinstance(effect, Judge)}
    assert paces == {0.85}
    (expect,) = [effect for effect in bench.effects if isinstance(effect, Expect)]
    assert expect.guidance.unhurried
    bench.agent_finishes()
    timer = bench.effects[-1]
    assert isinstance(timer, StartTimer) and timer.ms == 14_000


def test_a_relay_service_is_a_reason() -> None:
    bench = bench_listening()
    bench.caller_means("this is a relay call", NeedTime("relay"))
    assert granted(bench) == ["relay"]
