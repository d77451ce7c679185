"""Tones as machines make them, followed block by block: one that is steady, and the two of a text telephone."""

from __future__ import annotations

from dataclasses import dataclass

BLOCK_MS = 20
_PURE = 0.88
"""of a block's energy, within the bins of a tone"""
STEADY_DB, SWELLING_DB = 2.0, 4.5
"""the level of a tone stays within this; that of V.8's ANSam, in blocks of 20 ms"""
_STEADY_HZ = 25.0
"""... and its frequency"""
_TURNS_APART = 15
"""blocks, at least, between two blocks in which the phase turns; V.8's are 22 apart"""
EDGE_DB = 6.0
"""What is so much softer than a tone is what follows it."""


@dataclass(slots=True)
class SteadyTone:
    """One steady tone, so far."""

    hertz: float
    within_hz: float
    steady_db: float = STEADY_DB
    """its level stays within this"""
    turning: bool = False
    """its phase turns now and then, and the block in which it does resembles no tone"""
    turned: int = 0
    """the count at which it did"""
    from_ms: float = 0.0
    at_ms: float = 0.0
    count: int = 0
    last_db: float = 0.0
    low_db: float = 0.0
    high_db: float = 0.0
    last_hz: float = 0.0
    low_hz: float = 0.0
    high_hz: float = 0.0

    def follow(self, at_ms: float, share: float, hertz: float, level_db: float) -> None:
        """The next block: how much of its energy is around the tone, at which frequency in the mean."""
        follows = at_ms - self.at_ms <= 1.5 * BLOCK_MS
        if share < _PURE or abs(hertz - self.hertz) > self.within_hz:
            if self.turning and follows and self.count - self.turned >= _TURNS_APART:
                self.count += 1
                self.at_ms, self.turned = at_ms, self.count
                return
            self.count = self.turned = 0
            return
        self.count = self.count + 1 if follows else 1
        self.at_ms = at_ms
        if self.count == 1:
            self.from_ms, self.turned = at_ms, 0
        elif self.count == 3:
            self.low_db = self.high_db = self.last_db
            self.low_hz = self.high_hz = self.last_hz
        elif self.count > 3:
            # The first block and the last may hold the tone's edges: they tell nothing.
            self.low_db, self.high_db = min(self.low_db, self.last_db), max(self.high_db, self.last_db)
            self.low_hz, self.high_hz = min(self.low_hz, self.last_hz), max(self.high_hz, self.last_hz)
        self.last_db, self.last_hz = level_db, hertz

    @property
    def steady(self) -> bool:
        """Neither a voice nor a bell, nor somebody who whistles."""
        return self.high_db - self.low_db <= self.steady_db and self.high_hz - self.low_hz <= _STEADY_HZ


class Baudot:
    """Letters as a TTY types them: mark and space in turns, never both, never anything else."""

    def __init__(self) -> None:
        self._from_ms = self._at_ms = 0.0
        self._level_db = 0.0
        self._tones = self._spaces = self._other = self._run = 0
        self._last = ""
        self.turns = 0
        """from mark to space or back, so far"""

    def follow(self, at_ms: float, mark: float, space: float, level_db: float) -> float | None:
        """The next block; where it began once it is certain."""
        if self._tones and at_ms - self._at_ms > _PAUSE_MS:
            self._forget()
        if mark + space < _PURE:
            if self._tones and level_db > self._level_db - EDGE_DB:
                self._other += 1
                if self._other > 1 + self._tones / 4:
                    self._forget()
            return None
        if not self._tones:
            self._from_ms, self._level_db = at_ms, level_db
        self._at_ms = at_ms
        self._tones += 1
        tone = "mark" if mark > _ALONE else "space" if space > _ALONE else self._last
        self._spaces += tone == "space"
        self._run = self._run + 1 if tone == "space" else 0
        if self._run > _LONGEST_SPACE:
            self._forget()
            return None
        if self._last and tone != self._last:
            self.turns += 1
        self._last = tone
        certain = self.turns >= 6 and self._spaces >= 5 and self._tones >= 20
        return self._from_ms if certain else None

    def _forget(self) -> None:
        self._tones = self._spaces = self._other = self._run = self.turns = 0
        self._last = ""


_LONGEST_SPACE = 8
"""blocks: a start bit and five bits of 22 ms take 132 ms; a siren's tones are longer"""
_ALONE = 0.8
"""a block within a bit, rather than between two"""
_PAUSE_MS = 1_500.0
"""between letters; longer, and it begins anew"""
