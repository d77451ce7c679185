"""Sound of any rate as it would come over the phone: 300 to 3400 Hz, 8 kHz, mu-law (ITU-T G.712, G.711)."""

from __future__ import annotations

from functools import lru_cache
from math import gcd

import numpy as np
from numpy.typing import NDArray

from agent.companding import linear_to_mulaw
from calls.audio import PHONE_RATE

Samples = NDArray[np.float32]

_LOWEST_HZ, _HIGHEST_HZ = 250.0, 3_500.0
"""half way down the slopes"""
_CROSSINGS = 16
"""of the sinc on each side"""
_BETA = 7.0
_BAND_TAPS = 257
_BLOCK = 1 << 16
_OFFSET = 0.002
"""of full scale: a constant below this does no harm, and what came over a line stays as it is to the bit"""


def telephone(samples: Samples, rate: int) -> bytes:
    """mu-law of what is left of float32 samples at ``rate`` Hz. Sound at 8 kHz keeps its band: it came over a line."""
    if rate != PHONE_RATE:
        samples = _band_pass(resampled(samples, rate, PHONE_RATE))
    elif len(samples) and abs(offset := samples.mean(dtype=np.float64)) > _OFFSET:
        # No line carries a constant; a sound card adds one, and it would count as noise.
        samples = samples - np.float32(offset)
    pcm16 = (np.clip(samples, -1.0, 1.0) * 32767.0).round().astype("<i2").tobytes()
    return linear_to_mulaw(pcm16)


def resampled(samples: Samples, rate: int, wanted: int) -> Samples:
    """Any rate to any other, nothing delayed; what ``wanted`` cannot carry is taken away first."""
    if rate == wanted or not len(samples):
        return samples
    shared = gcd(rate, wanted)
    step, phases = rate // shared, wanted // shared
    size = -(-len(samples) * wanted // rate)
    half = int(_CROSSINGS * max(1.0, rate / wanted)) + 1
    padded = np.pad(samples, (half, half + step + 1))
    windows = np.lib.stride_tricks.sliding_window_view(padded, 2 * half + 1)
    out = np.empty(size, dtype=np.float32)
    for phase in range(min(phases, size)):
        # Outputs phase, phase + phases, ... all lie at the same place between two input samples.
        begin, between = divmod(phase * step, phases)
        count = len(range(phase, size, phases))
        taps = _taps(rate, wanted, half, between / phases)
        out[phase::phases] = windows[begin : begin + count * step : step][:count] @ taps
    return out


def _taps(rate: int, wanted: int, half: int, offset: float) -> Samples:
    cutoff = min(1.0, wanted / rate) * 0.95
    at = np.arange(-half, half + 1, dtype=np.float64) - offset
    window = np.i0(_BETA * np.sqrt(np.clip(1.0 - (at / (half + 1)) ** 2, 0.0, 1.0))) / np.i0(_BETA)
    taps = np.sinc(at * cutoff) * window
    return np.asarray(taps / taps.sum(), dtype=np.float32)


def _band_pass(samples: Samples) -> Samples:
    half = _BAND_TAPS // 2
    padded = np.pad(samples, (half, half))
    taps = _band_taps()
    blocks = [
        np.convolve(padded[begin : begin + _BLOCK + 2 * half], taps, "valid")
        for begin in range(0, len(samples), _BLOCK)
    ]
    return np.concatenate(blocks).astype(np.float32) if blocks else samples


@lru_cache(maxsize=1)
def _band_taps() -> Samples:
    at = np.arange(_BAND_TAPS, dtype=np.float64) - _BAND_TAPS // 2

    def low_pass(hertz: float) -> NDArray[np.float64]:
        taps = np.sinc(2 * hertz / PHONE_RATE * at) * np.kaiser(_BAND_TAPS, _BETA)
        return np.asarray(taps / taps.sum())

    return np.asarray(low_pass(_HIGHEST_HZ) - low_pass(_LOWEST_HZ), dtype=np.float32)
