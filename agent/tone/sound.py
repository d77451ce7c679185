"""The last half minute of a caller as levels and possible pitches: what is kept of sound to hear a tone in it.

Audio is the clock. Frames are looked at in batches of 640 ms, because 16 windows cost little more than one; of
windows without speech no pitch is computed. 60 kB a call, whatever comes.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from agent.companding import frame_to_linear
from agent.tone import pitch
from calls.audio import PHONE_RATE, AudioFrame, Encoding

Samples = NDArray[np.float32]

BLOCK_MS = 20
KEPT_MS = 32_000
SILENT_DB = -80.0
"""digital silence; a level is never lower"""
SPEECH_OVER_FLOOR_DB = 6.0
_BLOCK = BLOCK_MS * PHONE_RATE // 1_000
_BATCH = 32
"""blocks of 20 ms"""
_PER_WINDOW = pitch.WINDOW // _BLOCK
_KEPT = KEPT_MS // BLOCK_MS
_FAINTEST_DB = -55.0
"""dBFS; below it nobody speaks into a telephone"""
_RISE_DB = 0.5
"""how far the noise floor follows upwards in a batch; downwards it follows at once"""
_JUMP_MS = 1.0


@dataclass(frozen=True, slots=True)
class Stretch:
    """Some of the sound: one entry per block of 20 ms, pitches per block (two blocks share a window)."""

    at_ms: NDArray[np.float64]
    level_db: Samples
    """dBFS"""
    hertz: Samples
    """(n, 3), 0 where there is none"""
    strength: Samples
    floor_db: float
    """the level of the noise between words"""

    def __len__(self) -> int:
        """In blocks."""
        return len(self.level_db)


class Sound:
    """One caller's. Grammar: ``hear`` for every frame, ``between`` at any time."""

    def __init__(self) -> None:
        self._waiting = bytearray()
        self._encoding, self._bytes_per_ms = Encoding.MULAW, PHONE_RATE // 1_000
        self._from_ms = 0.0
        """of the first byte that waits"""
        self._at_ms = np.full(_KEPT, -np.inf)
        self._level_db = np.full(_KEPT, SILENT_DB, np.float32)
        self._hertz = np.zeros((_KEPT, pitch.CANDIDATES), np.float32)
        self._strength = np.zeros((_KEPT, pitch.CANDIDATES), np.float32)
        self._next = 0
        self._floor_db = _FAINTEST_DB
        self._seen = False

    def hear(self, frame: AudioFrame) -> None:
        """One frame, its offset in ms since answer; one at another rate than the telephone's is passed over."""
        if frame.rate != PHONE_RATE:
            return
        expected = self._from_ms + len(self._waiting) / self._bytes_per_ms
        if frame.encoding is not self._encoding or abs(frame.offset_ms - expected) > _JUMP_MS:
            self._look()
            self._waiting.clear()
            self._from_ms, self._encoding = frame.offset_ms, frame.encoding
            self._bytes_per_ms = PHONE_RATE // 1_000 * frame.encoding.width
        self._waiting += frame.samples
        if len(self._waiting) >= _BATCH * BLOCK_MS * self._bytes_per_ms:
            self._look()

    def between(self, from_ms: float, to_ms: float) -> Stretch:
        """The blocks that lie within two moments, as far as they are kept."""
        self._look()
        order = np.roll(np.arange(_KEPT), -self._next)
        wanted = order[(self._at_ms[order] >= from_ms - BLOCK_MS / 2) & (self._at_ms[order] < to_ms)]
        return Stretch(
            self._at_ms[wanted], self._level_db[wanted], self._hertz[wanted], self._strength[wanted], self._floor_db
        )

    def _look(self) -> None:
        """Measure every whole pair of blocks that waits."""
        block = BLOCK_MS * self._bytes_per_ms
        while (count := min(_BATCH, len(self._waiting) // block // _PER_WINDOW * _PER_WINDOW)) > 0:
            taken = bytes(self._waiting[: count * block])
            del self._waiting[: count * block]
            pcm = frame_to_linear(AudioFrame(taken, self._from_ms, PHONE_RATE, self._encoding))
            samples = np.frombuffer(pcm, "<i2").astype(np.float32)
            self._keep(samples * np.float32(1 / 32768), count)
            self._from_ms += count * BLOCK_MS

    def _keep(self, samples: Samples, count: int) -> None:
        blocks = samples.reshape(count, _BLOCK)
        power = np.einsum("ij,ij->i", blocks, blocks) / _BLOCK
        level = np.maximum(10 * np.log10(power + 1e-9), SILENT_DB).astype(np.float32)
        self._follow(level)
        places = (self._next + np.arange(count)) % _KEPT
        self._next = int((self._next + count) % _KEPT)
        self._at_ms[places] = self._from_ms + BLOCK_MS * np.arange(count)
        self._level_db[places] = level
        self._hertz[places] = self._strength[places] = 0.0
        pairs = places.reshape(-1, _PER_WINDOW)
        speech = max(self._floor_db + SPEECH_OVER_FLOOR_DB, _FAINTEST_DB)
        loud = np.flatnonzero(level.reshape(-1, _PER_WINDOW).max(axis=1) > speech)
        if len(loud):
            found = pitch.candidates(samples.reshape(-1, pitch.WINDOW)[loud])
            self._hertz[pairs[loud]] = found.hertz[:, None]
            self._strength[pairs[loud]] = found.strength[:, None]

    def _follow(self, level: Samples) -> None:
        """The noise floor: the quietest tenth of a batch. A line that sends digital silence has none."""
        quiet = float(np.partition(level, len(level) // 10)[len(level) // 10])
        self._floor_db = min(quiet, self._floor_db + _RISE_DB) if self._seen else quiet
        self._seen = True
