"""Gain control for hearing: soft callers are made louder, slowly, for recognizers alone.

The recording, the tone and the measures of the line have the audio as it came. The gain follows the level of speech
and nothing else: while nobody speaks it stands still, so pauses do not swell. What stands on the line between words
is never brought near the level at which detectors look for speech. Nobody is made softer: what a loud caller's line has
clipped does not come back, so their frames go on byte for byte.
"""

from __future__ import annotations

import math
from functools import cache

from agent.companding import level, linear_to_mulaw, louder, mulaw_to_linear
from agent.hearing.around import AroundHearing
from agent.ports import CallContext, HearingSession
from calls.audio import AudioFrame
from calls.guidance import Guidance
from calls.ports import Emit

HIGHEST_DB = 18
WANTED_DBFS = -23.0
"""of active speech; ITU-T G.169 and P.56 speak of -26 to -16"""
SLACK_DB = 3.0
"""Nothing is changed for less."""
NOISE_DBFS = -52.0
"""What stands on the line stays below this."""
UP_DB_S, DOWN_DB_S = 6.0, 12.0
BLOCK_MS = 100
_BLOCK = 8 * BLOCK_MS
_ABOVE_NOISE_DB = 12.0
_FAINTEST_DBFS = -55.0
_SILENT_DBFS = -90.0
_NOISE_RISES_DB_S = 1.5
_MEMORY = 0.06
"""of a block of speech in the level of speech: 1.6 s"""
_EARLY = 5
"""blocks: the first half second counts for more"""


@cache
def _table(gain_db: int) -> bytes:
    """Each mu-law code that much louder."""
    return linear_to_mulaw(louder(mulaw_to_linear(bytes(range(256))), 10 ** (gain_db / 20)))


class Gain:
    """One caller's. Grammar: ``apply`` for every frame; 1 us a frame, one table look-up a byte where it is not 0 dB."""

    def __init__(self) -> None:
        self._power = 0.0
        self._measured = 0
        """samples of the next block, and their powers added up"""
        self._noise_dbfs: float | None = None
        self._speech_dbfs = WANTED_DBFS
        self._blocks = 0
        """of speech so far"""
        self._gain_db = 0.0

    @property
    def gain_db(self) -> float:
        """What is added now."""
        return self._gain_db

    def apply(self, frame: AudioFrame) -> AudioFrame:
        """The frame at the level that hearing likes; any but mu-law at 8 kHz as it is."""
        if not frame.telephone:
            return frame
        size = len(frame.samples)
        self._power += level(frame) ** 2 * size
        self._measured += size
        if self._measured >= _BLOCK:
            mean = self._power / self._measured
            self._power, self._measured = 0.0, 0
            self._follow(10 * math.log10(mean / 32768**2) if mean else _SILENT_DBFS)
        gain_db = round(self._gain_db)
        return frame if gain_db == 0 else AudioFrame(frame.samples.translate(_table(gain_db)), frame.offset_ms)

    def _follow(self, level_dbfs: float) -> None:
        """The level of another tenth of a second."""
        if self._noise_dbfs is None or level_dbfs < self._noise_dbfs:
            self._noise_dbfs = level_dbfs
        else:
            self._noise_dbfs = min(level_dbfs, self._noise_dbfs + _NOISE_RISES_DB_S * BLOCK_MS / 1000)
        if level_dbfs < max(self._noise_dbfs + _ABOVE_NOISE_DB, _FAINTEST_DBFS):
            return
        self._blocks += 1
        weight = max(_MEMORY, 1 / (self._blocks + 1) if self._blocks <= _EARLY else _MEMORY)
        if self._blocks == 1:
            weight = 1.0
        # Louder counts at once, softer by and by: the level of speech is that of its vowels.
        weight = min(1.0, 2 * weight) if level_dbfs > self._speech_dbfs else weight
        self._speech_dbfs += weight * (level_dbfs - self._speech_dbfs)
        self._move()

    def _move(self) -> None:
        """Towards what is wanted, no faster than a listener would turn a knob."""
        wanted = WANTED_DBFS - self._speech_dbfs
        if abs(wanted) <= SLACK_DB:
            wanted = 0.0
        noise = self._noise_dbfs if self._noise_dbfs is not None else _SILENT_DBFS
        wanted = min(wanted, max(0.0, NOISE_DBFS - noise), float(HIGHEST_DB))
        wanted = max(wanted, 0.0)
        step = BLOCK_MS / 1000
        self._gain_db += max(-DOWN_DB_S * step, min(UP_DB_S * step, wanted - self._gain_db))


class GainHearing(AroundHearing):
    """Implements ``Hearing`` over another one, which hears everybody at about the same level."""

    def open(self, context: CallContext) -> GainHearingSession:
        """A session; loads nothing."""
        return GainHearingSession(self._hearing.open(context))


class GainHearingSession:
    """Implements ``HearingSession``. Grammar: run() around everything else."""

    def __init__(self, session: HearingSession) -> None:
        self._session = session
        self._gain = Gain()

    def hear(self, frame: AudioFrame) -> None:
        """One frame of the caller, its offset in ms since answer. Never waits."""
        self._session.hear(self._gain.apply(frame))

    def expect(self, guidance: Guidance) -> None:
        """What the script wants next."""
        self._session.expect(guidance)

    async def run(self, emit: Emit) -> None:
        """The session's own. Raises EngineError when hearing cannot go on."""
        await self._session.run(emit)
