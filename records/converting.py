"""Makes a finished WAV recording a FLAC file, in a process of its own: no call ever waits for it.

    python -m records.converting IN.wav OUT.flac < {"TITLE": ...}     prints what ``Converted`` holds, as JSON
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import sys
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

from calls.errors import RecordError, reason_of
from records.recording import digest_of
from records.wav import FRAME, HEADER, header, repair

PIECE = 1 << 20
"""bytes"""
NICE = 19
BUSY = 3
"""Exit code: another process of this service is at the same recording, or has been."""


@dataclass(frozen=True, slots=True)
class Converted:
    """What came of it."""

    frames: int
    wave_digest: str
    file_digest: str
    size: int


def convert(source: Path, target: Path, comments: Mapping[str, str]) -> Converted:
    """Write ``target``, read it back, and only then let it have its name. ``source`` is made whole, and kept.

    Raises RecordError and OSError, BlockingIOError while another process does the same; ``target`` is then as it was.
    """
    with source.open("rb") as held:
        # Servers may share the folder: the half-written file of one must not get its name from another.
        fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
        return _convert(source, target, comments)


def _convert(source: Path, target: Path, comments: Mapping[str, str]) -> Converted:
    from records.flac import write_flac

    repair(source)
    digest = digest_of(source)
    part = target.with_suffix(".part")
    with os.fdopen(os.open(part, os.O_RDWR | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
        frames = write_flac(file, _samples(source), comments)
        file.flush()
        os.fsync(file.fileno())
    if wave_digest_of(part) != digest:
        part.unlink()
        raise RecordError(f"{source.name} could not be stored as FLAC: it reads back otherwise; it is kept as it is")
    part.replace(target)
    return Converted(frames, digest, digest_of(target), target.stat().st_size)


def _samples(source: Path) -> Iterator[bytes]:
    with source.open("rb") as file:
        file.seek(HEADER)
        while piece := file.read(PIECE):
            yield piece


def wave_digest_of(flac: Path) -> str:
    """SHA-256, hex, of the WAV file that a FLAC recording was made of. Raises RecordError when it is damaged."""
    from records.flac_reading import read_head, read_samples

    # An hour of samples is 115 MB: they are digested piece by piece, and read_samples sees that there are as many.
    digest = hashlib.sha256(header(read_head(flac.read_bytes()).frames * FRAME))
    for piece in read_samples(flac):
        digest.update(piece)
    return digest.hexdigest()


def main() -> int:
    """The process."""
    os.nice(max(0, NICE - os.nice(0)))
    source, target = map(Path, sys.argv[1:3])
    try:
        done = convert(source, target, json.load(sys.stdin))
    except (BlockingIOError, FileNotFoundError):
        return BUSY
    except (RecordError, OSError) as why:
        print(reason_of(why), file=sys.stderr)
        return 1
    print(json.dumps(asdict(done)))
    return 0


if __name__ == "__main__":
    sys.exit(main())
