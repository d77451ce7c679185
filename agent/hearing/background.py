"""How loud a line is when nobody speaks into it: what most of the last seconds were louder than."""

from __future__ import annotations

from bisect import bisect_left, insort
from collections import deque


class Background:
    """A running quantile of levels. People pause, so that even in the middle of a sentence it is not their voice.

    ``size``: how many of the latest levels count; ``share``: how many of them are no louder than the background.
    """

    def __init__(self, size: int, share: float) -> None:
        self._latest: deque[float] = deque(maxlen=size)
        self._sorted: list[float] = []
        self._share = share

    def __len__(self) -> int:
        return len(self._latest)

    def add(self, level: float) -> None:
        """The next level, in whatever unit."""
        if len(self._latest) == self._latest.maxlen:
            del self._sorted[bisect_left(self._sorted, self._latest[0])]
        self._latest.append(level)
        insort(self._sorted, level)

    @property
    def level(self) -> float:
        """In the unit of what was added; 0.0 before anything was."""
        return self.at(self._share)

    def at(self, share: float) -> float:
        """The same for another share."""
        return self._sorted[int(share * len(self._sorted))] if self._sorted else 0.0
