"""FLAC (RFC 9639), written: two channels, 8 kHz, 16 bits, fixed predictors and Rice codes.

A recording's samples come from mu-law, whose lower bits are always zero: ``wasted bits`` in FLAC, stored once a block.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from typing import BinaryIO, Final

import numpy as np

from records.flac_bits import Codes, Ints, crc8, crc16
from records.wav import CHANNELS, FRAME, RATE

BLOCK: Final = 4_096
"""samples of a channel in a frame: half a second, to which a player can jump"""
PARTS: Final = 4
"""as a power of two: Rice parameters of a block"""
BATCH: Final = 256
"""frames whose checksums are computed together"""
MOST_COMMENT: Final = (1 << 24) - 1
STREAMINFO, COMMENT = 0, 4
LAST = 0x80


def write_flac(file: BinaryIO, pcm: Iterable[bytes], comments: Mapping[str, str]) -> int:
    """Write 16-bit interleaved samples, little-endian, of two channels; returns the frames (samples of a channel).

    ``pcm``: pieces of any length. The file must be seekable: what can be told only at the end is put in then.
    """
    file.write(_metadata(0, bytes(16), comments))
    md5 = hashlib.md5(usedforsecurity=False)
    total, waiting = 0, []
    for number, block in enumerate(_blocks(pcm)):
        md5.update(block)
        samples = np.frombuffer(block, "<i2").reshape(-1, CHANNELS)
        total += len(samples)
        waiting.append(_frame(number, samples))
        if len(waiting) == BATCH:
            _write_frames(file, waiting)
            waiting = []
    _write_frames(file, waiting)
    file.seek(0)
    file.write(_metadata(total, md5.digest(), comments))
    file.seek(0, 2)
    return total


def _blocks(pcm: Iterable[bytes]) -> Iterable[bytes]:
    size, rest = BLOCK * FRAME, bytearray()
    for piece in pcm:
        rest += piece
        whole = len(rest) // size * size
        for at in range(0, whole, size):
            yield bytes(rest[at : at + size])
        del rest[:whole]
    if len(rest) >= FRAME:
        yield bytes(rest[: len(rest) // FRAME * FRAME])


def _write_frames(file: BinaryIO, frames: list[bytes]) -> None:
    for frame, crc in zip(frames, crc16(frames), strict=True):
        file.write(frame + crc.to_bytes(2, "big"))


# --- metadata ---------------------------------------------------------------------------------------


def _metadata(total: int, md5: bytes, comments: Mapping[str, str]) -> bytes:
    numbers = RATE << 44 | CHANNELS - 1 << 41 | 16 - 1 << 36 | total
    info = BLOCK.to_bytes(2, "big") * 2 + bytes(6) + numbers.to_bytes(8, "big") + md5
    return b"fLaC" + _piece(STREAMINFO, info) + _piece(COMMENT | LAST, _comment(comments))


def _piece(kind: int, content: bytes) -> bytes:
    return bytes([kind]) + len(content).to_bytes(3, "big") + content


def _comment(comments: Mapping[str, str]) -> bytes:
    vendor = b"Switchboard"
    fields = [f"{name}={value}".encode() for name, value in comments.items()]
    parts = [_sized(vendor), len(fields).to_bytes(4, "little"), *map(_sized, fields)]
    content = b"".join(parts)
    if len(content) > MOST_COMMENT:
        raise ValueError("more comments than a FLAC file can hold")
    return content


def _sized(content: bytes) -> bytes:
    return len(content).to_bytes(4, "little") + content


# --- frames -----------------------------------------------------------------------------------------


def _frame(number: int, samples: np.ndarray) -> bytes:
    """Without its checksum. ``samples``: (n, 2)."""
    whole = len(samples) == BLOCK
    header = bytes([0xFF, 0xF8, (0xC0 if whole else 0x70) | 0x04, 0x18]) + _number(number)
    if not whole:
        header += (len(samples) - 1).to_bytes(2, "big")
    codes = Codes()
    for channel in range(CHANNELS):
        _subframe(codes, samples[:, channel].astype(np.int64))
    return header + bytes([crc8(header)]) + codes.pack()


def _number(number: int) -> bytes:
    """As UTF-8 would code a character of this number, carried on to 36 bits."""
    if number < 0x80:
        return bytes([number])
    tail: list[int] = []
    room = 0x3F
    while number > room:
        tail.insert(0, 0x80 | number & 0x3F)
        number >>= 6
        room >>= 1
    lead = 0xFF & ~((room << 1) | 1)
    return bytes([lead | number, *tail])


def _subframe(codes: Codes, samples: Ints) -> None:
    if not np.any(samples != samples[0]):
        codes.put(0, 8)
        codes.put(int(samples[0]) & 0xFFFF, 16)
        return
    used = int(np.bitwise_or.reduce(samples))
    wasted = (used & -used).bit_length() - 1
    samples = samples >> wasted
    bits = 16 - wasted
    short = len(samples) < BLOCK
    order, residual = (0, samples) if len(samples) < 16 else _predicted(samples)
    codes.put((0x08 | order) << 1 | (wasted > 0), 8)
    if wasted:
        codes.put(1, 1, wasted - 1)
    for sample in samples[:order]:
        codes.put(int(sample) & (1 << bits) - 1, bits)
    parts = 0 if short else PARTS
    codes.put(parts, 6)
    _rice(codes, residual, order, parts)


def _predicted(samples: Ints) -> tuple[int, Ints]:
    """The fixed predictor that leaves least: its order, and what it leaves."""
    best, least = (0, samples), float(np.abs(samples).sum())
    left = samples
    for order in range(1, 5):
        left = np.diff(left)
        cost = float(np.abs(left).sum())
        if cost < least:
            best, least = (order, left), cost
    return best


def _rice(codes: Codes, residual: Ints, order: int, parts: int) -> None:
    folded = residual << 1 ^ residual >> 63
    count = 1 << parts
    size = (len(residual) + order) // count
    starts = np.maximum(np.arange(count) * size - order, 0)
    sizes = np.diff(np.append(starts, len(folded)))
    sums = np.add.reduceat(folded, starts)
    # The best parameter is about log2(mean * ln 2).
    widths = np.clip(np.floor(np.log2(np.maximum(sums * 0.6931 / sizes, 1.0))), 0, 14).astype(np.int64)
    k = np.repeat(widths, sizes)
    values = folded & (1 << k) - 1 | 1 << k
    codes.extend(
        np.insert(values, starts, widths),
        np.insert(k + 1, starts, 4),
        np.insert(folded >> k, starts, 0),
    )
