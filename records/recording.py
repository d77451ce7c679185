"""The recording of a call: caller left, agent right, each sample at its place on the media stream's clock."""

from __future__ import annotations

import asyncio
import hashlib
import logging
import os
import queue
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from records.wav import FRAME, HEADER, HIGH, LOW, RATE, header, repair

log = logging.getLogger(__name__)

FLUSH = RATE * 4 // 5
"""frames: after so much audio what is new is written, so a killed process loses less than a second"""

KEEP = RATE
"""frames kept in memory behind the newest, for the other channel to be placed beside; later pieces go to the file"""

AHEAD = RATE * 900
"""frames: a piece more than 15 min beyond all others is an error of its clock, not a gap"""

MOST_QUEUED = 8 * 1024 * 1024
"""bytes waiting for the disk at most, about a minute of a call; what comes then is lost, and counted"""


@dataclass(frozen=True, slots=True)
class _Write:
    """Frames to be put at ``start``; ``patch`` keeps the other channel of what is there."""

    start: int
    frames: bytes
    channel: int | None = None


class WavRecorder:
    """Implements ``calls.ports.Recorder``. The disk is touched by a thread of its own.

    A file that exists is gone on with: the call was taken up again. Offsets are counted from ``origin_ms`` (since
    answer) of the media stream; without it, from the end of what the file holds. ``on_fault`` hears of the first
    disk error, from that thread; the call goes on without its recording.
    """

    def __init__(
        self,
        path: Path,
        on_fault: Callable[[OSError], None] | None = None,
        origin_ms: float | None = None,
    ) -> None:
        self._path = path
        self._window = bytearray()
        self._fresh = 0
        self._lost = 0
        self._jobs = _Jobs()
        self._file = _WavFile(path, self._jobs, on_fault)
        self._base = self._file.frames
        self._origin = self._base if origin_ms is None else round(origin_ms * RATE / 1000)
        self._thread = threading.Thread(target=self._file.work, name="recording", daemon=True)
        self._thread.start()
        self._result: tuple[float, str] | None = None

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

    async def finish(self) -> tuple[float, str]:
        """Complete the file: its length in ms and its SHA-256. A second time the same is answered."""
        if self._result is None:
            loop = asyncio.get_running_loop()
            self._result = await loop.run_in_executor(None, self._complete)
        return self._result

    def _put(self, channel: int, offset_ms: float, mulaw: bytes) -> None:
        start = self._origin + round(offset_ms * RATE / 1000)
        newest = self._base + len(self._window) // FRAME
        if start + len(mulaw) <= 0 or start > newest + AHEAD or self._result is not None:
            self._lost += len(mulaw)
            return
        if start < 0:
            mulaw, start = mulaw[-start:], 0
        if start < self._base:
            late = mulaw[: self._base - start]
            if not self._jobs.offer(_Write(start, late, channel)):
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
        if not self._jobs.offer(_Write(self._base, bytes(self._window))):
            self._lost += done
        self._fresh = 0
        self._base += done
        del self._window[: done * FRAME]

    def _complete(self) -> tuple[float, str]:
        if self._window:
            self._jobs.offer(_Write(self._base, bytes(self._window)), whatever=True)
        self._jobs.end()
        self._thread.join()
        return self._file.frames * 1000 / RATE, digest_of(self._path)


class _Jobs:
    """Writes on their way to the disk, bounded in bytes."""

    def __init__(self) -> None:
        self._queue: queue.SimpleQueue[_Write | None] = queue.SimpleQueue()
        self._lock = threading.Lock()
        self._bytes = 0

    def offer(self, job: _Write, whatever: bool = False) -> bool:
        """Never waits; False when too much waits already and it is not to be taken ``whatever`` happens."""
        with self._lock:
            if self._bytes + len(job.frames) > MOST_QUEUED and not whatever:
                return False
            self._bytes += len(job.frames)
        self._queue.put(job)
        return True

    def end(self) -> None:
        """Nothing more will come."""
        self._queue.put(None)

    def __iter__(self) -> Iterator[_Write]:
        while (job := self._queue.get()) is not None:
            with self._lock:
                self._bytes -= len(job.frames)
            yield job


class _WavFile:
    """The file, and the thread's side of it."""

    def __init__(self, path: Path, jobs: _Jobs, on_fault: Callable[[OSError], None] | None) -> None:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        if path.exists():
            repair(path)
        self._file = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
        size = os.fstat(self._file).st_size
        self.frames = max(0, size - HEADER) // FRAME
        if size < HEADER:
            os.pwrite(self._file, header(0), 0)
        self._jobs = jobs
        self._on_fault = on_fault
        self._synced = self.frames

    def work(self) -> None:
        """Write what comes until the end, then close."""
        broken = False
        for job in self._jobs:
            if broken:
                continue
            try:
                self._write(job)
            except OSError as fault:
                broken = True
                log.error("a recording stops here: %s", fault.strerror)
                if self._on_fault is not None:
                    self._on_fault(fault)
        if not broken:
            os.fsync(self._file)
        os.close(self._file)

    def _write(self, job: _Write) -> None:
        frames = job.frames if job.channel is None else self._patched(job)
        _write_all(self._file, frames, HEADER + job.start * FRAME)
        ends = job.start + len(frames) // FRAME
        if ends > self.frames:
            self.frames = ends
            # after the samples: a header never promises what is not there
            _write_all(self._file, header(ends * FRAME), 0)
        if self.frames - self._synced >= RATE:
            # audio is the clock: at most one fsync for each second of it
            os.fsync(self._file)
            self._synced = self.frames

    def _patched(self, job: _Write) -> bytes:
        size = len(job.frames) * FRAME
        there = bytearray(os.pread(self._file, size, HEADER + job.start * FRAME))
        there.extend(bytes(size - len(there)))
        first = (job.channel or 0) * 2
        there[first::FRAME] = job.frames.translate(LOW)
        there[first + 1 :: FRAME] = job.frames.translate(HIGH)
        return bytes(there)


def _write_all(file: int, content: bytes, at: int) -> None:
    rest = memoryview(content)
    while rest:
        count = os.pwrite(file, rest, at)
        rest, at = rest[count:], at + count


def digest_of(path: Path) -> str:
    """SHA-256, hex, of a file."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
