"""The caller's frames on their way to hearing: one by one, or some at once while this process has much to do.

Most of what a frame costs is the way through hearing, recorder and vendor's socket, whatever its length. So a process
that uses half of a core takes three at once, and one that uses 70 % takes five: their callers wait 20 or 40 ms longer
on average, where they would have waited for each other. Until then they lie in the system (``telephony.held_back``).
A carrier that stops sending leaves the last of it waiting until it sends anything again.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from calls.audio import FRAME_MS, AudioFrame, mulaw_bytes, mulaw_ms

BUSY: Final = 0.5
"""share of a core: with less to do nobody's words are kept waiting"""
VERY_BUSY: Final = 0.7
TOGETHER_MS, MOST_MS = 60.0, 100.0
"""handed on at once by a process that is busy, and very busy"""
_TOGETHER, _MOST = mulaw_bytes(TOGETHER_MS), mulaw_bytes(MOST_MS)
_SEAM_MS: Final = 0.5
"""A frame that does not follow the one before begins anew."""


def never_busy() -> float:
    """Of a process that nobody measures."""
    return 0.0


class GatheredFrames:
    """One media stream. Grammar: ``take`` for every frame, ``pass_on`` before anything else that happens on it.

    ``hear`` is given frames of 20 to 100 ms; ``busy`` tells how much of a core this process uses, 0 to 1.
    """

    def __init__(self, hear: Callable[[AudioFrame], None], busy: Callable[[], float] = never_busy) -> None:
        self._hear = hear
        self._busy = busy
        self._waiting = bytearray()
        self._from_ms = 0.0
        self._enough = 0
        """bytes to be handed on at once"""
        self._size = mulaw_bytes(FRAME_MS)
        """of the newest frame"""

    @property
    def missing(self) -> int:
        """Frames like the newest until something is handed on."""
        missing = self._enough - len(self._waiting) if self._waiting else self._together()
        return max(1, -(-missing // self._size))

    def take(self, offset_ms: float, payload: bytes) -> None:
        """A frame of the caller, mu-law, ``offset_ms`` into the stream."""
        waiting = self._waiting
        self._size = len(payload)
        if waiting and abs(self._from_ms + mulaw_ms(len(waiting)) - offset_ms) > _SEAM_MS:
            self.pass_on()
        if not waiting:
            self._enough = self._together()
            if not self._enough:
                self._hear(AudioFrame(payload, offset_ms))
                return
            self._from_ms = offset_ms
        waiting += payload
        if len(waiting) >= self._enough:
            self.pass_on()

    def pass_on(self) -> None:
        """What waits is heard now."""
        if self._waiting:
            frame = AudioFrame(bytes(self._waiting), self._from_ms)
            self._waiting.clear()
            self._hear(frame)

    def _together(self) -> int:
        """Bytes worth waiting for."""
        busy = self._busy()
        if busy < BUSY:
            return 0
        return _TOGETHER if busy < VERY_BUSY else _MOST
