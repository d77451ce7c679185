"""From a sentence to how probable each wish is: a linear head over its embedding and its words.

Multinomial logistic regression, learnt by ``agent.understanding.training`` from ``examples/``; the weights stand in
``head.bin`` (8 bits each) with ``head.json`` beside it. No BLAS in here: a product this small, done on several
threads, would hold up the event loop longer than it takes.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from pathlib import Path
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from calls.errors import ConfigurationError

Floats = NDArray[np.float32]

WIDTH = 384
"""numbers of a sentence's embedding"""
BUCKETS = 2048
"""of hashed words and pairs of neighbours"""
MEANING, WORDS = 3.0, 1.5
"""how much the embedding and the words weigh: the length of either part"""
_FOLDER = Path(__file__).parent
_MARKS = re.compile(r"[^\w' ]")


def said(text: str) -> str:
    """As recognizers write it, whoever wrote it: lower case, no marks but apostrophes."""
    return " ".join(_MARKS.sub(" ", text.lower()).split())


def buckets_of(text: str) -> tuple[int, ...]:
    """Where the words of a text and its pairs of neighbours stand, ascending; empty without words."""
    words = said(text).replace("'", "").split()
    if not words:
        return ()
    pairs = (f"{one} {two}" for one, two in pairwise(("<", *words, ">")))
    return tuple(sorted({crc32(feature.encode()) % BUCKETS for feature in (*words, *pairs)}))


@dataclass(frozen=True, slots=True)
class Head:
    """Weights of WIDTH + BUCKETS features for each label."""

    labels: tuple[str, ...]
    meaning: Floats
    """(WIDTH, labels)"""
    words: Floats
    """(BUCKETS, labels)"""
    bias: Floats
    """(labels,)"""
    temperature: float
    """by which scores are divided, so that of what is called 80 % probable 80 % is right"""
    slope: float
    """likeness to a sentence of a label nothing was learnt of -> probability: steepness, and where it is a half"""
    middle: float
    digest: str
    """of the examples"""

    def weigh(self, embedding: Floats, text: str) -> dict[str, float]:
        """Each label's probability (together 1) for a text and its embedding of length 1."""
        scores = np.einsum("i,ij->j", embedding * np.float32(MEANING), self.meaning) + self.bias
        buckets = buckets_of(text)
        if buckets:
            scores = scores + self.words[list(buckets)].sum(axis=0) * np.float32(WORDS / np.sqrt(len(buckets)))
        scores = scores / np.float32(self.temperature)
        raised = np.exp(scores - scores.max())
        return dict(zip(self.labels, (raised / raised.sum()).tolist(), strict=True))

    def probable(self, likeness: float) -> float:
        """The probability (0 to 1) that a likeness (-1 to 1) to a label's nearest sentence means that label."""
        return float(1.0 / (1.0 + np.exp(-self.slope * (likeness - self.middle))))

    def store(self, folder: Path = _FOLDER) -> None:
        """Write both files."""
        parts = [(_scale(part), part) for part in (self.meaning, self.words)]
        rows = np.concatenate([np.rint(part / scale).astype(np.int8) for scale, part in parts])
        (folder / "head.bin").write_bytes(rows.tobytes())
        about = {
            "digest": self.digest,
            "temperature": round(self.temperature, 3),
            "slope": round(self.slope, 3),
            "middle": round(self.middle, 4),
            "labels": list(self.labels),
            "bias": [round(float(value), 5) for value in self.bias],
            "scales": [[round(float(value), 9) for value in scale] for scale, _ in parts],
        }
        (folder / "head.json").write_text(json.dumps(about, indent=1) + "\n", "utf-8")


def _scale(part: Floats) -> Floats:
    return np.asarray(np.maximum(np.abs(part).max(axis=0), 1e-6) / 127.0, dtype=np.float32)


@cache
def load_head(folder: Path = _FOLDER) -> Head:
    """The trained one. Raises ConfigurationError when its files cannot be used."""
    try:
        about = json.loads((folder / "head.json").read_text("utf-8"))
        rows = np.frombuffer((folder / "head.bin").read_bytes(), dtype=np.int8).astype(np.float32)
        return _head(about, rows.reshape(WIDTH + BUCKETS, len(about["labels"])))
    except (OSError, ValueError, KeyError, TypeError) as why:
        raise ConfigurationError(
            f"head.json or head.bin: cannot be used ({why}); run `python -m agent.understanding.training`"
        ) from why


def _head(about: Mapping[str, object], rows: Floats) -> Head:
    scales, bias, labels = about["scales"], about["bias"], about["labels"]
    if not isinstance(scales, Sequence) or not isinstance(labels, Sequence):
        raise TypeError("labels and scales are lists")
    meaning, words = (np.array(scale, dtype=np.float32) for scale in scales)
    return Head(
        tuple(str(label) for label in labels),
        rows[:WIDTH] * meaning,
        rows[WIDTH:] * words,
        np.array(bias, dtype=np.float32),
        float(str(about["temperature"])),
        float(str(about["slope"])),
        float(str(about["middle"])),
        str(about["digest"]),
    )
