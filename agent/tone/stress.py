"""Which words were said with more weight than those around them.

Where a hearing provider does not tell when each word was said, the words are laid over the speech by how long each
usually takes: right to about a word, so only clear stress is reported.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from agent.tone.cues import VOICED
from agent.tone.expected import FUNCTION_WORDS, word_ms
from agent.tone.sound import BLOCK_MS, SPEECH_OVER_FLOOR_DB, Stretch
from calls.ports import WordTime
from spoken.tokens import words_of

FEWEST_WORDS, MOST_STRESSED = 4, 3
LOUDER_DB, HIGHER_ST = 5.0, 3.0
"""over the turn's other words; both, or half as much again of loudness alone"""
_MOST_WORDS = 60


def stressed_words(stretch: Stretch, text: str, times: Sequence[WordTime] = ()) -> tuple[str, ...]:
    """At most three words; none in a turn of fewer than four. ``times`` are in ms since answer."""
    spans = _by_times(stretch, times) if times else _by_length(stretch, text)
    if not FEWEST_WORDS <= len(spans) <= _MOST_WORDS:
        return ()
    weights = [(word, *_weight(stretch, begins, ends)) for word, begins, ends in spans]
    level, pitch = (np.array([weight[n] for weight in weights]) for n in (1, 2))
    over_db = level - np.median(level)
    over_st = pitch - np.nanmedian(pitch) if np.isfinite(pitch).any() else np.zeros(len(weights))
    clear = (over_db >= 1.5 * LOUDER_DB) | ((over_db >= LOUDER_DB) & (np.nan_to_num(over_st) >= HIGHER_ST))
    ranked = sorted(np.flatnonzero(clear).tolist(), key=lambda n: -over_db[n])
    kept = [n for n in ranked if weights[n][0] not in FUNCTION_WORDS][:MOST_STRESSED]
    return tuple(weights[n][0] for n in sorted(kept))


def _by_times(stretch: Stretch, times: Sequence[WordTime]) -> list[tuple[str, int, int]]:
    places = [np.searchsorted(stretch.at_ms, (word.start_ms, word.end_ms)) for word in times]
    return [
        (" ".join(words_of(word.word)) or word.word, int(begins), max(int(begins) + 1, int(ends)))
        for word, (begins, ends) in zip(times, places, strict=True)
        if begins < len(stretch)
    ]


def _by_length(stretch: Stretch, text: str) -> list[tuple[str, int, int]]:
    words = [word for word in words_of(text) if word[:1].isalnum()]
    talking = np.flatnonzero(stretch.level_db > stretch.floor_db + SPEECH_OVER_FLOOR_DB)
    if not words or len(talking) * BLOCK_MS < 80 * len(words):
        return []
    ends = np.cumsum([word_ms(word) for word in words])
    cuts = [0, *np.round(ends / ends[-1] * len(talking)).astype(int).tolist()]
    return [
        (word, int(talking[begins]), int(talking[ends - 1]) + 1)
        for word, (begins, ends) in zip(words, pairwise(cuts), strict=True)
        if ends > begins
    ]


def _weight(stretch: Stretch, begins: int, ends: int) -> tuple[float, float]:
    """How loud and how high a word is at its peak."""
    level: NDArray[np.float32] = stretch.level_db[begins:ends]
    voiced = stretch.strength[begins:ends, 0] >= VOICED
    hertz = stretch.hertz[begins:ends, 0][voiced]
    pitch = (
        float(12 * np.log2(np.partition(hertz, len(hertz) // 2)[len(hertz) // 2] / 55.0))
        if len(hertz)
        else float("nan")
    )
    peak = 4 * len(level) // 5
    return float(np.partition(level, peak)[peak]), pitch
