"""What providers do stands on the record; a call that has used up what it may cost comes to its end."""

from __future__ import annotations

from dataclasses import replace
from typing import get_args

import pytest

from calls import events as ev
from calls import signals as sg
from calls.codec import decode, encode
from calls.floor import Floor
from calls.orders import PUT_THROUGH as BOTH_SENTENCES
from calls.phrases import FILLER, clauses_of
from calls.provision import NoticeKind, SpendScope, SpendStep
from calls.waiting import SLOW, SLOW_MS
from records.transcript import transcribe
from tests.calls.house import LINE, TUESDAY, bench_listening

PUT_THROUGH = clauses_of(BOTH_SENTENCES)[-1]
OVER = sg.SpendNoticed("call", "exceeded", 0.51, 0.5)


def test_what_is_noticed_is_recorded_as_it_is_and_changes_nothing_else() -> None:
    bench = bench_listening()
    before = bench.state
    bench.give(sg.ProviderNoticed("hearing", "acme/ear", "switched", "lost", 12.5, "other/ear"))
    bench.give(sg.UsageCounted("speaking", "acme/voice", {"characters": 31.0}))
    bench.give(sg.SpendNoticed("call", "warned", 0.4, 0.5))
    bodies = [
        ev.ProviderNoticed("hearing", "acme/ear", "switched", "lost", 12.5, "other/ear"),
        ev.UsageCounted("speaking", "acme/voice", {"characters": 31.0}),
        ev.SpendNoticed("call", "warned", 0.4, 0.5),
    ]
    assert bench.events[-3:] == bodies
    assert bench.state == before
    assert [decode(body.name, body.version, encode(body)) for body in bodies] == bodies


def test_a_call_that_costs_too_much_goes_to_the_lines_person() -> None:
    bench = bench_listening()
    bench.give(OVER)
    assert bench.said()[-1] == PUT_THROUGH
    bench.agent_finishes()
    assert bench.state.leaving == "hand_over"
    assert bench.state.disposition == "limit"


@pytest.mark.parametrize("scope", ["line", "house"])
def test_a_limit_of_the_day_does_not_cut_who_is_inside(scope: SpendScope) -> None:
    bench = bench_listening()
    said = bench.said()
    bench.give(sg.SpendNoticed(scope, "exceeded", 9.0, 9.0))
    assert bench.said() == said and not bench.state.overspent


def test_while_the_caller_speaks_they_are_put_through_at_once() -> None:
    bench = bench_listening()
    bench.caller_begins()
    bench.give(OVER)
    assert bench.said()[-1] == PUT_THROUGH


def test_what_is_under_way_is_answered_first() -> None:
    bench = bench_listening()
    bench.caller_says("on tuesday please")
    bench.understood(TUESDAY)
    assert bench.state.run.awaiting
    bench.give(OVER)
    assert PUT_THROUGH not in bench.said()
    bench.books()
    assert PUT_THROUGH not in bench.said()
    bench.agent_finishes()
    bench.caller_says("another one please")
    bench.understood(TUESDAY)
    assert bench.said()[-1] == PUT_THROUGH


def test_who_talks_over_the_goodbye_does_not_keep_a_call_open_that_costs_too_much() -> None:
    bench = bench_listening(replace(LINE, human=None))
    bench.give(OVER)
    farewell = bench.said()[-1]
    for _ in range(3):
        bench.caller_means("another one please", TUESDAY)
    assert bench.said().count(farewell) == 1
    bench.agent_finishes()
    assert (bench.state.leaving, bench.state.disposition) == ("hang_up", "time")


@pytest.mark.parametrize("kind", get_args(NoticeKind))
def test_every_notice_can_be_read_in_the_transcript(kind: NoticeKind) -> None:
    body = ev.ProviderNoticed("hearing", "acme/ear", kind, "lost", 1_500.0, "other/ear")
    (entry,) = transcribe([ev.CallEvent("call:1", 1, 10.0, body)]).entries
    assert "acme/ear" in str(entry)


@pytest.mark.parametrize("step", get_args(SpendStep))
@pytest.mark.parametrize("scope", get_args(SpendScope))
def test_every_step_of_spending_too(scope: SpendScope, step: SpendStep) -> None:
    (entry,) = transcribe([ev.CallEvent("call:1", 1, 10.0, ev.SpendNoticed(scope, step, 0.4, 0.5))]).entries
    assert str(entry)


def test_understanding_that_takes_long_is_covered_by_a_word_once() -> None:
    bench = bench_listening()
    bench.caller_says("on tuesday please")
    bench.give(sg.TimerRang(SLOW), SLOW_MS)
    assert bench.said() == [FILLER]
    bench.give(sg.TimerRang(SLOW), SLOW_MS)
    assert bench.said() == [FILLER]
    bench.understood(TUESDAY)
    bench.agent_finishes()
    bench.books()
    assert bench.said()[-1] != FILLER and bench.state.floor is Floor.AGENT


@pytest.mark.parametrize("meanwhile", ["understood", "speaks", "hangs up"])
def test_nothing_is_covered_that_is_not_waited_for(meanwhile: str) -> None:
    bench = bench_listening()
    bench.caller_says("on tuesday please")
    match meanwhile:
        case "understood":
            bench.understood(TUESDAY)
        case "speaks":
            bench.caller_begins()
        case _:
            bench.give(sg.CarrierGone(True, "stop"))
    bench.give(sg.TimerRang(SLOW))
    assert FILLER not in bench.said()
