"""Trains the likeness from the examples: ``python -m agent.safety.training``. The same examples give the same weights.

Multinomial logistic regression by AdaGrad (Duchi et al. 2011), one example at a time in an order drawn from a seed,
in 64-bit floats, rounded to 8 bits."""

from __future__ import annotations

import argparse
import json
import math
import random
import sys
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from agent.safety.grammar import words_of
from agent.safety.likeness import (
    BUCKETS,
    ORDINARY,
    Buckets,
    Example,
    Likeness,
    buckets_of,
    digest_of,
    load_examples,
    path_of,
)
from agent.safety.phrases import KINDS, load_phrases

CLASSES = (*KINDS, ORDINARY)
EPOCHS = 20
RATE = 0.5
LEAST = 1.3
"""score from which likeness alone is danger; chosen on what it was not trained on, see docs/safety.md"""
AGAINST = -0.5
"""score below which a rule does not count: the rest of the words speaks too strongly for ordinary talk"""


@dataclass(frozen=True, slots=True)
class Lesson:
    """An example as it is learnt from: whole, and twice with half of its concepts dropped.

    The phrases were written with these examples in view, so in the examples concepts are surer than in fresh talk;
    dropping some makes the words carry weight of their own.
    """

    kind: str
    buckets: Buckets


def lessons(examples: Sequence[Example]) -> list[Lesson]:
    """What the weights are learnt from, the same from the same examples."""
    phrases = load_phrases()
    learnt: list[Lesson] = []
    for example in examples:
        words = words_of(example.text)
        found = sorted(phrases.found_in(words))
        learnt.append(Lesson(example.kind, buckets_of(words, found)))
        draw = random.Random(example.text)
        for _ in range(2):
            learnt.append(Lesson(example.kind, buckets_of(words, [one for one in found if draw.random() < 0.5])))
    return learnt


def train(learnt: Sequence[Lesson], *, digest: str = "", seed: int = 0) -> Likeness:
    """Weights for these lessons."""
    weights = np.zeros((BUCKETS, len(CLASSES)))
    spent = np.full(BUCKETS, 0.01)
    order, draw = list(range(len(learnt))), random.Random(seed)
    right = [CLASSES.index(lesson.kind) for lesson in learnt]
    for _ in range(EPOCHS):
        draw.shuffle(order)
        for number in order:
            at = learnt[number].buckets
            length = math.sqrt(len(at))
            rows, sums = weights.take(at, axis=0), spent.take(at)
            step = _softmax((np.add.reduce(rows) / length).tolist())
            step[right[number]] -= 1.0
            step /= length
            sums += np.add.reduce(step * step)
            rows -= RATE * step / np.sqrt(sums)[:, None]
            weights[at], spent[at] = rows, sums
    against = weights[:, :-1] - weights[:, -1:]
    scale = float(np.abs(against).max()) / 127
    return Likeness(np.rint(against / scale).astype(np.int8), scale, LEAST, AGAINST, digest)


def _softmax(scores: Sequence[float]) -> NDArray[np.float64]:
    highest = max(scores)
    powers = [math.exp(score - highest) for score in scores]
    return np.array(powers) / math.fsum(powers)


def trained() -> Likeness:
    """The likeness of all examples as they stand."""
    examples = load_examples()
    return train(lessons(examples), digest=digest_of(load_phrases(), examples))


def main(arguments: Sequence[str]) -> int:
    """Write the weights."""
    parser = argparse.ArgumentParser(prog="python -m agent.safety.training")
    parser.parse_args(arguments)
    likeness = trained()
    path_of("likeness.bin").write_bytes(likeness.weights.tobytes())
    about = {"digest": likeness.digest, "least": likeness.least, "against": likeness.against, "scale": likeness.scale}
    path_of("likeness.json").write_text(json.dumps(about, indent=1) + "\n", encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
