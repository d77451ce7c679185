"""From a call to its figures: each definition of docs/lab.md on a call made by hand."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from calls import events as ev
from calls.events import CallEvent
from switchboard.lab import sound
from switchboard.lab.caller import Deed, DeedKind
from switchboard.lab.failed import most_failed_turns
from switchboard.lab.figures import Figures
from switchboard.lab.limits import limits
from switchboard.lab.measures import measure
from switchboard.lab.network import Wire
from switchboard.lab.play import Played, Setup
from switchboard.lab.table import as_text, curve, quantile
from switchboard.lab.words import errors, plain
from telephony.twin import CallResult
from telephony.twin.result import StreamFacts
from telephony.twin.tape import Tape
from workflows.backends.memory.books import Books
from workflows.backends.practice import BARE

NOW = datetime(2026, 3, 16, 14, tzinfo=UTC)
TONE = bytes([0x90, 0x10]) * 4
"""loud mu-law"""


def call(agent: list[tuple[int, int]], deeds: list[Deed], *bodies: tuple[float, ev.EventBody]) -> Played:
    """A call in which the agent sounds from one ms to another."""
    tape = Tape()
    for begin, end in agent:
        tape.write("agent", begin * 8, TONE * (end - begin))
    events = [CallEvent("call:CA1", n, at, body) for n, (at, body) in enumerate(bodies, 1)]
    stream = StreamFacts("MZ1", 0.0, 60_000.0, "server_closed", 0.0, 0, 0, 0.0)
    result = CallResult(
        call_sid="CA1", to="+1", from_="+2", answered=True, duration_ms=60_000.0, end_reason="server_hung_up",
        streams=[stream], tape=tape,
    )  # fmt: skip
    setup = Setup(seed=1, voice="rowan", now=NOW)
    return Played(setup, result, events, deeds, [Wire()], Books(BARE, NOW.date()), 0.0)


def did(kind: DeedKind, start: float, end: float, *pauses: tuple[float, float], expects: str = "") -> Deed:
    return Deed(kind, "two one two", start, end, list(pauses), expects)


def heard(start: float, end: float, text: str = "two one two") -> ev.CallerSpoke:
    return ev.CallerSpoke(1, text, start, end, 0.9, "silence")


def test_the_answer_counts_from_the_true_end_of_the_turn_to_the_first_sound() -> None:
    played = call([(0, 2_000), (4_600, 6_000)], [did("turn", 3_000, 4_000)], (4_500.0, heard(3_000, 4_010)))
    (turn,) = measure(played, "s", "c").turns
    assert (turn.response_ms, turn.hearing_ms, turn.cut_in, turn.early) == (600.0, 500.0, False, False)


def test_a_turn_is_cut_in_on_when_the_agent_sounds_before_its_end() -> None:
    deed = did("turn", 3_000, 6_000, (4_000, 4_800), expects="phone")
    played = call([(0, 2_000), (4_600, 5_000), (6_500, 7_000)], [deed], (4_500.0, heard(3_000, 4_000, "two one")))
    figures = measure(played, "s", "c")
    (turn,) = figures.turns
    assert turn.cut_in and turn.early and turn.longest_pause_ms == 800.0
    assert turn.response_ms == 500.0 and turn.hearing_ms is None
    assert (figures.word_errors, figures.words) == (1, 3)


def test_a_decision_taken_back_before_it_was_heard_is_early_but_no_cut_in() -> None:
    deed = did("turn", 3_000, 6_000, (4_000, 4_800))
    (turn,) = measure(call([(6_500, 7_000)], [deed], (4_500.0, heard(3_000, 4_000))), "s", "c").turns
    assert turn.early and not turn.cut_in


def test_a_turn_that_nobody_answers_is_dead_air_until_the_caller_acts_again() -> None:
    deeds = [did("turn", 3_000, 4_000), did("turn", 10_000, 11_000), did("turn", 20_000, 21_000)]
    played = call([(0, 2_000), (11_600, 20_500), (20_900, 22_000)], deeds)
    turns = measure(played, "booking", "c").turns
    assert turns[0].response_ms is None
    assert [turn.silence_ms for turn in turns] == [6_000.0, 600.0, 0.0]
    (air,) = (one for one in limits([measure(played, "booking", "c")]) if "dead air" in one.what)
    assert not air.holds


@pytest.mark.parametrize(("stops", "yielded"), [(1_200, True), (2_500, False)])
def test_an_agent_yields_when_it_falls_silent_within_the_window(stops: int, yielded: bool) -> None:
    played = call([(0, stops), (4_000, 5_000)], [did("interruption", 1_000, 3_000)])
    (overlap,) = measure(played, "s", "c").overlaps
    assert (overlap.stop_ms, overlap.yielded) == (stops - 1_000.0, yielded)


def test_an_agent_that_goes_on_over_the_caller_has_not_yielded() -> None:
    played = call([(0, 1_200), (2_000, 5_000)], [did("interruption", 1_000, 3_000)])
    assert not measure(played, "s", "c").overlaps[0].yielded


def test_what_an_acknowledgement_leaves_of_the_turn() -> None:
    deed = did("acknowledgement", 1_000, 1_300)
    never_stopped = measure(call([(0, 4_000)], [deed]), "s", "c").overlaps[0]
    resumed = measure(call([(0, 1_200), (1_800, 4_000)], [deed]), "s", "c").overlaps[0]
    cut = ev.AgentInterrupted("r1.1", 1_000.0, "We are")
    ended = measure(call([(0, 1_200), (3_000, 4_000)], [deed], (1_600.0, cut)), "s", "c").overlaps[0]
    assert (never_stopped.kept, never_stopped.resume_ms) == (True, 0.0)
    assert (resumed.kept, resumed.resume_ms) == (True, 800.0)
    assert not ended.kept


def test_falling_silent_for_nobody_is_self_interruption() -> None:
    pause = ev.AgentPaused("r1.1", 900.0, "We are")
    deeds = [did("turn", 5_000, 6_000)]
    assert measure(call([(0, 1_000)], deeds, (1_000.0, pause)), "s", "c").self_interruptions == 1
    assert measure(call([(0, 5_200)], deeds, (5_200.0, pause)), "s", "c").self_interruptions == 0


def test_frames_after_a_clear_are_stale_until_the_words_go_on() -> None:
    played = call([(0, 1_000)], [], (1_500.0, ev.AgentResumed("noise")))
    played.wires[0].begun_ms = 100.0
    played.wires[0].clears_ms = [1_100.0]
    played.wires[0].media_ms = [(900.0, 160), (1_150.0, 320), (1_700.0, 160)]
    assert measure(played, "s", "c").stale_frames == 2


def test_turns_that_bring_nothing_new_are_counted_in_a_row() -> None:
    spoke, name = heard(0, 1), ev.SlotFilled("name", "Ann", "Ann", 0.5)
    bodies: list[ev.EventBody] = [spoke, ev.StepEntered("date"), spoke, name, spoke, name, spoke, name, spoke]
    assert most_failed_turns([CallEvent("call:CA1", n, 0.0, body) for n, body in enumerate(bodies)]) == 3
    assert most_failed_turns([]) == 0


@pytest.mark.parametrize(
    ("said", "was_heard", "wrong", "count"),
    [
        ("two one two, five five five", "212-555.", 0, 6),
        ("March sixteenth", "March 16th.", 0, 2),
        ("ten thirty a.m.", "10:30 am", 0, 4),
        ("E, L, E, N, A.", "e-l-e-n-a", 0, 5),
        ("two oh four", "two four", 1, 3),
        ("two", "two two", 1, 1),
        ("one two", "", 2, 2),
    ],
)
def test_word_errors_do_not_depend_on_how_a_number_is_written(
    said: str, was_heard: str, wrong: int, count: int
) -> None:
    assert errors(said, was_heard) == (wrong, count)
    assert plain("O'Brien") == ("o'brien",)


def test_figures_survive_their_file() -> None:
    figures = measure(call([(0, 500)], [did("turn", 1_000, 2_000), did("noise", 100, 200)]), "s", "c")
    assert Figures.of_json(figures.to_json()) == figures
    with pytest.raises(ValueError, match="not a line"):
        Figures.of_json('{"scene": "s"}')


def test_the_table_shows_what_was_measured_and_the_curve_what_a_plain_rule_would_have_done() -> None:
    deeds = [did("turn", 3_000, 6_000, (4_000, 4_800)), did("turn", 10_000, 11_000)]
    played = call(
        [(6_600, 7_000), (11_500, 12_000)], deeds, (6_500.0, heard(3_000, 6_000)), (11_400.0, heard(10_000, 11_000))
    )
    calls = [measure(played, "dictation", "clean")]
    head, row = as_text(calls, lambda figures: figures.cell)
    assert "answered" in head and "yielded" not in head
    assert row.split()[:4] == ["dictation", "clean", "1", "2"] and "100.0%" in row
    rules = curve(calls)
    assert next(line for line in rules if "  700 ms" in line).split()[-1] == "50.0%"
    assert next(line for line in rules if "  900 ms" in line).split()[-1] == "0.0%"
    assert any("ours: 0.0% at the same latency" in line for line in rules)
    assert quantile([], 0.5) is None and quantile([3.0, 1.0, 2.0], 0.5) == 2.0


def test_limits_are_told_with_what_was_measured_and_only_those_that_were() -> None:
    deeds = [did("interruption", 1_000, 3_000), did("interruption", 11_000, 12_000)]
    played = call([(0, 1_200), (10_000, 11_400)], deeds)
    told = {limit.what.split(",")[0]: limit for limit in limits([measure(played, "interruptions", "c")])}
    assert set(told) == {
        "onset to the last audible sample",
        "yielded at least 98 %",
        "no frame of what was cleared after clear",
    }
    assert not told["onset to the last audible sample"].holds and told["yielded at least 98 %"].holds
    assert told["onset to the last audible sample"].line().startswith("MISSED") and limits([]) == []


def test_a_call_that_is_not_right_has_to_end_with_a_way_out() -> None:
    calls = [measure(call([], []), "booking", "clean") for _ in range(4)]
    for figures, outcome, failed in zip(calls, ("right", "wrong", "helped", "helped"), (1, 1, 2, 9), strict=True):
        figures.outcome, figures.failed_turns = outcome, failed
    held = {limit.what: limit for limit in limits(calls)}
    assert held["no wrong value committed"].measured == "1 of 4"
    assert held["the right appointment over a good line, at least 90 %"].measured == "25.0%"
    (out,) = (limit for what, limit in held.items() if "failed turns" in what)
    assert out.measured == "1 of 2 do not" and not out.holds


def test_loud_and_silent_stretches_are_found() -> None:
    samples = sound.joined(sound.silence(200), sound.from_mulaw(TONE * 300), sound.silence(100))
    assert sound.sounding(samples) == (200, 500)
    assert sound.sounding(sound.silence(100)) is None
