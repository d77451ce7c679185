"""Trains the likeness from the examples: ``python -m agent.safety.training``. The same examples give the same weights.

Multinomial logistic regression by AdaGrad (Duchi et al. 2011), one example at a time in an order drawn from a seed,
in 64-bit floats, rounded to 8 bits. `--folds 5` prints what it finds in examples it was not trained on.
"""

from __future__ import annotations

import argparse
import json
import math
import random
import sys
from collections.abc import Sequence

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
LEAST = 2.4
"""Chosen on folds: see docs/safety.md. Higher finds less and errs less."""


def features(examples: Sequence[Example]) -> list[Buckets]:
    """Per example, where its features stand."""
    phrases = load_phrases()
    several = (words_of(example.text) for example in examples)
    return [buckets_of(words, phrases.found_in(words)) for words in several]


def train(examples: Sequence[Example], placed: Sequence[Buckets], *, digest: str = "", seed: int = 0) -> Likeness:
    """Weights for ``examples``, whose features are ``placed``."""
    weights = np.zeros((BUCKETS, len(CLASSES)))
    spent = np.full(BUCKETS, 0.01)
    order, draw = list(range(len(examples))), random.Random(seed)
    right = [CLASSES.index(example.kind) for example in examples]
    for _ in range(EPOCHS):
        draw.shuffle(order)
        for number in order:
            at = placed[number]
            length = math.sqrt(len(at))
            step = _softmax(weights[at].sum(axis=0) / length)
            step[right[number]] -= 1.0
            step /= length
            spent[at] += float((step * step).sum())
            weights[at] -= RATE * step[None, :] / np.sqrt(spent[at])[:, None]
    against = weights[:, :-1] - weights[:, -1:]
    scale = float(np.abs(against).max()) / 127
    return Likeness(np.rint(against / scale).astype(np.int8), scale, LEAST, digest)


def _softmax(scores: NDArray[np.float64]) -> NDArray[np.float64]:
    powers = [math.exp(score) for score in (scores - scores.max()).tolist()]
    return np.array(powers) / math.fsum(powers)


def trained() -> Likeness:
    """The likeness of all examples as they stand."""
    examples = load_examples()
    return train(examples, features(examples), digest=digest_of(load_phrases(), examples))


def cross(folds: int) -> list[tuple[Example, float]]:
    """Each example with the best score of a model that has not seen it."""
    examples = load_examples()
    placed = features(examples)
    fold = [random.Random(number).randrange(folds) for number in range(len(examples))]
    scored: list[tuple[Example, float]] = []
    for left_out in range(folds):
        kept = [number for number in range(len(examples)) if fold[number] != left_out]
        model = train([examples[number] for number in kept], [placed[number] for number in kept])
        scored += [
            (examples[number], float(model.scores(placed[number]).max()))
            for number in range(len(examples))
            if fold[number] == left_out
        ]
    return scored


def _print_folds(folds: int) -> None:
    scored = cross(folds)
    ordinary = [score for example, score in scored if example.kind == ORDINARY]
    danger = [score for example, score in scored if example.kind != ORDINARY]
    print("score   found   false alarms")
    for least in (1.0, 1.5, 2.0, 2.4, 2.8, 3.2, 3.6, 4.0, 4.5, 5.0):
        found = sum(score >= least for score in danger) / len(danger)
        wrong = sum(score >= least for score in ordinary) / len(ordinary)
        print(f"{least:5.1f} {found:7.1%} {wrong:14.2%}")


def main(arguments: Sequence[str]) -> int:
    """Write the weights, or print the folds."""
    parser = argparse.ArgumentParser(prog="python -m agent.safety.training")
    parser.add_argument("--folds", type=int, default=0, help="print how well unseen examples are found")
    folds = parser.parse_args(arguments).folds
    if folds:
        _print_folds(folds)
        return 0
    likeness = trained()
    path_of("likeness.bin").write_bytes(likeness.weights.tobytes())
    about = {"digest": likeness.digest, "least": likeness.least, "scale": likeness.scale}
    path_of("likeness.json").write_text(json.dumps(about, indent=1) + "\n", encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
