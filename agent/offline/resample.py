"""Whole-utterance changes of sample rate by whole factors, in NumPy alone.

Windowed-sinc low-pass filters, centred, so nothing is delayed. The voice's 24 kHz becomes the telephone's
8 kHz (pass band to 3.4 kHz, ITU-T G.712), the telephone's 8 kHz becomes the recognizer's 16 kHz.
Streams are not handled: these work on sentences.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

Samples = NDArray[np.float32]

_HALF_WIDTH = 16
"""Zero crossings of the sinc on each side."""
_KAISER_BETA = 7.0
"""About 70 dB of stop-band rejection."""


@lru_cache(maxsize=8)
def _low_pass(factor: int, cutoff: float) -> Samples:
    """Filter for a rate `factor` times the low one; `cutoff` is a share of the low rate's Nyquist frequency."""
    half = _HALF_WIDTH * factor
    at = np.arange(-half, half + 1, dtype=np.float64) * cutoff / factor
    taps = np.sinc(at) * np.kaiser(2 * half + 1, _KAISER_BETA)
    return np.asarray(taps / taps.sum(), dtype=np.float32)


def down(samples: Samples, factor: int, cutoff: float = 0.92) -> Samples:
    """Keep one sample in `factor`, after removing what the lower rate cannot carry. float32 in and out."""
    if samples.size == 0:
        return samples
    taps = _low_pass(factor, cutoff)
    half = len(taps) // 2
    kept = -(-samples.size // factor)
    padded = np.pad(samples, (half, half + factor))
    windows = np.lib.stride_tricks.sliding_window_view(padded, len(taps))[::factor][:kept]
    return np.asarray(windows @ taps, dtype=np.float32)


def up(samples: Samples, factor: int, cutoff: float = 0.95) -> Samples:
    """Make `factor` samples of each, without images of the band above the old Nyquist frequency."""
    if samples.size == 0:
        return samples
    taps = _low_pass(factor, cutoff) * factor
    spread = np.zeros(samples.size * factor, dtype=np.float32)
    spread[::factor] = samples
    half = len(taps) // 2
    return np.convolve(spread, taps)[half : half + spread.size].astype(np.float32)


def to_rate(samples: Samples, rate: int, wanted: int) -> Samples:
    """Any rate to any other, through the spectrum of the whole utterance (which should begin and end quietly)."""
    if rate == wanted or samples.size == 0:
        return samples
    size = max(1, round(samples.size * wanted / rate))
    spectrum = np.fft.rfft(samples)
    kept = np.zeros(size // 2 + 1, dtype=np.complex128)
    shared = min(len(spectrum), int(len(kept) * 0.97))
    kept[:shared] = spectrum[:shared]
    return np.asarray(np.fft.irfft(kept, size) * (size / samples.size), dtype=np.float32)


def from_pcm16(pcm16: bytes) -> Samples:
    """Little-endian 16-bit bytes to float32 in -1..1. An odd last byte, half a sample, is left out."""
    return np.frombuffer(pcm16, dtype="<i2", count=len(pcm16) // 2).astype(np.float32) / 32768.0


def to_pcm16(samples: Samples) -> bytes:
    """Float32 in -1..1 to little-endian 16-bit bytes; what lies beyond is clipped."""
    return (np.clip(samples, -1.0, 1.0) * 32767.0).round().astype("<i2").tobytes()
