"""Puts frames in their place on the caller's time line: twice-sent and late ones are dropped, gaps are measured."""

from __future__ import annotations

JITTER_MS = 10.0
"""A carrier's stamps wobble by less than a frame; what is nearer than this follows directly."""


class Timeline:
    """Times in ms, on whatever scale the offsets have."""

    def __init__(self) -> None:
        self._ends_ms: float | None = None
        self.dropped = 0
        """frames which came twice or too late"""
        self.lost_ms = 0.0
        """audio that never came, ms"""

    def place(self, offset_ms: float, duration_ms: float) -> float | None:
        """ms that are missing before this frame (0.0 as a rule); None when it is to be dropped."""
        if self._ends_ms is None:
            self._ends_ms = offset_ms + duration_ms
            return 0.0
        gap = offset_ms - self._ends_ms
        if gap <= -max(JITTER_MS, duration_ms / 2):
            self.dropped += 1
            return None
        if gap < JITTER_MS:
            self._ends_ms += duration_ms
            return 0.0
        self._ends_ms = offset_ms + duration_ms
        self.lost_ms += gap
        return gap
