"""Frames between this process and a speech worker, over pipes.

A frame is two big-endian unsigned 32-bit lengths, a JSON header of the first length, a body of bytes of the
second. A request's header has `id` and `do`; its answer has the same `id` and either `ok` or `error`.
"""

from __future__ import annotations

import json
import struct
from dataclasses import dataclass
from typing import Protocol

LENGTHS = struct.Struct(">II")
MAX_HEADER_BYTES = 1 << 22
MAX_BODY_BYTES = 1 << 26

Json = None | bool | int | float | str | list["Json"] | dict[str, "Json"]
Header = dict[str, Json]


class Readable(Protocol):
    """Reads exactly `size` bytes, fewer only at its end."""

    def read(self, size: int, /) -> bytes: ...


class BadFrame(Exception):
    """What came through the pipe is not a frame, or too large a one."""


@dataclass(frozen=True, slots=True)
class Frame:
    """One message."""

    header: Header
    body: bytes = b""


def encode(frame: Frame) -> bytes:
    """Raises BadFrame when a part is over its limit."""
    header = json.dumps(frame.header, separators=(",", ":")).encode()
    _check(len(header), len(frame.body))
    return LENGTHS.pack(len(header), len(frame.body)) + header + frame.body


def lengths(raw: bytes) -> tuple[int, int]:
    """Lengths of header and body from a frame's first 8 bytes. Raises BadFrame."""
    header, body = LENGTHS.unpack(raw)
    _check(header, body)
    return header, body


def decode(payload: bytes, header_bytes: int) -> Frame:
    """A frame from what follows its first 8 bytes. Raises BadFrame."""
    try:
        header = json.loads(payload[:header_bytes])
    except ValueError as error:
        raise BadFrame("A frame's header is not JSON.") from error
    if not isinstance(header, dict):
        raise BadFrame("A frame's header is not a JSON object.")
    return Frame(header, payload[header_bytes:])


def read(stream: Readable) -> Frame | None:
    """The next frame of a blocking stream; None at its end. Raises BadFrame, also when it ends within a frame."""
    start = stream.read(LENGTHS.size)
    if not start:
        return None
    if len(start) < LENGTHS.size:
        raise BadFrame("The pipe ended within a frame.")
    header, body = lengths(start)
    payload = stream.read(header + body)
    if len(payload) < header + body:
        raise BadFrame("The pipe ended within a frame.")
    return decode(payload, header)


def _check(header: int, body: int) -> None:
    if header > MAX_HEADER_BYTES or body > MAX_BODY_BYTES:
        raise BadFrame(f"A frame of {header} + {body} bytes is over the limit.")
