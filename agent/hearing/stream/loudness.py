"""What loudness alone tells: whether anybody speaks while a vendor says nothing, and about when they did."""

from __future__ import annotations

from agent.companding import levels, mulaw_to_linear
from agent.hearing.energy import LOUD, EnergyDetector
from calls.audio import AudioFrame

_GAP_MS = 250.0
"""quiet this long ends a stretch"""
_WINDOW_MS = 20.0
_WINDOW = 160
"""bytes of mu-law"""


class Loudness:
    """One call's; about a microsecond a frame of 20 ms. Times in ms since answer."""

    def __init__(self) -> None:
        self._detector = EnergyDetector()
        self.began_ms = 0.0
        """of the last loud stretch"""
        self.ended_ms = 0.0
        """of the last loud window"""
        self.loud_ms = 0.0
        """loud audio in all"""

    def hear(self, frame: AudioFrame) -> None:
        """The next frame, mu-law at 8 kHz."""
        at_ms = frame.offset_ms
        if self._detector.whole and len(frame.samples) % _WINDOW == 0:
            for heard in levels(frame):
                if self._detector.is_loud(heard):
                    self._count(at_ms)
                at_ms += _WINDOW_MS
            return
        for probability in self._detector.push(mulaw_to_linear(frame.samples)):
            if probability == LOUD:
                self._count(at_ms)
            at_ms += _WINDOW_MS

    def _count(self, at_ms: float) -> None:
        if at_ms - self.ended_ms > _GAP_MS:
            self.began_ms = at_ms
        self.ended_ms = at_ms + _WINDOW_MS
        self.loud_ms += _WINDOW_MS
