"""The pitch of telephone speech: autocorrelation of many short windows at once.

The spectrum is compressed before it is turned back into an autocorrelation (Tolonen and Karjalainen 2000), which
evens out formants and finds the pitch although a telephone takes away everything below 300 Hz. An octave is guarded
twice: a longer period must be clearly the better one, and a whole turn is read again within reach of where the
caller's pitch mostly is.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from calls.audio import PHONE_RATE

Samples = NDArray[np.float32]

WINDOW = 320
"""samples, 40 ms: two periods of the deepest voice"""
LOWEST_HZ, HIGHEST_HZ = 62.5, 450.0
CANDIDATES = 3
_SIZE = 512
_NOTHING = np.float32(1e-12)
_SHORT, _LONG = int(PHONE_RATE / HIGHEST_HZ), int(PHONE_RATE / LOWEST_HZ) + 1
_NEARLY = 0.9
"""a shorter period is taken when it is nearly as good as the best"""


@dataclass(frozen=True, slots=True)
class Candidates:
    """Possible pitches of n windows, the best of each first: arrays of (n, 3)."""

    hertz: Samples
    """0 where there is none"""
    strength: Samples
    """0 to 1: how periodic the window is at that pitch"""


def candidates(windows: Samples) -> Candidates:
    """Of windows as rows of 320 samples at 8 kHz. About 10 microseconds a window when there are many."""
    hann, correction = _shapes()
    spectrum = np.fft.rfft(windows * hann, _SIZE)
    power = spectrum.real**2 + spectrum.imag**2
    compressed = np.sqrt(np.sqrt(power + _NOTHING))  # 1 would be the plain autocorrelation, 0.25 evens formants out
    likeness = np.fft.irfft(compressed, _SIZE)[:, : _LONG + 2].astype(np.float32)
    likeness *= correction / np.maximum(likeness[:, :1], 1e-9)
    likeness[:, 0] = 1.0
    return _peaks(likeness)


def _peaks(likeness: Samples) -> Candidates:
    rows = np.arange(len(likeness))
    middle = likeness[:, _SHORT : _LONG + 1]
    before, after = likeness[:, _SHORT - 1 : _LONG], likeness[:, _SHORT + 1 : _LONG + 2]
    peak = np.where((middle > before) & (middle >= after), middle, 0.0).astype(np.float32)
    hertz = np.zeros((len(likeness), CANDIDATES), np.float32)
    strength = np.zeros((len(likeness), CANDIDATES), np.float32)
    for rank in range(CANDIDATES):
        best = peak.max(axis=1)
        wanted = best * _NEARLY if rank == 0 else best
        at = np.argmax(peak >= np.maximum(wanted, 1e-6)[:, None], axis=1)
        left, top, right = before[rows, at], middle[rows, at], after[rows, at]
        bend = left - 2 * top + right
        shift = np.where(bend < -1e-9, 0.5 * (left - right) / np.minimum(bend, -1e-9), 0.0)
        hertz[:, rank] = np.where(best > 0, PHONE_RATE / (at + _SHORT + shift), 0.0)
        strength[:, rank] = np.where(best > 0, top, 0.0)
        for near in (-1, 0, 1):
            peak[rows, np.clip(at + near, 0, peak.shape[1] - 1)] = 0.0
    return Candidates(hertz, strength)


@lru_cache(maxsize=1)
def _shapes() -> tuple[Samples, Samples]:
    """The window, and what undoes its taper in an autocorrelation."""
    hann = np.hanning(WINDOW + 2)[1:-1].astype(np.float32)
    taper = np.fft.irfft(np.abs(np.fft.rfft(hann, 2 * _SIZE)) ** 2)[: _LONG + 2]
    return hann, (taper[0] / taper).astype(np.float32)
