"""Speech by loudness alone: the detector of the scripted engine, and of a machine without the neural one."""

from __future__ import annotations

from collections.abc import Sequence

from agent.companding import BYTES_PER_MS, rms

WINDOW_MS = 20.0
_WINDOW_BYTES = int(WINDOW_MS * BYTES_PER_MS)
LOUD = 0.95
QUIET = 0.02
_LEAST = 180.0
"""-45 dBFS: nobody speaks more softly into a telephone"""
_ABOVE_FLOOR = 2.8
"""9 dB over the noise"""
_RISE, _RISE_IN_SPEECH, _FALL = 1.01, 1.001, 0.7
"""per window: the noise floor follows upwards in seconds (through speech in minutes), downwards at once"""


class EnergyDetector:
    """Windows of 20 ms against the tracked noise floor; deterministic, about 5 microseconds a window."""

    def __init__(self) -> None:
        self.reset()

    @property
    def window_ms(self) -> float:
        """ms per probability."""
        return WINDOW_MS

    @property
    def whole(self) -> bool:
        """No part of a window waits for the rest of it."""
        return not self._rest

    def reset(self) -> None:
        """Start from silence."""
        self._rest = b""
        self._floor = 10.0

    def push(self, pcm16_8k: bytes) -> Sequence[float]:
        """0.95 for a loud window, 0.02 for a quiet one."""
        audio = self._rest + pcm16_8k
        whole = len(audio) - len(audio) % _WINDOW_BYTES
        self._rest = audio[whole:]
        windows = (audio[i : i + _WINDOW_BYTES] for i in range(0, whole, _WINDOW_BYTES))
        return [LOUD if self.is_loud(rms(window)) else QUIET for window in windows]

    def is_loud(self, level: float) -> bool:
        """The same of the next 20 ms, whose level (0 to 32767) somebody has measured."""
        floor = self._floor
        loud = level > _LEAST and level > floor * _ABOVE_FLOOR
        if level < floor:
            floor = floor * _FALL + level * (1 - _FALL)
            self._floor = floor if floor > 10.0 else 10.0
        else:
            floor *= _RISE_IN_SPEECH if loud else _RISE
            self._floor = floor if floor < level else level
        return loud
