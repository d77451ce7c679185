"""Speech said again in another way: pitch, rate and level changed by known factors, and what a telephone does to it.

Everything works on float32 samples at 8 kHz in -1..1. The changes are made on the finished sound, not by the
synthesizer, so they are the same for every speaker: rate by WSOLA (overlapping windows, laid where they fit best;
Verhelst and Roelands 1993), pitch by WSOLA and resampling, which moves the formants along.
"""

from __future__ import annotations

import numpy as np

from agent.companding import linear_to_mulaw, mulaw_to_linear
from agent.offline import resample
from agent.offline.resample import Samples

RATE = 8_000
_WINDOW = 320
"""samples, 40 ms"""
_SEARCH = 80


def at_rate(samples: Samples, rate: float) -> Samples:
    """Said ``rate`` times as fast at the same pitch."""
    if rate == 1.0:
        return samples
    hop = _WINDOW // 2
    window = np.hanning(_WINDOW + 1)[:-1].astype(np.float32)
    padded = np.concatenate((np.zeros(_SEARCH, np.float32), samples, np.zeros(2 * _WINDOW + _SEARCH, np.float32)))
    count = int(len(samples) / rate / hop) + 1
    out = np.zeros((count + 1) * hop, np.float32)
    at = _SEARCH
    for number in range(count):
        wanted = _SEARCH + round(number * hop * rate)
        if number:
            follows = padded[at + hop : at + hop + _WINDOW]
            around = padded[wanted - _SEARCH : wanted + _SEARCH + _WINDOW]
            if len(follows) < _WINDOW or len(around) < 2 * _SEARCH + _WINDOW:
                break
            at = wanted - _SEARCH + _best(around, follows)
        else:
            at = wanted
        out[number * hop : number * hop + _WINDOW] += padded[at : at + _WINDOW] * window
    return out


def _best(around: Samples, follows: Samples) -> int:
    likeness = np.correlate(around, follows, mode="valid")
    power = np.concatenate(([0.0], np.cumsum(around.astype(np.float64) ** 2)))
    energy = power[_WINDOW:] - power[:-_WINDOW]
    return int(np.argmax(likeness / np.sqrt(energy + 1e-6)))


def at_pitch(samples: Samples, factor: float) -> Samples:
    """Said ``factor`` times as high at the same rate."""
    if factor == 1.0:
        return samples
    longer = at_rate(samples, 1 / factor)
    return resample.to_rate(longer, round(RATE * factor), RATE)


def at_decibels(samples: Samples, decibels: float) -> Samples:
    """Said louder or more softly; what a telephone cannot carry is clipped."""
    return np.clip(samples * np.float32(10 ** (decibels / 20)), -1.0, 1.0)


def in_noise(samples: Samples, snr_db: float, power: float, seed: int) -> Samples:
    """With noise ``snr_db`` under ``power``, shaped as rooms are: 6 dB less for each octave over 500 Hz."""
    rng = np.random.default_rng(seed)
    spectrum = np.fft.rfft(rng.standard_normal(len(samples)))
    hertz = np.fft.rfftfreq(len(samples), 1 / RATE)
    noise = np.fft.irfft(spectrum / np.sqrt(1 + (hertz / 500) ** 2), len(samples))
    return (samples + at_snr(noise, snr_db, power)).astype(np.float32)


def at_snr(noise: Samples, snr_db: float, power: float) -> Samples:
    """So loud that it is ``snr_db`` under ``power``."""
    return (noise * np.sqrt(power / 10 ** (snr_db / 10) / np.mean(noise**2))).astype(np.float32)


def telephone_band(samples: Samples) -> Samples:
    """300 to 3400 Hz, as the oldest part of a telephone network carries it (ITU-T G.712)."""
    spectrum = np.fft.rfft(samples)
    hertz = np.fft.rfftfreq(len(samples), 1 / RATE)
    low = np.clip((hertz - 200) / 100, 0, 1)
    high = np.clip((3_600 - hertz) / 200, 0, 1)
    return np.fft.irfft(spectrum * low * high, len(samples)).astype(np.float32)


def as_mulaw(samples: Samples) -> bytes:
    """Telephone mu-law."""
    return linear_to_mulaw(resample.to_pcm16(samples))


def through_mulaw(samples: Samples) -> Samples:
    """There and back."""
    return resample.from_pcm16(mulaw_to_linear(as_mulaw(samples)))
