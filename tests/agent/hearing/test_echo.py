from __future__ import annotations

import numpy as np
import pytest

from agent.companding import mulaw_to_linear, rms
from agent.hearing.echo import EchoGate
from calls.audio import AudioFrame
from tests.agent.hearing.machine_sounds import mulaw
from tests.agent.hearing.voices import Samples, echo_path, voice

LEAD_MS = 800
NOISE = 10 ** (-60 / 20)


def passed(ours: Samples, line: Samples, gate: EchoGate, late_ms: float = 0.0) -> list[int]:
    """Level of every 20 ms that hearing was given, the play-out telling ahead what it sends."""
    noise = np.random.default_rng(1).normal(0, NOISE, len(line))
    away, back = mulaw(ours), mulaw(line + noise)
    levels, sent = [], 0
    for at in range(0, len(back) - 159, 160):
        while sent < len(away) and sent / 8 < at / 8 + LEAD_MS:
            if np.any(ours[sent : sent + 1280]):
                gate.played(sent / 8 + late_ms, away[sent : sent + 1280])
            sent += 1280
        levels.append(rms(mulaw_to_linear(gate.pass_on(AudioFrame(back[at : at + 160], at / 8)).samples)))
    return levels


def spoken(seed: int = 3) -> Samples:
    """Two of our sentences with a pause between them."""
    return np.concatenate([np.zeros(4_000), voice(5, seed), np.zeros(8_000), voice(5, seed + 1), np.zeros(8_000)])


def longest(levels: list[int], above: int) -> int:
    """Frames in a row that are louder."""
    most = run = 0
    for level in levels:
        run = run + 1 if level > above else 0
        most = max(most, run)
    return most


@pytest.mark.parametrize("delay_ms", [40, 110, 200])
@pytest.mark.parametrize("db", [-30.0, -20.0, -10.0])
@pytest.mark.parametrize("kind", ["flat", "hybrid", "room"])
def test_nothing_that_could_be_taken_for_speech_comes_through(kind: str, db: float, delay_ms: int) -> None:
    ours = spoken()
    line = np.convolve(ours, echo_path(kind, db, delay_ms, 5))[: len(ours)]
    gate = EchoGate()
    levels = passed(ours, line, gate)
    assert longest(levels, 100) <= 2, "60 ms are no onset"
    assert gate.delay_ms is not None
    assert abs(gate.delay_ms - delay_ms) < 20


@pytest.mark.parametrize("late_ms", [-40.0, 30.0])
def test_the_play_outs_clock_need_not_be_the_callers(late_ms: float) -> None:
    ours = spoken()
    line = np.convolve(ours, echo_path("hybrid", -20, 120, 5))[: len(ours)]
    assert longest(passed(ours, line, EchoGate(), late_ms), 100) <= 2


CALLERS = [(None, -17.0, 100), (None, -35.0, 100), (-20.0, -17.0, 100), (-20.0, -23.0, 100), (-10.0, -15.0, 420)]
"""echo, dB; the caller's level, dBFS (ours is -17); ms until some of it has to be heard"""


@pytest.mark.parametrize(("db", "caller_dbfs", "within_ms"), CALLERS)
@pytest.mark.parametrize("at_s", [2.0, 8.0])
def test_a_caller_who_talks_over_us_is_heard_at_once(
    db: float | None, caller_dbfs: float, within_ms: int, at_s: float
) -> None:
    ours = spoken()
    line = np.convolve(ours, echo_path("hybrid", db, 90, 5))[: len(ours)] if db is not None else np.zeros(len(ours))
    caller = voice(1.5, 77, caller_dbfs, pitch=190.0)
    begin = int(at_s * 8_000)
    line[begin : begin + len(caller)] += caller
    levels = passed(ours, line, EchoGate())
    first = begin // 160
    above = 0.2 * 32_768 * 10 ** (caller_dbfs / 20)
    heard = [n for n in range(first, first + 75) if levels[n] > above]
    assert (heard[0] - first) * 20 <= within_ms
    assert len(heard) >= 40, "most of the words"


def test_while_we_are_silent_frames_pass_as_they_are() -> None:
    gate = EchoGate()
    frame = AudioFrame(mulaw(voice(0.02, 1)), 0.0)
    assert gate.pass_on(frame) is frame
    assert gate.looks == gate.held == 0


def test_after_a_clear_the_caller_is_not_measured_against_what_never_sounded() -> None:
    gate = EchoGate()
    ours = mulaw(voice(3, 4))
    for at in range(0, len(ours) - 1279, 1280):
        gate.played(at / 8, ours[at : at + 1280])
    gate.played(400.0, b"")
    caller = mulaw(voice(2, 9, -30.0))
    frames = [AudioFrame(caller[at : at + 160], 1_300.0 + at / 8) for at in range(0, len(caller) - 159, 160)]
    assert [gate.pass_on(frame) for frame in frames] == frames


def test_in_place_of_echo_hearing_gets_the_lines_own_noise() -> None:
    quiet, ours = np.zeros(16_000), voice(3, 4)
    line = np.convolve(np.concatenate([quiet, ours]), echo_path("flat", -20, 60, 1))[: 16_000 + len(ours)]
    levels = passed(np.concatenate([quiet, ours]), line, EchoGate())
    before, during = np.median(levels[:90]), np.median(levels[130:220])
    assert 0.5 * before <= during <= 2 * before


def test_in_place_of_echo_hearing_is_told_how_loud_others_talk_around_the_caller() -> None:
    ours = np.concatenate([np.zeros(16_000), voice(4, 4), np.zeros(1_600)])
    talk = np.concatenate([voice(2, seed, -33.0)[: len(ours)] for seed in range(30, 30 + len(ours) // 16_000 + 1)])
    talk = sum(np.roll(talk, 3_001 * n) for n in range(6))[: len(ours)] / 2.4
    gate = EchoGate()
    levels = passed(ours, talk, gate)
    before, during = np.median(levels[:90]), np.median(levels[130:280])
    assert gate.held > 20
    assert 0.5 * before <= during <= 1.5 * before, "or all of it would seem near as soon as the gate opens"


def silence_and(samples: Samples) -> Samples:
    return np.concatenate([np.zeros(4_000), samples, np.zeros(4_000)])


@pytest.mark.parametrize("first", ["words", "silence"])
def test_in_place_of_echo_hearing_never_gets_what_the_caller_said_before(first: str) -> None:
    said = voice(3, 21, -18.0)
    before = np.concatenate([said, np.zeros(8_000)]) if first == "words" else silence_and(said)
    ours = voice(4, 22)
    line = np.concatenate([before, np.zeros(len(ours))])
    gate = EchoGate()
    levels = passed(np.concatenate([np.zeros(len(before)), ours]), line, gate)
    assert gate.held > 10, "the line is not known yet"
    assert max(levels[len(before) // 160 :]) < 120, "-48 dBFS: far below any speech"
