"""A turn that was ended too early, understood, and goes on before anything of the answer is heard."""

from __future__ import annotations

from calls import events as ev
from calls import signals as sg
from calls.commands import Command
from calls.effects import Understand
from calls.state import evolve
from tests.calls.house import NONSENSE, TUESDAY, Bench, bench_listening


def answered(*commands: Command) -> Bench:
    """The first part was understood, and its answer chosen."""
    bench = bench_listening()
    bench.caller_means("on the", *commands)
    return bench


def asked_for(bench: Bench) -> str:
    return [effect for effect in bench.effects if isinstance(effect, Understand)][-1].heard.text


def test_the_two_parts_are_one_turn_and_the_script_stands_where_it_stood() -> None:
    bench = answered(NONSENSE)
    bench.state = evolve(bench.state, ev.AttemptCounted("day", 1), bench.at_ms)
    before = bench.state.taken
    assert before is not None and bench.state.run != before.run
    bench.caller_begins()
    bench.caller_says("seventeenth")
    assert "turn.taken_back" in bench.names and "Cut" in bench.effect_names()
    assert asked_for(bench) == "on the seventeenth"
    assert bench.state.run == before.run
    assert (bench.state.replies, bench.state.taken) == ((), None)


def test_the_whole_is_answered_once() -> None:
    bench = answered(NONSENSE)
    bench.caller_means("seventeenth", TUESDAY)
    assert bench.state.run.slots["day"].value == "2026-03-17"
    assert bench.state.unanswered == ""


def test_what_has_been_asked_for_in_the_world_is_not_taken_back() -> None:
    bench = answered(TUESDAY)
    bench.caller_begins()
    bench.caller_says("and at noon")
    assert "turn.taken_back" not in bench.names
    assert asked_for(bench) == "and at noon"


def test_an_answer_that_was_heard_is_answered() -> None:
    bench = answered(NONSENSE)
    bench.agent_finishes()
    bench.caller_begins()
    bench.caller_says("seventeenth")
    assert "turn.taken_back" not in bench.names
    assert asked_for(bench) == "seventeenth"


def test_a_cough_takes_nothing_back() -> None:
    bench = answered(NONSENSE)
    run = bench.state.run
    bench.caller_begins()
    bench.give(sg.SpeechFaded("noise"))
    assert bench.state.run == run and not any(isinstance(body, ev.TurnTakenBack) for body in bench.events)
