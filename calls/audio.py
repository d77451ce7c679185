"""Audio as it travels: encoded samples with their rate, never an event."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

PHONE_RATE = 8_000
"""Hz; what every telephone network of ours carries."""

FRAME_MS = 20
"""ms of one telephone frame (160 bytes of mu-law)."""


class Encoding(StrEnum):
    """How samples are written into bytes."""

    MULAW = "mulaw"
    ALAW = "alaw"
    LINEAR16 = "linear16"

    @property
    def width(self) -> int:
        """Bytes of a sample."""
        return 2 if self is Encoding.LINEAR16 else 1


MULAW_SILENCE = b"\xff"
"""One sample of silence in mu-law (ITU-T G.711, positive zero)."""


@dataclass(frozen=True, slots=True)
class AudioFrame:
    """A stretch of audio of one channel."""

    samples: bytes
    """encoded, no header"""
    offset_ms: float
    """ms since the stream began, of the first sample"""
    rate: int = PHONE_RATE
    """Hz"""
    encoding: Encoding = Encoding.MULAW
    measured: int | None = field(default=None, init=False, repr=False, compare=False)
    """how loud it is, once somebody has looked: ``agent.companding.level``"""
    measured_each: tuple[int, ...] | None = field(default=None, init=False, repr=False, compare=False)
    """how loud each 20 ms of it are, once somebody has looked: ``agent.companding.levels``"""

    @property
    def duration_ms(self) -> float:
        """How long these samples sound, in ms."""
        return len(self.samples) * 1000 / (self.rate * self.encoding.width)

    @property
    def telephone(self) -> bool:
        """Whether this is mu-law at 8 kHz, as nearly all frames are."""
        return self.encoding is Encoding.MULAW and self.rate == PHONE_RATE

    @property
    def ends_ms(self) -> float:
        """ms since the stream began, after the last sample."""
        return self.offset_ms + self.duration_ms


def mulaw_ms(count: int) -> float:
    """ms that ``count`` bytes of telephone mu-law sound: 8 bytes are 1 ms."""
    return count / 8


def mulaw_bytes(ms: float) -> int:
    """Whole samples of telephone mu-law in ``ms``."""
    return int(ms * 8)
