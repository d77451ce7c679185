"""The recording of a call: caller left, agent right, each sample at its place on the media stream's clock."""

from __future__ import annotations

import asyncio
import hashlib
import logging
from pathlib import Path

from calls.audio import MULAW_SILENCE
from calls.ports import Recorded
from records.recording_disk import DISK, Blank, Write
from records.wav import FRAME, HIGH, LOW, RATE

log = logging.getLogger(__name__)

FLUSH = RATE * 3 // 5
"""frames: after so much audio what is new goes to the disk's threads, which look five times a second: a killed process
loses less than a second"""

KEEP = RATE
"""frames kept in memory behind the newest, for the other channel to be placed beside; later pieces go to the file"""

AHEAD = RATE * 900
"""frames: a piece more than 15 min beyond all others is an error of its clock, not a gap"""


NEVER = 1 << 62
"""frames: the end of a stretch that is still muted"""


class WavRecorder:
    """Implements ``calls.ports.Recorder``. The disk is touched by other threads (``records.recording_disk``).

    A file that exists is gone on with: the call was taken up again. Offsets are counted from ``origin_ms`` (since
    answer) of the media stream; without it, from the end of what the file holds. After a disk error the call goes on
    without its recording.
    """

    def __init__(self, path: Path, origin_ms: float | None = None) -> None:
        self._path = path
        self._window = bytearray()
        self._fresh = 0
        self._lost = 0
        self._file = DISK.open(path)
        self._base = self._file.frames
        self._origin = self._base if origin_ms is None else round(origin_ms * RATE / 1000)
        self._result: Recorded | None = None
        self._muted: list[tuple[int, int]] = []
        """[first, stop) in frames, none overlapping, in order; the last may be open"""

    @property
    def lost_ms(self) -> float:
        """Audio that could not be kept: pieces with an impossible time, or a disk too slow."""
        return self._lost * 1000 / RATE

    def caller(self, offset_ms: float, mulaw: bytes) -> None:
        """The caller's audio, ``offset_ms`` into the media stream."""
        self._put(0, offset_ms, mulaw)

    def agent(self, offset_ms: float, mulaw: bytes) -> None:
        """The agent's audio, at the place it sounded."""
        self._put(1, offset_ms, mulaw)

    def mute(self, offset_ms: float, reason: str) -> None:
        """Silence on both channels from ``offset_ms`` on, until ``unmute``.

        What is on the disk already is overwritten there, however old it is: nothing is held back in memory, so that a
        killed process loses no more than without. Until then, at most 0.2 s later, it lies in the file.
        """
        first = max(0, self._frame(offset_ms))
        while self._muted and self._muted[-1][1] >= first:
            first = min(first, self._muted.pop()[0])
        self._muted.append((first, NEVER))
        newest = self._base + len(self._window) // FRAME
        if first < newest and self._result is None:
            at = max(0, first - self._base) * FRAME
            self._window[at:] = bytes(len(self._window) - at)
            self._file.offer(Blank(first, newest), whatever=True)

    def unmute(self, offset_ms: float) -> None:
        """Record again what sounds from ``offset_ms`` on."""
        if self._muted and self._muted[-1][1] == NEVER:
            first, _ = self._muted.pop()
            stop = self._frame(offset_ms)
            if stop > first:
                self._muted.append((first, stop))

    async def finish(self) -> Recorded:
        """Complete the file. A second time the same is answered. Raises OSError when it cannot be read back."""
        if self._result is None:
            loop = asyncio.get_running_loop()
            self._result = await loop.run_in_executor(None, self._complete)
            if self._result.fault:
                log.warning("a recording lacks %.0f ms: %s", self.lost_ms, self._result.fault)
        return self._result

    def _frame(self, offset_ms: float) -> int:
        return self._origin + round(offset_ms * RATE / 1000)

    def _silenced(self, start: int, mulaw: bytes) -> bytes:
        for first, stop in reversed(self._muted):
            if stop <= start:
                break
            begin, end = max(first - start, 0), min(stop - start, len(mulaw))
            if begin < end:
                mulaw = mulaw[:begin] + MULAW_SILENCE * (end - begin) + mulaw[end:]
        return mulaw

    def _put(self, channel: int, offset_ms: float, mulaw: bytes) -> None:
        start = self._frame(offset_ms)
        if self._muted:
            mulaw = self._silenced(start, mulaw)
        newest = self._base + len(self._window) // FRAME
        if start + len(mulaw) <= 0 or start > newest + AHEAD or self._result is not None:
            self._lost += len(mulaw)
            return
        if start < 0:
            mulaw, start = mulaw[-start:], 0
        if start < self._base:
            late = mulaw[: self._base - start]
            if not self._file.offer(Write(start, late, channel)):
                self._lost += len(late)
            mulaw, start = mulaw[len(late) :], self._base
        if mulaw:
            self._place(channel, start - self._base, mulaw)
            self._fresh += len(mulaw)
            if self._fresh >= FLUSH:
                self._flush()

    def _place(self, channel: int, at: int, mulaw: bytes) -> None:
        ends = (at + len(mulaw)) * FRAME
        if ends > len(self._window):
            self._window.extend(bytes(ends - len(self._window)))
        first = at * FRAME + channel * 2
        self._window[first:ends:FRAME] = mulaw.translate(LOW)
        self._window[first + 1 : ends : FRAME] = mulaw.translate(HIGH)

    def _flush(self) -> None:
        """Write the whole window, and keep its newest second: it is written again when more has been placed."""
        frames = len(self._window) // FRAME
        done = max(0, frames - KEEP)
        if not self._file.offer(Write(self._base, bytes(self._window))):
            self._lost += done
        self._fresh = 0
        self._base += done
        del self._window[: done * FRAME]

    def _complete(self) -> Recorded:
        whole = self._base + len(self._window) // FRAME
        if self._window:
            self._file.offer(Write(self._base, bytes(self._window)), whatever=True)
        self._file.end()
        DISK.hurry()
        self._file.written.wait()
        if self._file.fault:
            self._lost += max(0, whole - self._file.frames)
        fault = self._file.fault or ("impossible times, or a disk too slow" if self._lost else "")
        return Recorded(self._file.frames * 1000 / RATE, digest_of(self._path), self.lost_ms, fault)


def digest_of(path: Path) -> str:
    """SHA-256, hex, of a file."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
