"""Text carried in telephone audio as tones: pseudo-speech which a program can read without a recognizer.

Grammar of a word: mark, symbol{2 x bytes}, checksum, hum; a symbol is 10 ms of one of 16 tones and stands for
four bits, high half of the UTF-8 byte first. The hum fills the word up to its length, so that a phrase lasts as
long as a person would take. Words follow each other without a gap; a word that was damaged or cut off is
skipped, so half a sentence reads as half a sentence.

All tones are multiples of 100 Hz, hence orthogonal over a 10 ms symbol of 80 samples at 8 kHz, and lie within
the telephone band; they survive mu-law, A-law, changes of level and moderate noise.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from calls.ports import WordTime

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

SYMBOL = 80
"""samples"""
SYMBOL_MS = 10
WORD_MS = 300
"""an ordinary word; a long one takes what its letters need"""
_AMPLITUDE = 8_000
_TONES_HZ = tuple(500 + 100 * n for n in range(16))
_MARK_HZ, _HUM_HZ = 2_300, 2_700
_ALL_HZ = (*_TONES_HZ, _MARK_HZ, _HUM_HZ)
_MARK, _HUM = 16, 17
_LOUD = 300.0
"""rms below which a symbol is silence"""
_CLEAR = 0.5
"""share of a symbol's energy its tone must have"""
MOST_WORD_BYTES = 64


@dataclass(frozen=True, slots=True)
class ToneText:
    """A text as audio: linear16 at 8 kHz, and when each word sounds."""

    pcm16: bytes
    words: tuple[WordTime, ...]


def encode(text: str, word_ms: int = WORD_MS) -> ToneText:
    """The audio of ``text``; empty for a text without words. Words over 64 bytes are cut."""
    audio = bytearray()
    times: list[WordTime] = []
    for word in text.split():
        began = len(audio) / 16
        for symbol in _symbols(word, word_ms):
            audio += _tone(symbol)
        times.append(WordTime(word, began, len(audio) / 16))
    return ToneText(bytes(audio), tuple(times))


def hum(ms: int) -> bytes:
    """Sound without words (a cough, a chair): linear16 at 8 kHz, whole symbols of 10 ms."""
    return _tone(_HUM) * (ms // SYMBOL_MS)


def decode(pcm16: bytes) -> str:
    """The words in linear16 audio at 8 kHz; empty when there are none."""
    best: list[str] = []
    for symbols in _readings(pcm16):
        words = list(_words(symbols))
        if len(words) > len(best):
            best = words
    return " ".join(best)


def _symbols(word: str, word_ms: int) -> list[int]:
    data = word.encode("utf-8")[:MOST_WORD_BYTES]
    halves = [half for byte in data for half in (byte >> 4, byte & 15)]
    symbols = [_MARK, *halves, _checksum(halves)]
    return symbols + [_HUM] * max(1, word_ms // SYMBOL_MS - len(symbols))


def _checksum(halves: list[int]) -> int:
    return (sum((n + 1) * half for n, half in enumerate(halves)) + len(halves)) % 16


@lru_cache(maxsize=32)
def _tone(symbol: int) -> bytes:
    # A cosine begins at its peak, so the first sample of a phrase is unmistakable.
    step = 2 * math.pi * _ALL_HZ[symbol] / 8_000
    samples = (round(_AMPLITUDE * math.cos(step * n)) for n in range(SYMBOL))
    return b"".join(sample.to_bytes(2, "little", signed=True) for sample in samples)


@lru_cache(maxsize=1)
def _waves() -> NDArray[np.float32]:
    """The tones as columns: all cosines, then all sines."""
    import numpy as np

    at = 2 * np.pi / 8_000 * np.arange(SYMBOL)[:, None] * np.array(_ALL_HZ)[None, :]
    return np.hstack([np.cos(at), np.sin(at)]).astype(np.float32)


def _readings(pcm16: bytes) -> Iterator[list[int]]:
    """Symbols (-1: none) from the likeliest start; from others only when the first loud sample misleads."""
    import numpy as np

    samples = np.frombuffer(pcm16[: len(pcm16) & ~1], dtype="<i2").astype(np.float32)
    loud = np.flatnonzero(np.abs(samples) > _AMPLITUDE / 4)
    if loud.size == 0:
        return
    first = _read(samples[int(loud[0]) :])
    yield first
    if _MARK in first and any(True for _ in _words(first)):
        return
    for shift in range(0, SYMBOL, 8):
        yield _read(samples[shift:])


def _read(samples: NDArray[np.float32]) -> list[int]:
    import numpy as np

    count = len(samples) // SYMBOL
    if count == 0:
        return []
    grid = samples[: count * SYMBOL].reshape(count, SYMBOL)
    squares = (grid @ _waves()) ** 2
    power = (squares[:, : len(_ALL_HZ)] + squares[:, len(_ALL_HZ) :]) * (2.0 / SYMBOL)
    energy = np.einsum("ij,ij->i", grid, grid)
    best = power.argmax(axis=1)
    clear = (power[np.arange(count), best] > _CLEAR * energy) & (energy > SYMBOL * _LOUD**2)
    symbols: list[int] = np.where(clear, best, -1).tolist()
    return symbols


def _words(symbols: list[int]) -> Iterator[str]:
    starts = [n for n, symbol in enumerate(symbols) if symbol == _MARK]
    for start, end in zip(starts, [*starts, len(symbols)][1:], strict=True):
        body = symbols[start + 1 : end]
        if _HUM not in body:
            continue
        halves = body[: body.index(_HUM)]
        if len(halves) < 3 or len(halves) % 2 == 0 or not all(0 <= half < 16 for half in halves):
            continue
        *data, checksum = halves
        if _checksum(data) != checksum:
            continue
        raw = bytes(high << 4 | low for high, low in zip(data[::2], data[1::2], strict=True))
        word = raw.decode("utf-8", errors="ignore")
        if word:
            yield word
