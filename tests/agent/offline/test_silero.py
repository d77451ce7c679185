"""Voice activity: windows, offsets, and a gate that changes nothing but the cost."""

from __future__ import annotations

import numpy as np
import pytest

from agent.offline import resample
from agent.offline.silero import SpeechProbability

pytestmark = pytest.mark.models


@pytest.fixture(scope="module")
def scene(voice, through_the_phone):
    """1 s quiet, a sentence, 1 s quiet, the same sentence 8 dB softer, 1.5 s quiet, over faint line noise."""
    said = resample.from_pcm16(voice.synthesize("I'd like to book an appointment, please.").pcm16)
    gap = np.zeros(8000, np.float32)
    clean = np.concatenate((gap, said * 0.5, gap, said * 0.2, gap, gap[:4000]))
    noise = np.random.default_rng(7).standard_normal(len(clean), dtype=np.float32) * np.float32(0.002)
    spans = [(1000, 1000 + len(said) // 8), (2000 + len(said) // 8, 2000 + 2 * len(said) // 8)]
    return through_the_phone(resample.to_pcm16(clean + noise)), spans


def test_pieces_of_any_length_give_the_same_windows(silero, scene):
    audio, _ = scene
    whole = SpeechProbability(silero).push(audio)
    cuts = np.random.default_rng(1).integers(0, 700, 2000)
    piecemeal, streaming, at = [], SpeechProbability(silero), 0
    for cut in cuts:
        piecemeal += streaming.push(audio[at : at + cut])
        at += cut
    assert piecemeal == whole
    assert [w.offset_ms for w in whole] == [32 * i for i in range(len(audio) // 512)]


def test_speech_is_found_where_it_is(silero, scene):
    audio, spans = scene
    windows = SpeechProbability(silero).push(audio)
    inside = [w.probability for w in windows if any(a + 100 <= w.offset_ms <= b - 200 for a, b in spans)]
    outside = [w.probability for w in windows if all(not a - 64 <= w.offset_ms <= b + 200 for a, b in spans)]
    assert np.mean(np.array(inside) > 0.5) > 0.9
    assert np.mean(np.array(outside) < 0.35) > 0.95


def test_the_gate_saves_most_of_the_quiet_and_agrees(silero, scene):
    audio, _ = scene
    gated, plain = SpeechProbability(silero).push(audio), SpeechProbability(silero, gate=False).push(audio)
    assert np.mean([(g.probability > 0.5) == (p.probability > 0.5) for g, p in zip(gated, plain, strict=True)]) > 0.97
    assert sum(w.inferred for w in gated) < 0.75 * len(plain)
    assert all(w.inferred for w in plain)


def test_digital_silence_costs_nothing(silero):
    windows = SpeechProbability(silero).push(b"\x00" * 16000)
    assert not any(w.inferred for w in windows)
    assert {w.probability for w in windows} == {0.0}
    assert {w.level_dbfs for w in windows} == {-100.0}


def test_reset_forgets_half_a_window(silero, scene):
    audio, _ = scene
    used = SpeechProbability(silero)
    used.push(audio[:12345])
    used.reset()
    assert used.push(audio) == SpeechProbability(silero).push(audio)
