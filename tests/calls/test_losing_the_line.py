from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from calls import events as ev
from calls import signals as sg
from calls.effects import RunAction
from calls.floor import Floor
from calls.run import ActionSettled
from calls.speech import Heard, Played
from calls.state import evolve, rebuild
from tests.calls.house import BYE, HOLD, HUMAN, NONSENSE, TUESDAY, WALL, Bench, bench_listening


def test_a_hand_over_is_announced_and_recorded_before_the_line_is_left() -> None:
    bench = bench_listening()
    bench.caller_means("agent", HUMAN)
    bench.agent_finishes()
    assert bench.names[-1] == "handover.requested"
    bench.give(sg.LineLeft())
    assert "call.ended" not in bench.names
    assert bench.state.floor is Floor.AWAY


def test_a_caller_nobody_answered_comes_back_to_the_agent() -> None:
    bench = bench_listening()
    bench.caller_means("agent", HUMAN)
    bench.agent_finishes()
    bench.state = evolve(bench.state, ev.HandoverFailed("no-answer"), bench.at_ms)
    bench.give(sg.LineOpened("MZ2", WALL))
    assert bench.said()[-1] == "Nobody is free."


def test_a_lost_line_is_taken_up_again() -> None:
    bench = bench_listening()
    bench.give(sg.CarrierGone(False, "abrupt"))
    bench.give(sg.LineLeft())
    assert bench.names[-1] == "carrier.lost"
    bench.give(sg.LineOpened("MZ2", WALL))
    assert bench.said() == ["The line dropped.", "Which day?"]
    assert bench.state.sockets == 2


def test_an_action_without_an_answer_is_asked_again_under_its_key() -> None:
    bench = bench_listening()
    bench.caller_means("tuesday", TUESDAY)
    bench.give(sg.CarrierGone(False, "abrupt"))
    bench.forget()
    bench.give(sg.LineOpened("MZ2", WALL))
    (again,) = [effect for effect in bench.effects if isinstance(effect, RunAction)]
    assert again.request.key == "k1"
    bench.books()
    assert bench.state.requested is None


def test_the_callers_hang_up_ends_the_call() -> None:
    bench = bench_listening()
    bench.give(sg.CarrierGone(True, "stop"))
    bench.give(sg.LineLeft())
    assert bench.names[-2:] == ["caller.hung_up", "call.ended"]


def test_an_action_answered_after_the_hang_up_stands_on_the_record() -> None:
    bench = bench_listening()
    bench.caller_means("tuesday", TUESDAY)
    bench.give(sg.CarrierGone(True, "stop"))
    bench.books()
    bench.give(sg.LineLeft())
    assert bench.names[-2:] == ["action.committed", "call.ended"]
    assert bench.said() == []


SIGNALS = st.one_of(
    st.just(sg.LineOpened("MZ", WALL)),
    st.builds(
        sg.SpeechBegan, st.just(0.0), st.sampled_from([None, Played("r1.1", 10, "Hello"), Played("r2.1", 5, "")])
    ),
    st.just(sg.SpeechFaded("noise")),
    st.builds(lambda text: sg.CallerSaid(Heard(text, 0, 10)), st.sampled_from(["tuesday", "okay", "agent", ""])),
    st.builds(sg.SpeechGrew, st.just(0.0), st.text(max_size=5)),
    st.builds(
        lambda turn, command: sg.Understood(turn, (command,), "grammar"),
        st.integers(0, 6),
        st.sampled_from([TUESDAY, HUMAN, BYE, HOLD, NONSENSE]),
    ),
    st.builds(sg.TimerRang, st.sampled_from(["silence", "filler", "length", "understanding"])),
    st.builds(lambda n, m: sg.PlaybackEnded(f"r{n}.{m}", 100.0), st.integers(1, 5), st.integers(1, 3)),
    st.builds(lambda n: sg.StageFailed("understanding", "x", turn=n), st.integers(0, 5)),
    st.just(sg.StageFailed("speaking", "x")),
    st.just(sg.ActionDone(ActionSettled("k1", "book", refusal="slot_taken"), 5.0)),
    st.builds(sg.CarrierGone, st.booleans(), st.just("x")),
    st.just(sg.Displaced()),
    st.just(sg.LineLeft()),
)


@given(st.lists(SIGNALS, max_size=40))
def test_folding_the_events_gives_the_live_state(signals: list[sg.Signal]) -> None:
    bench = Bench()
    bench.answer()
    for signal in signals:
        bench.give(signal)
    past = [ev.CallEvent("call:CA1", n, at_ms, body) for n, (body, at_ms) in enumerate(bench.stamped, 1)]
    assert rebuild(past) == bench.state


@given(st.lists(SIGNALS, max_size=40))
def test_nothing_is_said_once_the_line_is_left(signals: list[sg.Signal]) -> None:
    bench = Bench()
    bench.answer()
    for signal in signals:
        if isinstance(signal, sg.LineOpened):
            continue
        away = bench.state.floor in (Floor.AWAY, Floor.ENDED)
        said = len(bench.said())
        bench.give(signal)
        if away:
            assert len(bench.said()) == said
