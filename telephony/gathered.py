"""The caller's frames on their way to hearing: one by one, or some at once while this process has much to do.

Most of what a frame costs is the way through hearing, recorder and vendor's socket, whatever its length. So a process
that uses half of a core takes three at once, and one that uses 70 % takes five, while a caller is silent; while they
speak it takes two. Their last word waits 10 ms longer on average, their first 20 or 40, where they would have waited
for each other. Until then frames lie in the system (``telephony.held_back``).
What nothing follows, because the carrier stops sending, is heard within 0.15 to 0.3 s all the same.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Final

from calls.audio import FRAME_MS, AudioFrame, mulaw_bytes, mulaw_ms
from telephony import g711

BUSY: Final = 0.5
"""share of a core: with less to do nobody's words are kept waiting"""
VERY_BUSY: Final = 0.7
TOGETHER_MS, MOST_MS = 60.0, 100.0
"""handed on at once by a process that is busy, and very busy, while the caller is silent"""
SPOKEN_MS: Final = 40.0
"""... and while they speak: an answer waits for their last word, and for nothing of their silence"""
SPEAKS_MS: Final = 1_000.0
"""So long after anything loud the caller may be in the middle of what they say."""
LOUD_SAMPLES: Final = 4
"""in a frame: fewer are a click"""
_TOGETHER, _MOST, _SPOKEN = map(mulaw_bytes, (TOGETHER_MS, MOST_MS, SPOKEN_MS))
_FAINT: Final = bytes(code for code in range(256) if g711.peak(g711.ulaw_to_linear(bytes([code]))) < 580)
"""mu-law codes below -35 dBFS, which no syllable stays below"""
_SEAM_MS: Final = 0.5
"""A frame that does not follow the one before begins anew."""
WAITS_S: Final = 0.15
"""What waits and is the same after this is heard, whatever there is of it."""

Later = Callable[[float, Callable[[], None]], asyncio.TimerHandle]
"""Has something called after so many seconds; a loop's ``call_later``."""


def never_busy() -> float:
    """Of a process that nobody measures."""
    return 0.0


class GatheredFrames:
    """One media stream. Grammar: ``take`` for every frame, ``pass_on`` before anything else on it, then ``close``.

    ``hear`` is given frames of 20 to 100 ms; ``busy`` tells how much of a core this process uses, 0 to 1. Without
    ``later`` what nothing follows waits for ``pass_on``.
    """

    def __init__(
        self, hear: Callable[[AudioFrame], None], busy: Callable[[], float] = never_busy, later: Later | None = None
    ) -> None:
        self._hear = hear
        self._busy = busy
        self._later = later
        self._look: asyncio.TimerHandle | None = None
        self._waiting = bytearray()
        self._from_ms = 0.0
        self._enough = 0
        """bytes to be handed on at once"""
        self._size = mulaw_bytes(FRAME_MS)
        """of the newest frame"""
        self._loud_ms = -SPEAKS_MS
        """where the newest loud frame began"""
        self._at_ms = 0.0

    @property
    def missing(self) -> int:
        """Frames like the newest until something is handed on."""
        missing = self._enough - len(self._waiting) if self._waiting else self._together()
        return max(1, -(-missing // self._size))

    def take(self, offset_ms: float, payload: bytes) -> None:
        """A frame of the caller, mu-law, ``offset_ms`` into the stream."""
        waiting = self._waiting
        self._size, self._at_ms = len(payload), offset_ms
        if waiting and abs(self._from_ms + mulaw_ms(len(waiting)) - offset_ms) > _SEAM_MS:
            self.pass_on()
        if not waiting:
            self._enough = self._together()
            if not self._enough:
                self._hear(AudioFrame(payload, offset_ms))
                return
            self._from_ms = offset_ms
        if len(payload.translate(None, _FAINT)) >= LOUD_SAMPLES:
            self._loud_ms = offset_ms
            self._enough = min(self._enough, _SPOKEN)
        waiting += payload
        if len(waiting) >= self._enough:
            self.pass_on()
        elif self._look is None:
            self._look_later()

    def pass_on(self) -> None:
        """What waits is heard now."""
        if self._waiting:
            frame = AudioFrame(bytes(self._waiting), self._from_ms)
            self._waiting.clear()
            self._hear(frame)

    def close(self) -> None:
        """Nothing is heard any more of its own accord."""
        self._later = None
        if self._look is not None:
            self._look.cancel()

    def _look_later(self) -> None:
        if self._later is not None:
            # One timer looks after many frames: setting one anew for each would cost more than what it brings.
            at_ms = self._at_ms
            self._look = self._later(WAITS_S, lambda: self._looked(at_ms))

    def _looked(self, at_ms: float) -> None:
        """Whether anything came since the frame at ``at_ms``."""
        self._look = None
        if not self._waiting:
            return
        if self._at_ms == at_ms:
            self.pass_on()
        else:
            self._look_later()

    def _together(self) -> int:
        """Bytes worth waiting for."""
        busy = self._busy()
        if busy < BUSY:
            return 0
        if self._at_ms - self._loud_ms < SPEAKS_MS:
            return _SPOKEN
        return _TOGETHER if busy < VERY_BUSY else _MOST
