"""How loud this caller speaks, turn by turn: who is much softer now speaks to somebody else, or is somebody else."""

from __future__ import annotations

import math
from collections import deque

TURNS = 5
"""the latest count"""
KNOWN = 2
"""turns before which nothing can be said"""
LEAST_MS = 250.0
"""of speech in a turn: less is no measure"""


class CallerLevel:
    """One caller's. Grammar: (begin, add*, end?)*; additions cost a sum each."""

    def __init__(self) -> None:
        self._turns: deque[float] = deque(maxlen=TURNS)
        """dB"""
        self.begin()

    def begin(self) -> None:
        """Something sets in."""
        self._power, self._ms = 0.0, 0.0

    def add(self, power: float, ms: float) -> None:
        """A window of it that is speech; ``power``: mean square of 16 bits."""
        self._power += power * ms
        self._ms += ms

    @property
    def softer_db(self) -> float:
        """What has set in, against the turns before; below 0 when it is louder, 0 while nothing is known.

        The second loudest of the turns is the measure: words to somebody else do not lower it, and who goes on softly
        is known by it after some turns.
        """
        level = self._level()
        if level is None or len(self._turns) < KNOWN:
            return 0.0
        return round(sorted(self._turns)[-2] - level, 1)

    def end(self) -> None:
        """It was a turn."""
        level = self._level()
        if level is not None:
            self._turns.append(level)

    def _level(self) -> float | None:
        return 10 * math.log10(max(self._power / self._ms, 1.0)) if self._ms >= LEAST_MS else None
