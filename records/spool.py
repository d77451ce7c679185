"""Events on local disk while Postgres is away: fsynced, in order, each line led by its length in bytes.

A file belongs to the process that holds its lock. Whoever starts next takes over what a dead one left behind.
"""

from __future__ import annotations

import base64
import fcntl
import json
import os
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import BinaryIO

from calls.chain import Envelope, leaf_of
from calls.codec import canonical
from records.store import FIELDS

SUFFIX = ".spool"


class Spool:
    """A file of events waiting for Postgres. Every method blocks: call them from a worker thread."""

    def __init__(self, folder: Path, name: str) -> None:
        self._path = folder / f"{name}{SUFFIX}"
        self._file: int | None = None
        self.waiting = 0
        """events put in and not yet taken out by ``clear``"""

    def put(self, envelopes: Sequence[Envelope]) -> None:
        """Append and fsync: on return they survive a power cut. Raises OSError, and then nothing was put."""
        file = self._open() if self._file is None else self._file
        end = os.fstat(file).st_size
        rest = memoryview(b"".join(map(_line, envelopes)))
        try:
            while rest:
                rest = rest[os.write(file, rest) :]
            os.fsync(file)
        except OSError:
            # half a line would hide everything after it from the reader
            os.ftruncate(file, end)
            raise
        self.waiting += len(envelopes)

    def read(self, start: int, most: int) -> tuple[list[Envelope], int]:
        """Up to ``most`` events from byte ``start``, and the byte after them."""
        with self._path.open("rb") as file:
            return _read(file, start, most)

    def clear(self) -> None:
        """Everything in it is in Postgres now."""
        if self._file is not None:
            os.ftruncate(self._file, 0)
            os.fsync(self._file)
        self.waiting = 0

    def close(self) -> None:
        """Let go; the file goes too if nothing is in it."""
        if self._file is not None:
            if os.fstat(self._file).st_size == 0:
                self._path.unlink(missing_ok=True)
            os.close(self._file)
            self._file = None

    def _open(self) -> int:
        self._path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        file = os.open(self._path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        _sync_folder(self._path.parent)
        self._file = file
        return file


class OrphanSpool:
    """A spool whose process is gone, locked by us. Grammar: events*, then done or close."""

    def __init__(self, path: Path, file: BinaryIO) -> None:
        self._path = path
        self._file = file

    def events(self) -> Iterator[Envelope]:
        """All whole events in it; a torn last line was never promised to anybody."""
        start = 0
        while True:
            batch, start = _read(self._file, start, 500)
            if not batch:
                return
            yield from batch

    def done(self) -> None:
        """All of it is in Postgres."""
        self._path.unlink(missing_ok=True)
        self._file.close()

    def close(self) -> None:
        """Leave it for another time."""
        self._file.close()


def orphans(folder: Path) -> Iterator[OrphanSpool]:
    """Spools in ``folder`` which no living process holds."""
    for path in sorted(folder.glob(f"*{SUFFIX}")):
        try:
            file = path.open("r+b")
        except FileNotFoundError:
            continue
        try:
            fcntl.flock(file.fileno(), fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            file.close()
            continue
        yield OrphanSpool(path, file)


def set_aside(folder: Path, envelopes: Sequence[Envelope]) -> Path:
    """Keep events which the log would not take, for a person to look at; returns the file."""
    path = folder / "refused.jsonl"
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600), "ab") as file:
        file.write(b"".join(map(_line, envelopes)))
        file.flush()
        os.fsync(file.fileno())
    return path


def _line(envelope: Envelope) -> bytes:
    values = {name: getattr(envelope, name) for name in FIELDS}
    values["body"] = base64.b64encode(envelope.body).decode()
    text = canonical(values)
    return b"%d %s\n" % (len(text), text)


def _read(file: BinaryIO, start: int, most: int) -> tuple[list[Envelope], int]:
    file.seek(start)
    found: list[Envelope] = []
    while len(found) < most:
        line = file.readline()
        envelope = _parse(line)
        if envelope is None:
            break
        found.append(envelope)
        start += len(line)
    return found, start


def _parse(line: bytes) -> Envelope | None:
    """The event on a line, or None when the line is torn or damaged."""
    length, _, text = line.partition(b" ")
    if not text.endswith(b"\n") or length != b"%d" % (len(text) - 1):
        return None
    try:
        values = json.loads(text)
        values["body"] = base64.b64decode(values["body"])
        envelope = Envelope(**values)
    except (ValueError, TypeError, KeyError):
        return None
    return envelope if leaf_of(envelope) == envelope.leaf else None


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
