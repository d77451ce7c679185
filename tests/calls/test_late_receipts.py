"""A receipt that comes after its action was given up on: told at the next pause."""

from __future__ import annotations

from calls import events as ev
from calls import signals as sg
from calls.floor import Floor
from calls.state import rebuild
from tests.calls.house import BYE, CALL, NONSENSE, TUESDAY, WALL, Bench, bench_listening


def given_up() -> Bench:
    bench = bench_listening()
    bench.caller_means("tuesday", TUESDAY)
    bench.give(sg.TimerRang("action"))
    return bench


def test_a_receipt_that_comes_after_we_gave_up_is_told_at_the_next_pause() -> None:
    bench = given_up()
    said = len(bench.said())
    bench.books()
    assert bench.names[-1] == "action.committed"
    assert len(bench.said()) == said, "not into our own words"
    bench.agent_finishes()
    assert bench.said()[said:] == ["You are booked.", "Anything else?"]
    bench.agent_finishes()
    bench.caller_means("hm", NONSENSE)
    bench.agent_finishes()
    assert bench.said().count("You are booked.") == 1


def test_a_late_receipt_is_told_at_once_when_nobody_speaks_and_not_while_the_caller_does() -> None:
    bench = given_up()
    bench.agent_finishes()
    bench.books()
    assert bench.said()[-1] == "Anything else?"
    bench = given_up()
    bench.agent_finishes()
    bench.caller_begins()
    bench.books()
    assert "Anything else?" not in bench.said()
    bench.caller_says("hm")
    bench.understood(NONSENSE)
    assert "Anything else?" not in bench.said()
    bench.agent_finishes()
    assert bench.said()[-1] == "Anything else?"


def test_a_late_receipt_comes_before_the_end_of_the_call() -> None:
    bench = given_up()
    bench.agent_finishes()
    bench.caller_means("bye", BYE)
    assert bench.said()[-1] == "Goodbye."
    bench.books()
    assert bench.said()[-1] == "Anything else?" and "LeaveLine" not in bench.effect_names()
    bench.agent_finishes()
    assert not bench.state.leaving and bench.state.floor is Floor.LISTENING


def test_a_late_receipt_is_told_by_the_socket_that_follows_a_lost_one() -> None:
    bench = given_up()
    bench.give(sg.CarrierGone(False, "socket_lost", {}))
    bench.books()
    bench.give(sg.LineLeft())
    bench.give(sg.LineOpened("MZ2", WALL))
    bench.agent_finishes()
    assert bench.said().count("You are booked.") == 1
    stream = f"call:{CALL.call}"
    events = [ev.CallEvent(stream, n, at, body) for n, (body, at) in enumerate(bench.stamped, 1)]
    assert bench.state.untold == () and rebuild(events).untold == ()
