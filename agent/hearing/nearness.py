"""Somebody speaks: into this telephone, or somewhere behind it? Detectors of speech do not ask; levels tell.

    far   no louder than the line has been most of the time (people who talk in the background, a television)
    far   much softer than this caller, who spoke a moment ago (somebody else in the room)
    near  everything else. What is far counts as no speech: it neither begins a turn nor goes on with one

A caller who is soft is near on a quiet line from the first word. One who becomes soft is, after some seconds without
anything louder. Levels are those that hearing is given, after gain control.
"""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Sequence

from agent.companding import BYTES_PER_MS, rms
from agent.hearing.background import Background
from agent.hearing.caller_level import CallerLevel
from agent.ports import SpeechDetector

SPEECH = 0.35
"""a window at least this likely may be speech"""
BACKGROUND_MS = 5_000.0
KNOWN_MS, UNKNOWN_DBFS = 300.0, -27.0
"""of a line before which nothing can be said of its background: until then only what is this loud is near"""
SHARE = 0.3
"""of the time the line is no louder than its background"""
PAUSES, ABOVE_PAUSES_DB = 0.05, 6.0
"""... which is at most this much above what a twentieth of the time does not reach: with six people who talk at once
there are 4 dB between the two; with one who talks without a pause 13 and more, who is not their own background"""
SETS_IN_DB = 9.0
"""above the background: six people who talk at once swing by 6 dB, one voice by 20"""
GOES_ON_DB = 5.0
"""... within speech"""
LEAST_DBFS = -45.0
"""A background below this disturbs nobody."""
CALLER_DB = 12.0
"""So much softer than the caller is somebody else."""
PATIENCE_MS = 3_000.0
"""after the caller's last words; from then on softer speech counts, 3 dB more for each second"""
FORGET_DB_S = 3.0
HANG_MS = 250.0
"""Soft sounds after a loud one are the same word's."""
SMOOTH = 2
"""windows: a single one may be a click"""


class NearDetector:
    """Implements ``SpeechDetector`` over another one: what is far is no speech to it."""

    def __init__(self, detector: SpeechDetector) -> None:
        self._detector = detector
        self._bytes = int(detector.window_ms * BYTES_PER_MS)
        self._rest = b""
        self.caller = CallerLevel()
        """of what is near"""
        self._forget()

    @property
    def window_ms(self) -> float:
        """The other's."""
        return self._detector.window_ms

    @property
    def noisy(self) -> bool:
        """Whether others talk around the caller, or something else sounds all the time."""
        return self._behind > LEAST_DBFS

    def reset(self) -> None:
        """The audio jumped: the line is the same, and so is the caller."""
        self._detector.reset()
        self._rest = b""

    def push(self, pcm16_8k: bytes) -> Sequence[float]:
        """The other's probabilities; 0 for windows that are far."""
        audio = self._rest + pcm16_8k
        probabilities = self._detector.push(pcm16_8k)
        found: list[float] = []
        for probability in probabilities:
            window, audio = audio[: self._bytes], audio[self._bytes :]
            found.append(probability if self._near(rms(window), probability) else 0.0)
        self._rest = audio
        return found

    @property
    def _behind(self) -> float:
        """dBFS of the background."""
        return min(self._background.level, self._background.at(PAUSES) + ABOVE_PAUSES_DB)

    def _forget(self) -> None:
        self._background = Background(int(BACKGROUND_MS / self.window_ms), SHARE)
        self._powers: deque[float] = deque(maxlen=SMOOTH)
        self._caller_dbfs: float | None = None
        self._since_ms = math.inf
        """the last near speech"""

    def _near(self, level: int, probability: float) -> bool:
        self._powers.append(float(level) ** 2)
        dbfs = 10 * math.log10(max(sum(self._powers) / len(self._powers), 0.1)) - 90.3
        self._background.add(dbfs)
        self._since_ms += self.window_ms
        if probability < SPEECH:
            return True
        goes_on = self._since_ms <= HANG_MS
        near = dbfs >= self._least(goes_on)
        if near:
            self._since_ms = 0.0
            self._learn(dbfs)
            self.caller.add(self._powers[-1], self.window_ms)
        return near or goes_on

    def _least(self, goes_on: bool) -> float:
        """What is louder is near."""
        least = LEAST_DBFS
        if len(self._background) * self.window_ms < KNOWN_MS:
            least = UNKNOWN_DBFS if self.noisy else least
        elif self.noisy:
            least = self._behind + (GOES_ON_DB if goes_on else SETS_IN_DB)
        if self._caller_dbfs is None or goes_on:
            return least if least > LEAST_DBFS else -math.inf
        waited_s = max(0.0, self._since_ms - PATIENCE_MS) / 1000
        theirs = self._caller_dbfs - CALLER_DB - FORGET_DB_S * waited_s
        return max(least if least > LEAST_DBFS else -math.inf, theirs)

    def _learn(self, dbfs: float) -> None:
        """Louder counts at once, softer by and by: the level of speech is that of its vowels."""
        if self._caller_dbfs is None:
            self._caller_dbfs = dbfs
        else:
            self._caller_dbfs += (0.2 if dbfs > self._caller_dbfs else 0.02) * (dbfs - self._caller_dbfs)
