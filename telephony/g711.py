"""Telephone audio: G.711 companding, and how loud a stretch is.

Shapes used everywhere in this package:
    mu-law, A-law   bytes, one byte per sample, 8000 Hz, mono
    linear16        bytes, signed 16 bit little endian, mono

The companding laws are ITU-T G.711. The arithmetic is `audioop`: in the standard library up to 3.12, the
distribution audioop-lts (same module name) from 3.13 on.
"""

from __future__ import annotations

import math
import warnings
from typing import Final

with warnings.catch_warnings():
    # Deprecated since 3.11 (PEP 594) and replaced by audioop-lts; nobody else needs to hear about it.
    warnings.simplefilter("ignore", DeprecationWarning)
    import audioop

RATE: Final = 8000
"""Samples (and companded bytes) per second on the phone line, Hz."""
BYTES_PER_MS: Final = 8
FRAME_MS: Final = 20
FRAME_BYTES: Final = FRAME_MS * BYTES_PER_MS
"""What carriers send: 20 ms, 160 bytes."""
SILENCE: Final = 0xFF
"""mu-law for linear 0."""
SILENT_FRAME: Final = bytes([SILENCE]) * FRAME_BYTES
FLOOR_DBFS: Final = -96.0
"""What digital silence is reported as; 16 bit audio has nothing below it."""


def _whole(linear: bytes) -> bytes:
    if len(linear) % 2:
        raise ValueError(f"linear16 audio must be an even number of bytes, got {len(linear)}")
    return linear


def ulaw_to_linear(ulaw: bytes) -> bytes:
    """mu-law bytes -> linear16, twice as long."""
    return audioop.ulaw2lin(ulaw, 2)


def linear_to_ulaw(linear: bytes) -> bytes:
    """linear16 -> mu-law bytes. Raises ValueError on half a sample."""
    return audioop.lin2ulaw(_whole(linear), 2)


def alaw_to_linear(alaw: bytes) -> bytes:
    """A-law bytes -> linear16, twice as long."""
    return audioop.alaw2lin(alaw, 2)


def linear_to_alaw(linear: bytes) -> bytes:
    """linear16 -> A-law bytes. Raises ValueError on half a sample."""
    return audioop.lin2alaw(_whole(linear), 2)


_EVERY_CODE: Final = bytes(range(256))
_ALAW_TO_ULAW: Final = linear_to_ulaw(alaw_to_linear(_EVERY_CODE))


def alaw_to_ulaw(alaw: bytes) -> bytes:
    """A-law -> mu-law, one table look-up per byte."""
    return alaw.translate(_ALAW_TO_ULAW)


def silence(ms: int) -> bytes:
    """`ms` milliseconds of mu-law silence."""
    return bytes([SILENCE]) * (ms * BYTES_PER_MS)


def level_dbfs(linear: bytes) -> float:
    """Root mean square of linear16, dB below full scale: 0.0 is a full-scale square wave, -96.0 silence."""
    rms = audioop.rms(_whole(linear), 2)
    return max(FLOOR_DBFS, 20.0 * math.log10(rms / 32768.0)) if rms else FLOOR_DBFS


def rms(linear: bytes) -> int:
    """Root mean square of linear16, 0 to 32768."""
    return audioop.rms(linear, 2)


def peak(linear: bytes) -> int:
    """The largest magnitude in linear16, 0 to 32767; 0 for no audio."""
    return min(32_767, audioop.max(linear, 2))
