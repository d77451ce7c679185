"""What is measured of one turn: pitch, level, rate, pauses and stress, each a number that can be compared."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from agent.tone.expected import expected_ms
from agent.tone.sound import BLOCK_MS, Samples, Stretch

VOICED = 0.09
"""strength from which a pitch counts; 1-2 % of those above it are an octave off (tests/agent/tone)"""
UNDER_LOUDEST_DB = 16.0
"""a softer block may well be somebody behind the caller, or noise"""
STOP_MS, PAUSE_MS = 160.0, 320.0
"""a gap up to the first is a stop consonant and part of speech, one of the second is a pause; between them it counts
for less and less, so that slow speech does not turn stops into pauses at once"""
_REACH = 7.5
"""semitones around the turn's middle within which a pitch is read again"""
_SENTENCE_MS = 2_000.0
_OCTAVE_DOUBT_ST = 6.0
_OVER_FLOOR_DB = 4.0
_UNDER_PEAK_DB = 25.0
_FEWEST_VOICED = 5
"""blocks of 20 ms"""
_SMOOTHED = np.array([0.25, 0.5, 0.25])
_PEAK_DB = 2.0
_SHARE_OF_PEAKS = 0.1
_PEAK_EVERY_MS = 205.0
"""what one syllable-like peak of loudness takes at an ordinary rate"""


@dataclass(frozen=True, slots=True)
class Cues:
    """One turn's. None where it cannot be told."""

    speech_ms: float
    """without what its gaps last beyond a stop consonant"""
    pitch_st: float | None
    """the lower quarter, in semitones over 55 Hz: it moves half as much from sentence to sentence as the median"""
    range_st: float | None
    """between the tenth and the ninetieth part in a hundred, semitones"""
    level_db: float | None
    """of its loudest third, without the noise, dBFS"""
    rate: float | None
    """natural logarithm of how many times as fast as an ordinary speaker would say it"""
    pauses: float
    """share of the turn"""
    over_noise_db: float
    """how far speech stands above the noise"""
    voiced: int = 0
    """blocks of 20 ms whose pitch is known"""


def measure(stretch: Stretch, text: str, usual_st: float | None = None) -> Cues:
    """The cues of a turn's sound and words; ``text`` may be empty.

    ``usual_st``: the caller's usual pitch. An octave away from it is unlikely, though not impossible.
    """
    speech = _speech(stretch)
    if not speech.any():
        return Cues(0.0, None, None, None, None, 0.0, 0.0)
    first, last = np.flatnonzero(speech)[[0, -1]]
    level = stretch.level_db[first : last + 1]
    pause_ms = _pauses(speech[first : last + 1])
    whole_ms = len(level) * BLOCK_MS
    speech_ms = whole_ms - pause_ms
    semitones = turn_pitch(stretch, usual_st)
    pitched = len(semitones) >= _FEWEST_VOICED
    low, quarter, high = np.percentile(semitones, (10, 25, 90)) if pitched else (0.0, 0.0, 0.0)
    level_db = _level(level, stretch.floor_db)
    return Cues(
        speech_ms=float(speech_ms),
        pitch_st=float(quarter) - _declination(speech_ms) if pitched else None,
        range_st=float(high - low) if pitched else None,
        level_db=level_db,
        rate=_rate(text, level, speech_ms),
        pauses=pause_ms / whole_ms,
        over_noise_db=level_db - stretch.floor_db,
        voiced=len(semitones),
    )


def _declination(speech_ms: float) -> float:
    """Pitch sinks while a sentence goes on; an answer of two words is over before it has, by some 1 st an octave."""
    return max(0.0, float(np.log2(_SENTENCE_MS / max(speech_ms, 200.0))))


