"""What stands on a line when nobody speaks: how loud it is, and noise of that level.

None of it is a piece of what came: the caller's own words, given back to hearing in place of our echo, would be taken
for an interruption.
"""

from __future__ import annotations

import random
from array import array
from functools import cache

from agent.companding import level, linear_to_mulaw, louder
from agent.hearing.background import Background
from calls.audio import MULAW_SILENCE, AudioFrame, mulaw_ms

_EVERY = 5
"""frames"""
_FRAMES = 100
"""of these: 10 s, with all that sounds in it"""
_KNOWN = 8
"""of these tell something: what comes first may be the caller"""
_SHARE = 0.1
"""of them are no louder than the line itself: the pauses of whoever speaks, the caller's and ours"""
_GAP_MS = 200.0
"""A line which sends nothing for longer is silent; what is lost on the way is shorter."""
_TALK_SHARE, _TALK_RISE = 0.3, 1.41
"""People who talk around the caller are as loud as this most of the time: what a third of the looks do not reach, and
at most 3 dB above the pauses, or it would be the voice of one"""
_LINE = 170.0
"""-46 dBFS: louder than any line is by itself. Who speaks for long without a pause is not what stands on it"""
_MOST = 1_000.0
"""-30 dBFS: talk around the caller may be so loud, and whoever listens behind us must not take it for silence"""
_LOUD = 60.0
_NOISE_RMS = 1_000
_STEP = 977
"""samples between two pieces of noise"""


class Stillness:
    """One line's. Grammar: ``hear`` for every frame, ``frame`` in place of an echo."""

    def __init__(self) -> None:
        self._background = Background(_FRAMES, _SHARE)
        self._passed = 0
        self._until_ms = 0.0
        self._noise = 0.0
        """level of what ``frame`` gives"""
        self.loud = _LOUD
        """A level above this is more than what stands on the line: 6 dB, and -55 dBFS at least."""

    def hear(self, frame: AudioFrame) -> None:
        """A frame as it came, mu-law at 8 kHz; some of them are looked at."""
        duration_ms = mulaw_ms(len(frame.samples))
        missing_ms = frame.offset_ms - self._until_ms
        if missing_ms > _GAP_MS and duration_ms:
            for _ in range(min(_FRAMES, int(missing_ms / (_EVERY * duration_ms)))):
                self._background.add(0.0)
            self._settle()
        self._until_ms = frame.offset_ms + duration_ms
        self._passed += 1
        if self._passed % _EVERY == 1:
            self._background.add(level(frame))
            self._settle()

    def frame(self, number: int, size: int) -> bytes:
        """So many bytes of it."""
        if self._noise < 1:
            return MULAW_SILENCE * size
        noise = _noise()
        begin = 2 * (number * _STEP % (len(noise) // 2 - size))
        return linear_to_mulaw(louder(noise[begin : begin + 2 * size], self._noise / _NOISE_RMS))

    def _settle(self) -> None:
        seen = self._background
        quiet = seen.level
        self._noise = min(seen.at(_TALK_SHARE), quiet * _TALK_RISE, _MOST)
        self.loud = max(2 * min(quiet, _LINE), _LOUD) if len(seen) >= _KNOWN else _LOUD


@cache
def _noise() -> bytes:
    """Half a second of white noise, linear16; where a frame begins in it differs each time."""
    chance = random.Random(1)
    return array("h", [round(chance.gauss(0, _NOISE_RMS)) for _ in range(4_000)]).tobytes()
