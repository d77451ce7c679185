"""Machines on the line, known by their tones: fax and text telephone (TTY).

    CNG     a fax that calls: 1100 Hz, +-38 Hz, on for 0.5 s and off for 3 s          ITU-T T.30, 4.1
    CED     a fax that answers: 2100 Hz, +-15 Hz, for 2.6 s to 4 s                    ITU-T T.30, 4.1; V.25
    ANSam   the same since V.34: it swells by 20 %, 15 times a second, and turns its phase every 450 ms     ITU-T V.8
    V.21    preamble of a fax: flags at 300 bit/s, 1650 and 1850 Hz, for 1 s          ITU-T T.30, 5.3; V.21
    Baudot  a TTY: 5-bit letters at 45.45 baud, mark 1400 Hz, space 1800 Hz           ITU-T V.18, annex A; TIA-825-A

Nobody's voice is one tone, steady for 0.4 s, and music rarely is, with an edge on both sides; who whistles slides, and
has one tone at a time. A tone is looked at in blocks of 20 ms by the energy in the few bins around it (bins of 50 Hz:
each of these frequencies is one). Where a fifth of a second is silent, changes its sign more or less often than these
tones do, or has peaks as speech has them, nothing is computed.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from agent.companding import crossings, mulaw_to_linear, peak, rms
from agent.hearing.tones import BLOCK_MS, EDGE_DB, SWELLING_DB, Baudot, SteadyTone

_BLOCK = 160
_BATCH = 10 * _BLOCK
"""200 ms"""
_BATCH_MS = 200.0
_FAINTEST = 130
"""-48 dBFS; T.30 allows -43 dBm"""
_LEAST_CROSSINGS, _MOST_CROSSINGS = 380, 900
"""in 200 ms; 1100 Hz gives 440, 2100 Hz 840"""
_PEAK = 2.3
_TWO_TONES_HZ = 50.0
"""The deviation of a block's frequencies from their mean: of one tone 30 Hz, of two tones of V.21 in turns 60 to 90."""

_WINDOW = np.hanning(_BLOCK + 1)[:-1].astype(np.float32)


