"""Likeness to examples: what catches phrasings that no phrase foresaw.

A linear model over words, pairs of words and the concepts found; trained by `agent.safety.training` on the examples in
`en/examples/`, the same from the same examples. Its weights stand in git, so what it says is reviewed with them.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import cast
from zlib import crc32

import numpy as np
import yaml
from numpy.typing import NDArray

from agent.safety.grammar import words_of
from agent.safety.phrases import FOLDER, KINDS, Phrases
from calls.danger import DangerKind
from calls.errors import ConfigurationError

BUCKETS = 1 << 14
ORDINARY = "ordinary"

Buckets = NDArray[np.int64]
Weights = NDArray[np.int8]


@dataclass(frozen=True, slots=True)
class Example:
    """Something people say, and what it means."""

    id: str
    """kind and number in its file"""
    kind: str
    """a DangerKind, or ORDINARY"""
    text: str


@dataclass(frozen=True, slots=True)
class Likeness:
    """Weights (BUCKETS, kinds): how much more a feature speaks for a kind than for ordinary talk."""

    weights: Weights
    scale: float
    """of one step of a weight"""
    least: float
    """score from which likeness alone counts as danger"""
    against: float
    """best score below which a rule that struck does not count"""
    digest: str
    """of the phrases and the examples it was trained on"""

    def scores(self, buckets: Buckets) -> NDArray[np.float64]:
        """One score a kind, in the order of KINDS."""
        total = self.weights[buckets].sum(axis=0, dtype=np.int64)
        return cast(NDArray[np.float64], total * (self.scale / np.sqrt(len(buckets))))


def buckets_of(words: Sequence[str], found: Iterable[str]) -> Buckets:
    """Where the features of a text stand: each word, each pair of neighbours, each concept found."""
    framed = ("<", *words, ">")
    features = {*framed, *(f"{one} {two}" for one, two in pairwise(framed))}
    features.update(f"#{concept}" for concept in found)
    return np.array(sorted({crc32(feature.encode()) % BUCKETS for feature in features}), dtype=np.int64)


@cache
def load_examples(language: str = "en") -> tuple[Example, ...]:
    """All examples of a language. Raises ConfigurationError naming the file that cannot be read."""
    examples: list[Example] = []
    for kind in (*KINDS, ORDINARY):
        path = FOLDER / language / "examples" / f"{kind}.yaml"
        try:
            texts = [str(text) for text in yaml.safe_load(path.read_text(encoding="utf-8"))]
        except (OSError, yaml.YAMLError, TypeError) as why:
            raise ConfigurationError(f"{path.name}: cannot be read ({why}); restore the file") from why
        examples.extend(Example(f"{kind}-{number}", kind, text) for number, text in enumerate(texts, 1))
    return tuple(examples)


def digest_of(phrases: Phrases, examples: Sequence[Example]) -> str:
    """Changes with anything the weights depend on."""
    texts = "".join(f"{one.id}\0{one.text}\0" for one in examples)
    return hashlib.sha256((phrases.digest + texts).encode()).hexdigest()


def digest_of_examples(examples: Sequence[Example]) -> str:
    """Changes with every example."""
    return hashlib.sha256("".join(f"{one.id}\0{one.text}\0" for one in examples).encode()).hexdigest()


@cache
def load_likeness(language: str = "en") -> Likeness:
    """The trained weights. Raises ConfigurationError when they are missing or of another size."""
    folder = FOLDER / language
    try:
        about = json.loads((folder / "likeness.json").read_text(encoding="utf-8"))
        weights = np.frombuffer((folder / "likeness.bin").read_bytes(), dtype=np.int8).reshape(BUCKETS, len(KINDS))
    except (OSError, ValueError) as why:
        raise ConfigurationError(
            f"likeness of {language}: cannot be read ({why}); run `python -m agent.safety.training`"
        ) from why
    return Likeness(
        weights, float(about["scale"]), float(about["least"]), float(about["against"]), str(about["digest"])
    )


@cache
def _words_of_examples() -> Mapping[str, tuple[tuple[str, frozenset[str]], ...]]:
    grouped: dict[str, list[tuple[str, frozenset[str]]]] = {}
    for one in load_examples():
        grouped.setdefault(one.kind, []).append((one.id, frozenset(words_of(one.text))))
    return {kind: tuple(several) for kind, several in grouped.items()}


def nearest(words: Sequence[str], kind: DangerKind) -> str:
    """The id of the example of ``kind`` that shares most words with these, for the record."""
    said = frozenset(words)
    return max(_words_of_examples()[kind], key=lambda one: len(said & one[1]) / (len(said | one[1]) or 1))[0]


def path_of(name: str, language: str = "en") -> Path:
    """Where a file of the model stands."""
    return FOLDER / language / name
