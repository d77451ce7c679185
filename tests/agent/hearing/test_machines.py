from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from agent.hearing.machines import Machine, Machines
from tests.agent.hearing.machine_sounds import ansam, baudot, ced, cng, dtmf, mulaw, quiet, tone, v21, whistle

Samples = NDArray[np.float64]
BEGIN_MS = 1_090
"""in the middle of a batch, and of a block"""
WITHIN_MS = 3_000


def heard(samples: Samples, noise_dbfs: float = -55.0, begin_ms: float = BEGIN_MS) -> tuple[Machine, float] | None:
    """The machine, and how long after its first tone it was known."""
    samples = np.concatenate([quiet(begin_ms), samples, quiet(1_500)])
    noise = np.random.default_rng(5).normal(0, 10 ** (noise_dbfs / 20), len(samples))
    audio = mulaw(samples + noise)
    machines = Machines()
    for at in range(0, len(audio) - 159, 160):
        if (machine := machines.hear(at / 8, audio[at : at + 160])) is not None:
            return machine, at / 8 + 20 - begin_ms
    return None


@pytest.mark.parametrize("noise_dbfs", [-60.0, -40.0])
@pytest.mark.parametrize(
    ("samples", "kind", "name"),
    [
        (cng(), "fax", "cng"),
        (cng(1_062.0, 425.0, dbfs=-40.0 + 15), "fax", "cng"),
        (cng(1_138.0, 575.0, dbfs=-8.0), "fax", "cng"),
        (ced(), "fax", "ced"),
        (ced(2_085.0, dbfs=-25.0), "fax", "ced"),
        (ced(reversals=True), "fax", "ced"),
        (ansam(), "fax", "ced"),
        (ansam(2_085.0, dbfs=-22.0), "fax", "ced"),
        (ansam(2_115.0, reversals=False), "fax", "ced"),
        (v21(), "fax", "v21"),
        (baudot("HELLO GA"), "tty", "baudot"),
        (baudot("      ", 3.0), "tty", "baudot"),
        (baudot("HI HI HI", 1.5, dbfs=-25.0), "tty", "baudot"),
    ],
)
def test_a_machine_is_known_within_three_seconds(samples: Samples, kind: str, name: str, noise_dbfs: float) -> None:
    found = heard(samples, noise_dbfs)
    assert found is not None
    machine, after_ms = found
    assert (machine.kind, machine.tone) == (kind, name)
    assert after_ms <= WITHIN_MS
    assert name == "ced" or abs(machine.from_ms - BEGIN_MS) <= 40


@pytest.mark.parametrize("begin_ms", range(1_000, 1_200, 17))
@pytest.mark.parametrize("samples", [ced(reversals=True), ansam(), v21(), cng()], ids=["ced", "ansam", "v21", "cng"])
def test_where_in_a_block_it_begins_does_not_matter(samples: Samples, begin_ms: int) -> None:
    found = heard(samples, begin_ms=begin_ms)
    assert found is not None
    assert found[1] <= WITHIN_MS


@pytest.mark.parametrize("kind", ["cng", "ced", "baudot"])
def test_a_machine_is_known_under_the_echo_of_the_agents_own_voice(kind: str) -> None:
    samples = {"cng": cng(), "ced": ced(), "baudot": baudot("HELLO GA")}[kind]
    # Something like a voice 20 dB below the tone: harmonics of 120 Hz that swell and fade.
    time = np.arange(len(samples)) / 8_000
    voice = sum(np.sin(2 * np.pi * 120 * n * time) / n for n in range(1, 20)) * (1 + np.sin(2 * np.pi * 4 * time))
    voice *= 0.01 / np.sqrt(np.mean(voice**2))
    found = heard(samples + voice)
    assert found is not None
    assert found[0].tone == kind


@pytest.mark.parametrize(
    "samples",
    [
        dtmf("0123456789*#"),
        dtmf("36#39", 500.0),
        tone(1_100.0, 2_000.0),
        tone(1_100.0, 250.0),
        tone(1_046.5, 500.0),
        tone(1_174.7, 500.0),
        tone(440.0, 3_000.0) + tone(480.0, 3_000.0),
        tone(2_100.0, 300.0),
        np.concatenate([tone(1_400.0, 3_000.0), tone(1_800.0, 3_000.0)]),
        np.random.default_rng(3).normal(0, 0.1, 80_000),
        tone(1_100.0, 500.0) * np.linspace(0.2, 1.0, 4_000),
        tone(1_750.0, 3_000.0),
        whistle(1_760.0, 1_760.0, 2_000.0, vibrato_hz=40.0),
        whistle(1_000.0, 2_200.0, 3_000.0),
        whistle(1_060.0, 1_140.0, 500.0),
        whistle(2_070.0, 2_130.0, 2_000.0),
        np.concatenate([tone(1_400.0, 300.0), tone(1_800.0, 300.0)] * 8),
    ],
    ids=["keys", "long keys", "long tone", "beep", "c6", "d6", "ringback", "2100 beep", "two tones", "noise", "swell",
         "oven", "whistled a6", "whistled up", "slid c#6", "slid c7", "siren"],
)  # fmt: skip
def test_what_only_resembles_a_machine_is_none(samples: Samples) -> None:
    assert heard(samples) is None


def test_a_gap_in_the_audio_does_not_make_a_tone_longer() -> None:
    machines = Machines()
    beep = mulaw(tone(2_100.0, 400.0))
    for start in (0.0, 10_000.0):
        for at in range(0, len(beep), 160):
            assert machines.hear(start + at / 8, beep[at : at + 160]) is None
