from __future__ import annotations

from dataclasses import replace

import pytest

from calls import events as ev
from calls import signals as sg
from calls.effects import LeaveLine
from calls.floor import Floor
from calls.orders import DISPOSITION, ENDED, PUT_THROUGH
from calls.state import CallState, evolve
from tests.calls.house import LINE, TUESDAY, Bench, bench_listening

SAY = sg.SupervisorOrdered("ord_1", "dana", "say", "We close early today.")
OVER = sg.SupervisorOrdered("ord_2", "dana", "hand_over")
END = sg.SupervisorOrdered("ord_3", "dana", "end")


def leaves(bench: Bench) -> bool:
    return any(isinstance(effect, LeaveLine) for effect in bench.effects)


def folded(bench: Bench) -> CallState:
    state = CallState()
    for body, at_ms in bench.stamped:
        state = evolve(state, body, at_ms)
    return state


def test_ordered_words_are_said_and_stand_on_the_record_with_their_author() -> None:
    bench = bench_listening()
    bench.give(SAY)
    assert bench.said()[-1] == "We close early today."
    assert ev.OrderAccepted("ord_1", "dana", "say", "We close early today.") in bench.events
    bench.agent_finishes()
    assert bench.state.floor is Floor.LISTENING
    assert folded(bench) == bench.state


def test_ordered_words_wait_while_the_caller_speaks_and_are_owed_when_they_go_on() -> None:
    bench = bench_listening()
    bench.caller_begins()
    bench.give(SAY)
    assert "We close early today." not in bench.said()
    bench.caller_says("on tuesday please")
    bench.understood(TUESDAY)
    bench.books()
    assert "We close early today." in bench.said()


@pytest.mark.parametrize("speaking", ["nobody", "the agent", "the caller"])
@pytest.mark.parametrize(
    ("order", "words"),
    [(END, ENDED), (OVER, PUT_THROUGH)],
    ids=["end", "hand over"],
)
def test_a_call_is_ended_or_handed_over_at_once(speaking: str, order: sg.SupervisorOrdered, words: str) -> None:
    bench = bench_listening()
    if speaking == "the agent":
        bench.give(SAY)
    elif speaking == "the caller":
        bench.caller_begins()
    bench.give(order)
    # What the caller says meanwhile is on record, and changes nothing.
    bench.caller_says("on tuesday please")
    bench.understood(TUESDAY)
    bench.agent_finishes()
    assert words.split(". ")[-1].rstrip(".") in bench.said()[-1]
    assert leaves(bench) and ("handover.requested" in bench.names) is (order is OVER)
    assert bench.state.disposition == (DISPOSITION if order is END else "handed_over")
    assert folded(bench) == bench.state


def refusal(bench: Bench, order: sg.SupervisorOrdered) -> str:
    bench.forget()
    bench.give(order)
    (refused,) = [body for body in bench.events if isinstance(body, ev.OrderRefused)]
    assert refused.author == "dana" and not bench.said()
    return refused.reason


def test_what_cannot_be_done_is_refused_with_the_reason() -> None:
    assert "no words" in refusal(bench_listening(), replace(SAY, words=" "))
    assert "is no order" in refusal(bench_listening(), replace(SAY, kind="sing"))
    alone = Bench(line=replace(LINE, human=None))
    alone.answer()
    alone.agent_finishes()
    assert "nobody to hand over to" in refusal(alone, OVER)
    ending = bench_listening()
    ending.give(END)
    assert refusal(ending, SAY) == "the call is ending"
    away = bench_listening()
    away.give(sg.CarrierGone(False, "socket_lost"))
    assert "line is lost" in refusal(away, SAY)
