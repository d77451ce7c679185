"""How this caller usually sounds in this call, and how far a turn is from it.

Learned from the first turns, and from every later one a little: what lies far off counts as no farther than the
border of the unusual, so that one outburst hardly moves it, while a caller who goes out into the street is taken
for what they are after some turns. A caller who is upset from the first word sets that as usual; only words tell.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass

import numpy as np

from agent.tone.cues import Cues

TURNS, SPEECH_MS = 2, 2_500.0
"""so much has to be heard before anything is compared"""
_KEPT = 12
_FULL_MS = 1_500.0
"""a turn this long counts whole, a shorter one less"""
_SURE_MS = 1_200.0
"""a shorter turn tells less, so it has to be farther off"""

BORDERS = {
    "pitch": (-1.9, 2.2),
    "level": (-4.4, 4.0),
    "rate": (-0.155, 0.16),
    "range": (-3.0, 3.0),
    "pauses": (-0.18, 0.18),
}
"""From where a cue is unusual, below and above: semitones, dB, logarithm of the rate (0.85 and 1.16 times as fast),
semitones, share of the turn. Half way between how much ordinary sentences of one speaker differ and the changes that
have to be heard: the half of tests/agent/tone that is worked on."""


@dataclass(frozen=True, slots=True)
class Deviation:
    """How far one cue of a turn is from usual."""

    difference: float
    """in the cue's own unit"""
    border: float
    """from where it is unusual, for a turn as long as this one and as well as the caller is known"""

    @property
    def degree(self) -> float:
        """1 at the border, negative for less than usual."""
        return self.difference / self.border


class Baseline:
    """One caller's. Grammar: ``against`` before ``learn``, for every turn."""

    def __init__(self) -> None:
        self._seen: dict[str, deque[tuple[float, float]]] = {cue: deque(maxlen=_KEPT) for cue in BORDERS}
        self._turns = 0
        self._speech_ms = 0.0

    @property
    def known(self) -> bool:
        """Whether enough was heard to compare with."""
        return self._turns >= TURNS and self._speech_ms >= SPEECH_MS

    def usual(self, cue: str) -> float | None:
        """Where a cue usually is; None while it was never measured."""
        seen = self._seen[cue]
        return _middle(cue, [one for one, _ in seen], [weight for _, weight in seen]) if seen else None

    def against(self, cues: Cues) -> dict[str, Deviation]:
        """The cues that can be compared; none while too little is known of the caller."""
        if not self.known or cues.speech_ms <= 0:
            return {}
        short = max(1.0, _SURE_MS / cues.speech_ms)
        found = {}
        for cue, value in _values(cues).items():
            usual = self.usual(cue)
            if value is not None and usual is not None:
                unsure = ((1 + 1 / len(self._seen[cue])) / (1 + 1 / 4)) ** 0.5
                difference = value - usual
                border = abs(BORDERS[cue][difference > 0])
                found[cue] = Deviation(difference, border * short * max(1.0, unsure))
        return found

    def learn(self, cues: Cues) -> None:
        """A turn of theirs."""
        if cues.speech_ms <= 0:
            return
        for cue, value in _values(cues).items():
            usual = self.usual(cue)
            if value is None:
                continue
            if self.known and usual is not None:
                value = _held(cue, value, usual)
            self._seen[cue].append((value, min(1.0, cues.speech_ms / _FULL_MS)))
        self._turns += 1
        self._speech_ms += cues.speech_ms


def _values(cues: Cues) -> dict[str, float | None]:
    return {
        "pitch": cues.pitch_st,
        "level": cues.level_db,
        "rate": cues.rate,
        "range": cues.range_st,
        "pauses": cues.pauses,
    }


def _held(cue: str, value: float, usual: float) -> float:
    below, above = BORDERS[cue]
    return min(max(value, usual + below), usual + above)


def _middle(cue: str, values: list[float], weights: list[float]) -> float:
    """The mean without what is far from the median: steadier than the median of a few turns."""
    median = float(np.median(values))
    near = [_held(cue, value, median) for value in values]
    return sum(value * weight for value, weight in zip(near, weights, strict=True)) / sum(weights)