def _bins(low_hz: int, high_hz: int) -> slice:
    return slice(low_hz // 50, high_hz // 50 + 1)


CNG, CED, V21 = _bins(1_000, 1_200), _bins(2_000, 2_200), _bins(1_550, 1_950)
MARK, SPACE = _bins(1_300, 1_500), _bins(1_700, 1_900)
_BINS = (CNG, CED, V21, MARK, SPACE)
_HERTZ = np.arange(_BLOCK // 2 + 1, dtype=np.float32) * 50


@dataclass(frozen=True, slots=True)
class Machine:
    """``kind``: ``fax | tty``; ``tone``: ``cng | ced | v21 | baudot``; ``from_ms``: where the tone began."""

    kind: str
    tone: str
    from_ms: float


class _Block(NamedTuple):
    """20 ms: shares of its energy around each tone, mean frequencies there, how far V.21's are spread, its level."""

    cng: float
    ced: float
    v21: float
    mark: float
    space: float
    cng_hz: float
    ced_hz: float
    v21_spread_hz: float
    level_db: float


CNG_LEAST, CNG_MOST = 19, 32
"""blocks: 0.5 s, 15 % more or less, and the edges"""
CED_BLOCKS = 60
V21_BLOCKS = 30


class Machines:
    """One caller's. Grammar: ``hear`` for every frame. About 5 us a frame where there is sound, 1 us where not."""

    def __init__(self) -> None:
        self._waiting = bytearray()
        self._from_ms = 0.0
        self._before: tuple[float, bytes] | None = None
        """the batch before, which was not looked at: a tone may begin in it"""
        self._looked = False
        self._cng = SteadyTone(1_100.0, 45.0)
        self._ced = SteadyTone(2_100.0, 30.0, SWELLING_DB, turning=True)
        self._v21 = SteadyTone(0.0, 1.0)
        self._mixed = 0
        """blocks of it that held both of its tones"""
        self._ended: tuple[float, float] | None = None
        """(where a CNG began, where it ended)"""
        self._baudot = Baudot()

    def hear(self, at_ms: float, mulaw: bytes) -> Machine | None:
        """A frame of the caller; the machine it makes certain."""
        if not self._waiting:
            self._from_ms = at_ms
        elif abs(self._from_ms + len(self._waiting) / 8 - at_ms) > BLOCK_MS:
            self._waiting.clear()
            self._from_ms, self._before, self._looked = at_ms, None, False
        self._waiting += mulaw
        if len(self._waiting) < _BATCH:
            return None
        batch = bytes(self._waiting[:_BATCH])
        del self._waiting[:_BATCH]
        from_ms, self._from_ms = self._from_ms, self._from_ms + _BATCH_MS
        return self._take(from_ms, mulaw_to_linear(batch))

    def _take(self, from_ms: float, linear: bytes) -> Machine | None:
        level = rms(linear)
        # A tone's peak is 1.4 times its level, 2 where it fills half of the batch; that of speech 3 to 5 times.
        likely = level >= _FAINTEST and peak(linear) <= _PEAK * level
        likely = likely and _LEAST_CROSSINGS <= crossings(linear) <= _MOST_CROSSINGS
        if not likely and not self._looked:
            self._before = (from_ms, linear)
            return None
        found = None
        if self._before is not None:
            before, self._before = self._before, None
            found = self._look(*before)
        found = self._look(from_ms, linear) or found
        # One batch more than seems needed: a tone that ends has to be seen ending.
        self._looked = likely
        return found

    def _look(self, from_ms: float, linear: bytes) -> Machine | None:
        samples = np.frombuffer(linear, "<i2").astype(np.float32).reshape(-1, _BLOCK)
        spectrum = np.fft.rfft(samples * _WINDOW, axis=1)
        power = spectrum.real**2 + spectrum.imag**2
        total = power.sum(axis=1) + 1.0
        around = [power[:, bins].sum(axis=1) for bins in _BINS]
        columns = [part / total for part in around]
        columns += [power[:, bins] @ _HERTZ[bins] / (part + 1.0) for bins, part in zip(_BINS[:2], around, strict=False)]
        columns += [_spread(power[:, V21], around[2]), 10 * np.log10(total)]
        found = None
        for n, row in enumerate(np.column_stack(columns).tolist()):
            found = self._judge(from_ms + n * BLOCK_MS, _Block(*row)) or found
        return found

    def _judge(self, at_ms: float, block: _Block) -> Machine | None:
        level_db = block.level_db
        if level_db <= _LEAST_DB:
            block = block._replace(cng=0.0, ced=0.0, v21=0.0, mark=0.0, space=0.0)
        calling = self._calling()
        self._cng.follow(at_ms, block.cng, block.cng_hz, level_db)
        self._ced.follow(at_ms, block.ced, block.ced_hz, level_db)
        self._v21.follow(at_ms, block.v21, 0.0, level_db)
        self._mixed = self._mixed + (block.v21_spread_hz >= _TWO_TONES_HZ) if self._v21.count > 1 else 0
        typed = self._baudot.follow(at_ms, block.mark, block.space, level_db)
        if (called := self._called(calling, at_ms, level_db)) is not None:
            return Machine("fax", "cng", called)
        if self._ced.count >= CED_BLOCKS and self._ced.steady:
            return Machine("fax", "ced", self._ced.from_ms)
        keyed = 3 * self._mixed >= self._v21.count
        if self._v21.count >= V21_BLOCKS and keyed and self._v21.steady and not self._baudot.turns:
            return Machine("fax", "v21", self._v21.from_ms)
        return Machine("tty", "baudot", typed) if typed is not None else None

    def _called(self, calling: float | None, at_ms: float, level_db: float) -> float | None:
        """Where a CNG began that is over: something much softer follows it, in this block or the next."""
        if calling is not None and self._cng.count == 0:
            self._ended = (calling, at_ms)
        if self._ended is None or at_ms - self._ended[1] > BLOCK_MS:
            self._ended = None
        elif level_db < self._cng.high_db - EDGE_DB:
            return self._ended[0]
        return None

    def _calling(self) -> float | None:
        """Where a CNG began that has been on as long as it must be, if it ends now."""
        tone = self._cng
        return tone.from_ms if CNG_LEAST <= tone.count <= CNG_MOST and tone.steady else None


def _spread(power: NDArray[np.float64], energy: NDArray[np.float64]) -> NDArray[np.float64]:
    """Hz, of each block: the deviation of V.21's frequencies from their mean."""
    hertz = _HERTZ[V21]
    mean = power @ hertz / (energy + 1.0)
    return np.asarray(np.sqrt(np.maximum(0.0, power @ hertz**2 / (energy + 1.0) - mean**2)))


_LEAST_DB = 20 * np.log10(_FAINTEST) + 10 * np.log10(_BLOCK * float(np.sum(_WINDOW**2)) / 2)
"""of a block's windowed spectrum, of a tone as faint as that"""
