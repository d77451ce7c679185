"""When turns are taken for over, and what the voice detector's gate loses, on the half nothing was tuned on."""

from __future__ import annotations

from functools import partial
from pathlib import Path

import pytest

from agent.hearing.waits import PRESETS
from calls.guidance import NOTHING_EXPECTED
from switchboard.lab.clips import Bench, Clip, clips
from switchboard.lab.endpointing import (
    MIX,
    PLAIN_MS,
    SCALES,
    Outcome,
    PlainSilence,
    by_group,
    cut_rate_at,
    figure,
    mixed,
    ours,
    plain,
)  # fmt: skip
from switchboard.lab.pausing import sayings
from switchboard.lab.voice_gate import Losses, measured
from tests.counts import count, full_counts

TURNS = count(full=200, quick=5)
VAR = Path(__file__).parents[2] / "var"


def test_the_halves_share_no_words_and_are_always_the_same() -> None:
    tuning, held = sayings("tuning", 80), sayings("held", 80)
    assert held == sayings("held", 80)
    names = {"ordinary", "hesitant"}
    texts = [{saying.text for saying in half if saying.group in names} for half in (tuning, held)]
    # "My name is" begins in both; what follows does not.
    assert not texts[0] & texts[1]


def test_pauses_within_numbers_are_those_that_are_claimed() -> None:
    numbers = [saying for saying in sayings("held", 200) if saying.group == "numbers"]
    pauses = [ms for saying in numbers for ms in saying.pauses_ms]
    assert min(pauses) >= 350.0 and max(pauses) <= 900.0 and max(pauses) > 850.0
    assert {saying.expects for saying in numbers} == {"phone", "code", "spelled_name", "email", "address"}


def test_a_figure_counts_what_was_cut_apart_from_what_was_not_heard() -> None:
    found = figure([Outcome(True, None), Outcome(False, None), Outcome(False, 400.0), Outcome(False, 600.0)])
    assert (found.turns, found.cut, found.unheard, found.p50_ms, found.cut_rate) == (4, 1, 1, 500.0, 0.25)
    assert cut_rate_at([(400.0, 0.4), (800.0, 0.2)], 600.0) == pytest.approx(0.3)
    assert PlainSilence(700.0)("my name is").ms == 700.0 and NOTHING_EXPECTED.primary == ""


@pytest.fixture(scope="module")
def bench() -> Bench:
    return Bench(VAR)


@pytest.fixture(scope="module")
def held(bench: Bench) -> list[Clip]:
    return list(clips(bench, "held", TURNS, seed=7))


@pytest.mark.models
def test_turns_end_when_they_are_over_and_not_before(bench: Bench, held: list[Clip]) -> None:
    figures = {
        group: figure(outcomes)
        for group, outcomes in by_group(held, partial(ours, bench, PRESETS["default"])).items()
    }
    for group in ("numbers", "patient"):
        assert figures[group].cut_rate <= 0.01, figures
    assert figures["ordinary"].p50_ms <= 700.0 and figures["ordinary"].cut == 0, figures


@pytest.mark.models
def test_a_plain_silence_rule_cuts_twice_as_often_at_the_same_latency(bench: Bench, held: list[Clip]) -> None:
    everyday = [clip for clip in held if clip.saying.group in MIX]
    silence = [mixed(by_group(everyday, partial(plain, ms))) for ms in PLAIN_MS]
    for scale in [scale for scale in SCALES if scale >= 0.6] if full_counts() else [1.0]:
        waits = PRESETS["default"].scaled(scale)
        mean_ms, cut = mixed(by_group(everyday, partial(ours, bench, waits)))
        assert cut <= cut_rate_at(silence, mean_ms) / 2, (scale, mean_ms, cut)


@pytest.mark.models
def test_the_gate_loses_hardly_an_onset_and_saves_most_of_the_quiet() -> None:
    from agent.offline.silero import SileroModel
    from switchboard.lab.sources import Library

    whole = Losses()
    for name, found in measured(SileroModel.load(), Library(VAR / "lab" / "clips"), count(full=60, quick=4), "held"):
        whole.add(found)
        if name == "clean":
            assert found.asked <= 0.6 * found.windows
    assert whole.onsets >= count(full=100, quick=9)
    assert whole.lost <= 0.005 * whole.onsets, whole
