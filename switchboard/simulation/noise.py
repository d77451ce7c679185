"""What happens to words between a caller's head and a recognizer's text: fillers, drops, homophones, slips."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Part:
    """A stretch of what is said; `value` marks the words that carry a value."""

    text: str
    value: bool = False


Utterance = tuple[Part, ...]


@dataclass(frozen=True, slots=True)
class Noise:
    """Chances per word, 0 to 1."""

    fill: float = 0.0
    """a filler is put before it"""
    drop: float = 0.0
    """a small word goes missing; words of values never do"""
    homophone: float = 0.0
    """a word that sounds the same is written, in values as well ("for" for four)"""
    slip: float = 0.0
    """a word that sounds alike is written, outside values"""
    value_slip: float = 0.0
    """the same inside values: the caller then hears something wrong read back"""


@dataclass(frozen=True, slots=True)
class NoiseWords:
    """Which words noise puts in, takes away or mistakes."""

    fillers: Sequence[str]
    droppable: frozenset[str]
    homophones: Mapping[str, Sequence[str]]
    slips: Mapping[str, Sequence[str]]


def said(utterance: Utterance) -> str:
    """The words as they were spoken."""
    return " ".join(" ".join(part.text for part in utterance).split())


def heard(utterance: Utterance, noise: Noise, words: NoiseWords, rng: random.Random) -> str:
    """The words as a recognizer writes them. Never empty when something was said; same seed, same text."""
    out: list[str] = []
    for part in utterance:
        for word in part.text.split():
            out.extend(_through(word, part.value, noise, words, rng))
    return " ".join(out) or said(utterance)


def _through(word: str, value: bool, noise: Noise, words: NoiseWords, rng: random.Random) -> list[str]:
    # each chance is drawn whether or not it applies, so that one rate does not shift the dice of the others
    fill, drop, homophone, slip = (rng.random() for _ in range(4))
    pick = rng.random()
    if not value and drop < noise.drop and word in words.droppable:
        return []
    before = [_picked(words.fillers, pick)] if words.fillers and fill < noise.fill else []
    if slip < (noise.value_slip if value else noise.slip) and word in words.slips:
        return [*before, _picked(words.slips[word], pick)]
    if homophone < noise.homophone and word in words.homophones:
        return [*before, _picked(words.homophones[word], pick)]
    return [*before, word]


def _picked(choices: Sequence[str], pick: float) -> str:
    return choices[int(pick * len(choices))]
