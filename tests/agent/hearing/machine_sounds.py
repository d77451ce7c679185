"""Tones of machines, made as their standards say; 16 bit at 8 kHz, as floats of full scale 1."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from agent.companding import linear_to_mulaw

Samples = NDArray[np.float64]
RATE = 8_000


def mulaw(samples: Samples) -> bytes:
    return linear_to_mulaw((np.clip(samples, -1, 1) * 32767).astype("<i2").tobytes())


def level(dbfs: float) -> float:
    """Amplitude of a sine of that root mean square."""
    return float(10 ** (dbfs / 20) * np.sqrt(2))


def tone(hz: float, ms: float, dbfs: float = -20.0) -> Samples:
    return level(dbfs) * np.sin(2 * np.pi * hz * np.arange(int(ms * 8)) / RATE)


def quiet(ms: float) -> Samples:
    return np.zeros(int(ms * 8))


def cng(hz: float = 1_100.0, on_ms: float = 500.0, times: int = 2, dbfs: float = -20.0) -> Samples:
    """T.30: on for 0.5 s, off for 3 s."""
    return np.concatenate([np.concatenate([tone(hz, on_ms, dbfs), quiet(3_000)]) for _ in range(times)])


def ced(hz: float = 2_100.0, ms: float = 3_000.0, dbfs: float = -20.0, reversals: bool = False) -> Samples:
    """V.25; with phase reversals every 450 ms too."""
    samples = tone(hz, ms, dbfs)
    if reversals:
        samples *= np.where((np.arange(len(samples)) // 3_600) % 2, -1.0, 1.0)
    return samples


def ansam(hz: float = 2_100.0, ms: float = 3_000.0, dbfs: float = -20.0, reversals: bool = True) -> Samples:
    """V.8, 8.2: swells by 20 %, 15 times a second."""
    samples = ced(hz, ms, dbfs, reversals)
    return samples * (1 + 0.2 * np.sin(2 * np.pi * 15 * np.arange(len(samples)) / RATE))


def whistle(from_hz: float, to_hz: float, ms: float, vibrato_hz: float = 0.0, dbfs: float = -20.0) -> Samples:
    """One tone that slides, and sways 5 times a second."""
    time = np.arange(int(ms * 8)) / RATE
    hz = np.linspace(from_hz, to_hz, len(time)) + vibrato_hz * np.sin(2 * np.pi * 5 * time)
    return level(dbfs) * np.sin(2 * np.pi * np.cumsum(hz) / RATE)


def keyed(bits: list[tuple[int, float]], mark: float, space: float, dbfs: float) -> Samples:
    """Frequency shift keying without a jump of phase; bits as (value, ms)."""
    hz = np.concatenate([np.full(round(ms * 8), mark if bit else space) for bit, ms in bits])
    return level(dbfs) * np.sin(2 * np.pi * np.cumsum(hz) / RATE)


def v21(ms: float = 1_000.0, dbfs: float = -20.0) -> Samples:
    """HDLC flags, 01111110, at 300 bit/s; mark 1650, space 1850 Hz."""
    flags = [int(bit) for bit in "01111110"] * int(ms / 1000 * 300 / 8)
    return keyed([(bit, 1000 / 300) for bit in flags], 1_650.0, 1_850.0, dbfs)


_LETTERS = {
    "A": 3, "B": 25, "C": 14, "D": 9, "E": 1, "F": 13, "G": 26, "H": 20, "I": 6, "J": 11, "K": 15, "L": 18, "M": 28,
    "N": 12, "O": 24, "P": 22, "Q": 23, "R": 10, "S": 5, "T": 16, "U": 7, "V": 30, "W": 19, "X": 29, "Y": 21, "Z": 17,
    " ": 4, "\b": 31,
}  # fmt: skip


def baudot(text: str, letters_per_second: float = 6.0, dbfs: float = -20.0) -> Samples:
    """TIA-825-A: a start bit, five bits, one and a half stop bits of 22 ms, the mark held 200 ms at most."""
    out: list[Samples] = []
    for letter in text:
        code = _LETTERS[letter]
        bits = [(0, 22.0), *(((code >> n) & 1, 22.0) for n in range(5)), (1, 33.0)]
        rest = max(0.0, 1000 / letters_per_second - 165.0)
        out.append(keyed([*bits, (1, min(rest, 200.0))], 1_400.0, 1_800.0, dbfs))
        out.append(quiet(rest - min(rest, 200.0)))
    return np.concatenate(out)


def dtmf(keys: str, on_ms: float = 100.0, dbfs: float = -15.0) -> Samples:
    rows, columns = (697, 770, 852, 941), (1_209, 1_336, 1_477, 1_633)
    places = {key: (rows[n // 4], columns[n % 4]) for n, key in enumerate("123A456B789C*0#D")}
    parts = [np.concatenate([sum(tone(hz, on_ms, dbfs - 3) for hz in places[key]), quiet(on_ms)]) for key in keys]
    return np.concatenate(parts)
