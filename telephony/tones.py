"""Sounds made here, mu-law at 8 kHz: keys for a machine at the other end, and what covers a long wait.

Keys are the pairs of tones of ITU-T Q.23, 100 ms each with 100 ms between (Q.24 asks receivers for 40 ms of each), at
12 dB below full scale a tone. The music is a slow run of chords, generated: nobody's work but ours, and free to play.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from functools import cache

from calls.audio import MULAW_SILENCE, mulaw_bytes
from telephony.g711 import linear_to_ulaw

RATE = 8_000
"""Hz"""

KEY_MS, GAP_MS = 100, 100
WAIT_MS = 500
"""``w``: as long as the carrier's own half second."""

MOST_KEYS = 32

_ROWS, _COLUMNS = (697.0, 770.0, 852.0, 941.0), (1_209.0, 1_336.0, 1_477.0)
_KEYS = ("123", "456", "789", "*0#")
TONES = {
    key: (_ROWS[row], _COLUMNS[column]) for row, keys in enumerate(_KEYS) for column, key in enumerate(keys)
}
"""key -> its two frequencies, Hz (ITU-T Q.23)"""

_EACH = 0.25 * 32_767
"""of each tone: the two together stay clear of clipping"""

SOUNDS = ("music", "gentle")
"""What can cover a wait."""

HOLD_MS = 30_000
"""Longer than any wait lasts: an action is given up on after 20 s."""

_CHORDS = ((220.0, 261.63, 329.63), (174.61, 220.0, 261.63), (130.81, 196.0, 261.63), (196.0, 246.94, 293.66))
_CHORD_MS, _NOTE_MS = 3_000, 750
_MUSIC_LEVEL = 0.10 * 32_767
_PULSE_MS, _PULSE_EVERY_MS = 600, 3_000
_PULSE_LEVEL = 0.06 * 32_767


def key_tones(keys: str) -> bytes:
    """``keys`` as they sound: ``0-9 * #``, and ``w`` for half a second of silence. Raises ValueError for others."""
    if not is_keys(keys):
        raise ValueError(f"{keys!r} are no keys: write 1 to {MOST_KEYS} of 0-9 * # and w")
    gap = MULAW_SILENCE * mulaw_bytes(GAP_MS)
    return b"".join(MULAW_SILENCE * mulaw_bytes(WAIT_MS) if key == "w" else _key(key) + gap for key in keys)


def is_keys(keys: str) -> bool:
    """Whether they can be sounded."""
    return 0 < len(keys) <= MOST_KEYS and all(key in TONES or key == "w" for key in keys)


@cache
def _key(key: str) -> bytes:
    low, high = TONES[key]
    count = RATE * KEY_MS // 1_000
    return _encoded(_EACH * (_sine(low, n) + _sine(high, n)) * _edges(n, count, 40) for n in range(count))


@cache
def hold_sound(sound: str) -> bytes:
    """What covers a wait, ``HOLD_MS`` of it. Raises ValueError for a sound there is none of."""
    match sound:
        case "music":
            round_ms = _CHORD_MS * len(_CHORDS)
            once = _encoded(_music(n) for n in range(RATE * round_ms // 1_000))
        case "gentle":
            round_ms = _PULSE_EVERY_MS
            once = _encoded(_pulse(n) for n in range(RATE * round_ms // 1_000))
        case _:
            raise ValueError(f"there is no sound {sound!r}: use one of {', '.join(SOUNDS)}")
    return (once * (HOLD_MS // round_ms + 1))[: mulaw_bytes(HOLD_MS)]


def _music(n: int) -> float:
    """A soft chord, its notes one after the other, each fading."""
    chord = _CHORDS[n * 1_000 // RATE // _CHORD_MS]
    within = n % (RATE * _CHORD_MS // 1_000)
    sound = 0.0
    for place, note in enumerate(chord):
        since = within - place * RATE * _NOTE_MS // 1_000
        if since >= 0:
            seconds = since / RATE
            left = (RATE * _CHORD_MS // 1_000 - within) / RATE
            loud = min(1.0, seconds / 0.05) * math.exp(-1.2 * seconds) * min(1.0, left / 0.2)
            sound += loud * (_sine(note, n) + 0.3 * _sine(2 * note, n))
    return _MUSIC_LEVEL * sound / 1.3


def _pulse(n: int) -> float:
    """Two low notes, as quiet as somebody typing in the next room."""
    count = RATE * _PULSE_MS // 1_000
    if n >= count:
        return 0.0
    return _PULSE_LEVEL * (_sine(330.0, n) + 0.5 * _sine(495.0, n)) * math.sin(math.pi * n / count) ** 2


def _sine(frequency: float, n: int) -> float:
    return math.sin(2 * math.pi * frequency * n / RATE)


def _edges(n: int, count: int, ramp: int) -> float:
    """Soft edges of ``ramp`` samples, without a click."""
    return min(1.0, (n + 1) / ramp, (count - n) / ramp)


def _encoded(samples: Iterable[float]) -> bytes:
    pcm = b"".join(max(-32_768, min(32_767, round(sample))).to_bytes(2, "little", signed=True) for sample in samples)
    return linear_to_ulaw(pcm)
