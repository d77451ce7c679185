"""Keys that can be heard in a stretch of audio."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from telephony.g711 import ulaw_to_linear

_ROWS, _COLUMNS = (697.0, 770.0, 852.0, 941.0), (1209.0, 1336.0, 1477.0)
_KEYS = ("123", "456", "789", "*0#")
_BLOCK, _HOP = 205, 80
"""samples: ITU-T Q.24 wants 40 ms of a key recognised; a block is 25.6 ms"""


def keys_heard(mulaw: bytes) -> str:
    """The keys in a stretch of audio, by Goertzel's filters for the seven tones (ITU-T Q.23)."""
    if len(mulaw) < _BLOCK:
        return ""
    samples = np.frombuffer(ulaw_to_linear(mulaw), dtype="<i2").astype(np.float64)
    starts = np.arange(0, len(samples) - _BLOCK + 1, _HOP)
    loud = _loud_blocks(samples, starts)
    heard, last = "", ""
    powers = _goertzel(samples, starts[loud]) if loud.any() else np.zeros((0, 7))
    by_block = dict(zip(np.flatnonzero(loud).tolist(), powers, strict=True))
    for block in range(len(starts)):
        key = _key_of(by_block[block]) if block in by_block else ""
        if key and key != last:
            heard += key
        last = key
    return heard


def _loud_blocks(samples: NDArray[np.float64], starts: NDArray[np.int64]) -> NDArray[np.bool_]:
    energy = np.concatenate(([0.0], np.cumsum(samples**2)))
    return np.sqrt((energy[starts + _BLOCK] - energy[starts]) / _BLOCK) > 200.0


def _goertzel(samples: NDArray[np.float64], starts: NDArray[np.int64]) -> NDArray[np.float64]:
    """Power of each tone in each block, as a share of the block's energy."""
    blocks = samples[starts[:, None] + np.arange(_BLOCK)]
    n = np.arange(_BLOCK)
    waves = np.exp(-2j * np.pi * np.array((*_ROWS, *_COLUMNS))[:, None] * n / 8_000)
    power = np.abs(blocks @ waves.T) ** 2 * 2 / _BLOCK
    return np.asarray(power / np.maximum((blocks**2).sum(axis=1, keepdims=True), 1.0))


def _key_of(share: NDArray[np.float64]) -> str:
    row, column = int(share[:4].argmax()), int(share[4:].argmax())
    if share[row] < 0.2 or share[4 + column] < 0.2 or share[row] + share[4 + column] < 0.7:
        return ""
    return _KEYS[row][column]
