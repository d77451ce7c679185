"""What loudness alone tells: whether anybody speaks while a vendor says nothing, and about when they did."""

from __future__ import annotations

from agent.companding import mulaw_to_linear
from agent.hearing.energy import EnergyDetector

_GAP_MS = 250.0
"""quiet this long ends a stretch"""


class Loudness:
    """One call's; about 7 microseconds a frame. Times in ms since answer."""

    def __init__(self) -> None:
        self._detector = EnergyDetector()
        self.began_ms = 0.0
        """of the last loud stretch"""
        self.ended_ms = 0.0
        """of the last loud window"""
        self.loud_ms = 0.0
        """loud audio in all"""

    def push(self, at_ms: float, mulaw: bytes) -> None:
        """The next audio."""
        for probability in self._detector.push(mulaw_to_linear(mulaw)):
            if probability > 0.5:
                if at_ms - self.ended_ms > _GAP_MS:
                    self.began_ms = at_ms
                self.ended_ms = at_ms + self._detector.window_ms
                self.loud_ms += self._detector.window_ms
            at_ms += self._detector.window_ms
