"""The disk of all recordings: a few threads that look round, so that no call's loop ever wakes one.

Waking a thread for every piece of audio hands the interpreter over each time: with a hundred calls the loop would spend
a tenth of its time waiting for it. Here a piece costs an ``append``; a thread writes what has gathered, file by file.
"""

from __future__ import annotations

import logging
import os
import threading
from collections import deque
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from calls.errors import reason_of
from records.wav import FRAME, HEADER, HIGH, LOW, RATE, header, repair

log = logging.getLogger(__name__)

LOOK_S: Final = 0.2
"""between two looks of a thread"""
THREADS: Final = 4
"""at most; files are shared out in turn, so that one slow sync holds up a quarter of the calls' files, and no call"""
MOST_QUEUED: Final = 8 * 1024 * 1024
"""bytes of a file waiting for the disk at most, about a minute of a call; what comes then is lost, and counted"""

STILL_THERE: Final = "and what was to be made silent may still be heard: destroy the file"


@dataclass(frozen=True, slots=True)
class Write:
    """Frames to be put at ``start``; ``channel`` keeps the other channel of what is there."""

    start: int
    frames: bytes
    channel: int | None = None


@dataclass(frozen=True, slots=True)
class Blank:
    """Both channels silent in [``start``, ``stop``), where anything is written."""

    start: int
    stop: int


class WavFile:
    """One recording on its way to the disk. Grammar: offer*, end, then ``written`` is set."""

    def __init__(self, path: Path) -> None:
        """Opens the file, mending one that is there. Raises OSError and RecordError."""
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        if path.exists():
            repair(path)
        self._file = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
        size = os.fstat(self._file).st_size
        self.frames = max(0, size - HEADER) // FRAME
        if size < HEADER:
            os.pwrite(self._file, header(0), 0)
        self.written = threading.Event()
        """set once everything is on the disk and the file closed"""
        self.fault = ""
        """why nothing was written from some moment on"""
        self._synced = self.frames
        self._queue: deque[Write | Blank] = deque()
        self._offered = self._taken = 0
        self._ended = False

    @property
    def waiting(self) -> int:
        """Bytes on their way to the disk."""
        return self._offered - self._taken

    def offer(self, job: Write | Blank, whatever: bool = False) -> bool:
        """From the loop. Never waits; False when too much waits already and it is not taken ``whatever`` happens."""
        size = len(job.frames) if isinstance(job, Write) else 0
        if self.waiting + size > MOST_QUEUED and not whatever:
            return False
        self._offered += size
        self._queue.append(job)
        return True

    def end(self) -> None:
        """From the loop: nothing more will come."""
        self._ended = True

    def work(self) -> bool:
        """From a thread of the disk: write what waits. False once the file is complete and closed."""
        # Read first: what was offered before the end is in the queue by now.
        ended = self._ended
        try:
            while self._queue:
                self._perform(self._queue.popleft())
            if not self.fault and (ended or self.frames - self._synced >= RATE):
                # Audio is the clock: at most one sync for each second of it.
                os.fsync(self._file)
                self._synced = self.frames
        except Exception as fault:
            # Whatever is wrong with one recording: this thread has those of other calls, too.
            self._stop(reason_of(fault))
            return True
        if ended:
            with suppress(OSError):  # an error of this last moment is none that a sync had not told
                os.close(self._file)
            self.written.set()
        return not ended

    def _perform(self, job: Write | Blank) -> None:
        match job:
            case Write():
                self._taken += len(job.frames)
                if not self.fault:
                    self._write(job)
            case Blank():
                # After a fault, too: what must not be kept can be overwritten where a full disk has it.
                try:
                    self._blank(job)
                except OSError as fault:
                    raise OSError(fault.errno, f"{reason_of(fault)}, {STILL_THERE}") from fault

    def _stop(self, fault: str) -> None:
        first, self.fault = not self.fault, fault
        log.error("a recording stops here, and its call goes on: %s (check the recordings' disk)", fault)
        if first:
            # Half a piece may lie behind what the header tells of.
            with suppress(OSError):
                os.ftruncate(self._file, HEADER + self.frames * FRAME)

    def _write(self, job: Write) -> None:
        frames = job.frames if job.channel is None else self._patched(job)
        _write_all(self._file, frames, HEADER + job.start * FRAME)
        ends = job.start + len(frames) // FRAME
        if ends > self.frames:
            self.frames = ends
            # after the samples: a header never promises what is not there
            _write_all(self._file, header(ends * FRAME), 0)

    def _blank(self, job: Blank) -> None:
        stop = min(job.stop, self.frames)
        for start in range(job.start, stop, RATE):
            _write_all(self._file, bytes((min(stop, start + RATE) - start) * FRAME), HEADER + start * FRAME)
        # What was not to be recorded must not come back after a power cut.
        os.fsync(self._file)

    def _patched(self, job: Write) -> bytes:
        size = len(job.frames) * FRAME
        there = bytearray(os.pread(self._file, size, HEADER + job.start * FRAME))
        there.extend(bytes(size - len(there)))
        first = (job.channel or 0) * 2
        there[first::FRAME] = job.frames.translate(LOW)
        there[first + 1 :: FRAME] = job.frames.translate(HIGH)
        return bytes(there)


class Disk:
    """The threads. One for the process: ``DISK``."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._hands: list[_Hand] = []
        self._next = 0

    def open(self, path: Path) -> WavFile:
        """A file that is looked after until it has ended. Raises OSError and RecordError."""
        file = WavFile(path)
        with self._lock:
            if len(self._hands) < THREADS:
                self._hands.append(_Hand())
            hand = self._hands[self._next % len(self._hands)]
            self._next += 1
            hand.take(file)
        return file

    def hurry(self) -> None:
        """Somebody waits for a file: look now."""
        for hand in self._hands:
            hand.hurry.set()


class _Hand:
    """A thread and its files; it ends when it has none, and begins again with the next."""

    def __init__(self) -> None:
        self.hurry = threading.Event()
        self._lock = threading.Lock()
        self._files: list[WavFile] = []
        self._thread: threading.Thread | None = None

    def take(self, file: WavFile) -> None:
        with self._lock:
            self._files.append(file)
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="recordings", daemon=True)
                self._thread.start()

    def _run(self) -> None:
        while True:
            self.hurry.wait(LOOK_S)
            self.hurry.clear()
            with self._lock:
                files = list(self._files)
            done = [file for file in files if not file.work()]
            with self._lock:
                self._files = [file for file in self._files if file not in done]
                if not self._files:
                    self._thread = None
                    return


DISK = Disk()


def _write_all(file: int, content: bytes, at: int) -> None:
    rest = memoryview(content)
    while rest:
        count = os.pwrite(file, rest, at)
        rest, at = rest[count:], at + count