def turn_pitch(stretch: Stretch, usual_st: float | None = None) -> NDArray[np.float64]:
    """Semitones over 55 Hz of every voiced block; each is read as the candidate that fits the turn."""
    if not len(stretch):
        return np.zeros(0)
    loud = stretch.level_db >= np.percentile(stretch.level_db, 95) - UNDER_LOUDEST_DB
    strong = (stretch.strength[:, 0] >= VOICED) & loud
    if not strong.any():
        return np.zeros(0)
    hertz, strength = stretch.hertz[strong].astype(np.float64), stretch.strength[strong].astype(np.float64)
    semitones = 12 * np.log2(np.maximum(hertz, 1.0) / 55.0)
    middle = _middle(semitones[:, 0], strength[:, 0], usual_st)
    fits = (np.abs(semitones - middle) <= _REACH) & (strength >= VOICED * 0.6)
    best = np.argmax(np.where(fits, strength, -1.0), axis=1)
    rows = np.flatnonzero(fits.any(axis=1))
    found: NDArray[np.float64] = semitones[rows, best[rows]]
    return found


def _middle(semitones: NDArray[np.float64], strength: NDArray[np.float64], usual_st: float | None) -> float:
    """Where most of the pitches are, the clearer ones counting more: the densest stretch of eight semitones."""
    order = np.argsort(semitones)
    at, weight = semitones[order], np.cumsum(strength[order])
    ends = np.searchsorted(at, at + 8.0, side="right") - 1
    inside = weight[ends] - weight + strength[order]
    if usual_st is not None:
        inside = inside * np.exp(-0.5 * ((at + 4.0 - usual_st) / _OCTAVE_DOUBT_ST) ** 2)
    best = int(np.argmax(inside))
    return float(np.median(at[best : ends[best] + 1]))


def _speech(stretch: Stretch) -> NDArray[np.bool_]:
    if not len(stretch):
        return np.zeros(0, bool)
    loudest = float(np.percentile(stretch.level_db, 95))
    least = max(stretch.floor_db + _OVER_FLOOR_DB, loudest - _UNDER_PEAK_DB)
    return stretch.level_db > least


def _pauses(speech: NDArray[np.bool_]) -> float:
    """How many ms of a turn were pauses. Begins and ends with speech."""
    edges = np.flatnonzero(np.diff(speech.astype(np.int8)))
    gaps_ms = (edges[1::2] - edges[::2]) * float(BLOCK_MS)
    spoken = np.clip(STOP_MS * (PAUSE_MS - gaps_ms) / (PAUSE_MS - STOP_MS), 0.0, np.minimum(gaps_ms, STOP_MS))
    return float((gaps_ms - spoken).sum())


def _level(level_db: Samples, floor_db: float) -> float:
    loudest = np.sort(level_db)[-max(1, len(level_db) // 3) :].astype(np.float64)
    power = float(np.mean(10 ** (loudest / 10))) - 10 ** (floor_db / 10)
    return float(10 * np.log10(max(power, 1e-9)))


def _rate(text: str, level_db: Samples, speech_ms: float) -> float | None:
    """By the words, and a little by the peaks of loudness, which syllables make; without words by those alone."""
    if speech_ms < 3 * BLOCK_MS:
        return None
    by_peaks = float(np.log(max(1, syllable_peaks(level_db)) * _PEAK_EVERY_MS / speech_ms))
    if (ordinary_ms := expected_ms(text)) <= 0:
        return by_peaks
    return (1 - _SHARE_OF_PEAKS) * float(np.log(ordinary_ms / speech_ms)) + _SHARE_OF_PEAKS * by_peaks


def syllable_peaks(level_db: Samples) -> int:
    """How often loudness rises and falls by 2 dB."""
    if len(level_db) < 3:
        return 0
    smooth = np.convolve(level_db, _SMOOTHED, mode="same")
    count, lowest, highest, rising = 0, float(smooth[0]), float(smooth[0]), True
    for level in smooth.tolist():
        if rising:
            highest = max(highest, level)
            if level < highest - _PEAK_DB:
                count, rising, lowest = count + 1, False, level
        else:
            lowest = min(lowest, level)
            if level > lowest + _PEAK_DB:
                rising, highest = True, level
    return count
