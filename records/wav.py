"""A WAV file that may still grow: 16-bit PCM, two channels, 8 kHz (RIFF/WAVE, Microsoft 1991)."""

from __future__ import annotations

import os
import struct
from pathlib import Path

from calls.errors import RecordError

RATE = 8_000
"""Hz"""

CHANNELS = 2
FRAME = 4
"""bytes: one 16-bit sample of each channel"""

HEADER = 44
"""bytes before the samples"""

LONGEST = 0xFFFF_FFFF - HEADER
"""bytes of samples a RIFF size field can tell of: 37 hours"""


def header(size: int) -> bytes:
    """The 44 bytes before ``size`` bytes of samples."""
    return struct.pack(
        "<4sI4s4sIHHIIHH4sI",
        b"RIFF", HEADER - 8 + size, b"WAVE",
        b"fmt ", 16, 1, CHANNELS, RATE, RATE * FRAME, FRAME, 16,
        b"data", size,
    )  # fmt: skip


def repair(path: Path) -> float:
    """Make the file of a killed process whole: sizes from what is there. Returns its length in ms.

    Does no harm to a whole file. Raises RecordError when it is no recording of ours.
    """
    with path.open("r+b") as file:
        head = file.read(HEADER)
        whole = os.fstat(file.fileno()).st_size
        size = whole - HEADER
        if len(head) == HEADER and head[:4] + head[8:40] != header(0)[:4] + header(0)[8:40]:
            raise RecordError(f"{path.name} is not a recording of this service; move it away")
        size = max(0, size - size % FRAME)
        if head != header(size) or whole != HEADER + size:
            file.seek(0)
            file.write(header(size))
            file.truncate(HEADER + size)
            file.flush()
            os.fsync(file.fileno())
    return size / FRAME * 1000 / RATE


# ITU-T G.711, mu-law to 14-bit linear, scaled to 16 bits.
def _linear(code: int) -> int:
    code = ~code & 0xFF
    magnitude = (((code & 0x0F) << 3) + 0x84) << ((code & 0x70) >> 4)
    return 0x84 - magnitude if code & 0x80 else magnitude - 0x84


LOW = bytes(_linear(code) & 0xFF for code in range(256))
HIGH = bytes(_linear(code) >> 8 & 0xFF for code in range(256))
"""Translation tables: a string of mu-law becomes the low and the high bytes of its samples."""
