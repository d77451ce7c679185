"""Sounds whose pitch and level are known, and frames of them."""

from __future__ import annotations

import numpy as np

from agent.offline.resample import Samples
from calls.audio import AudioFrame
from tests.agent.tone.rendering import as_mulaw


def voice(hertz: float, seconds: float = 0.6, level: float = 0.2) -> Samples:
    """A vowel: all harmonics below 3.8 kHz, through two formants."""
    at = np.arange(int(seconds * 8_000)) / 8_000
    sound = np.zeros(len(at))
    for harmonic in np.arange(hertz, 3_800, hertz):
        gain = sum(1 / (1 + ((harmonic - formant) / width) ** 2) for formant, width in ((600, 150), (1_500, 200)))
        sound += (gain + 0.02) * np.cos(2 * np.pi * harmonic * at + harmonic)
    return (sound * level / np.sqrt(np.mean(sound**2))).astype(np.float32)


def quiet(seconds: float) -> Samples:
    """Digital silence."""
    return np.zeros(int(seconds * 8_000), np.float32)


def frames(samples: Samples, at_ms: float = 0.0, size: int = 160) -> list[AudioFrame]:
    """As mu-law frames of 20 ms."""
    mulaw = as_mulaw(samples)
    return [AudioFrame(mulaw[n : n + size], at_ms + n / 8) for n in range(0, len(mulaw), size)]
