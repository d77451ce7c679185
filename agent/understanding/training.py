"""Trains the head from the examples: ``python -m agent.understanding.training``.

Multinomial logistic regression with L2, by accelerated gradient descent (Nesterov 1983) over all examples at once:
no chance in it, so the same examples give the same weights (up to the last bits of another machine's arithmetic).
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from agent.understanding.examples import OTHER, Example, digest_of, labels_of, load_examples
from agent.understanding.head import BUCKETS, MEANING, WIDTH, WORDS, Floats, Head, buckets_of, said

DECAY = 0.3
"""L2 penalty of every weight, chosen by cross-validation"""
ROUNDS = 100
FOLDS = 5
_SAYS = 6
"""sentences by which a script's writer says what it is for"""
Embed = Callable[[Sequence[str]], Floats]


@dataclass(frozen=True, slots=True)
class Lessons:
    """Examples as numbers."""

    features: Floats
    """(examples, WIDTH + BUCKETS + 1)"""
    answers: Floats
    """(examples, labels), one 1 a row"""
    labels: tuple[str, ...]

    def some(self, chosen: Sequence[bool]) -> Lessons:
        """Those for which ``chosen`` is true."""
        rows = np.asarray(chosen)
        return replace(self, features=self.features[rows], answers=self.answers[rows])


def lessons_of(examples: Sequence[Example], embed: Embed, labels: tuple[str, ...]) -> Lessons:
    """Raises ValueError for an example of a label that is not among ``labels``."""
    features = np.zeros((len(examples), WIDTH + BUCKETS + 1), dtype=np.float32)
    features[:, -1] = 1.0
    features[:, :WIDTH] = embed([said(example.text) for example in examples]) * np.float32(MEANING)
    answers = np.zeros((len(examples), len(labels)), dtype=np.float32)
    for row, example in enumerate(examples):
        buckets = buckets_of(example.text)
        features[row, [WIDTH + bucket for bucket in buckets]] = WORDS / max(1.0, len(buckets)) ** 0.5
        answers[row, labels.index(example.label)] = 1.0
    return Lessons(features, answers, labels)


def learn(lessons: Lessons) -> Floats:
    """Weights (features, labels) with the least log loss and penalty."""
    x, y = lessons.features, lessons.answers
    step = np.float32(1.0 / (0.5 * _largest(x) + DECAY))
    penalty = np.full((x.shape[1], 1), DECAY, dtype=np.float32)
    penalty[-1] = DECAY / 100
    weights = np.zeros((x.shape[1], y.shape[1]), dtype=np.float32)
    ahead, pace = weights, 1.0
    for _ in range(ROUNDS):
        slope = x.T @ (_probabilities(x @ ahead) - y) + penalty * ahead
        moved = ahead - step * slope
        faster = (1.0 + (1.0 + 4.0 * pace * pace) ** 0.5) / 2.0
        ahead = moved + np.float32((pace - 1.0) / faster) * (moved - weights)
        weights, pace = moved, faster
    return np.asarray(weights, dtype=np.float32)


def train(examples: Sequence[Example], embed: Embed) -> Head:
    """A head learnt from all examples, its probabilities set right on examples that were left out."""
    labels = labels_of(examples)
    lessons = lessons_of(examples, embed, labels)
    scores = np.zeros_like(lessons.answers)
    for fold in range(FOLDS):
        left_out = [number % FOLDS == fold for number in range(len(examples))]
        weights = learn(lessons.some([not out for out in left_out]))
        scores[left_out] = lessons.features[left_out] @ weights
    slope, middle = _of_strangers(lessons)
    return replace(
        head_of(learn(lessons), labels, _temperature(scores, lessons.answers)),
        slope=slope, middle=middle, digest=digest_of(examples),
    )  # fmt: skip


def head_of(weights: Floats, labels: tuple[str, ...], temperature: float) -> Head:
    """A head with these weights."""
    return Head(labels, weights[:WIDTH], weights[WIDTH:-1], weights[-1], temperature, 1.0, 0.0, "")


def _temperature(scores: Floats, answers: Floats) -> float:
    """With which the answers are most probable (Guo et al. 2017)."""

    def loss(temperature: float) -> float:
        right = (_probabilities(scores / np.float32(temperature)) * answers).sum(axis=1)
        return float(-np.log(np.maximum(right, 1e-9)).mean())

    return min((round(0.4 + 0.05 * number, 2) for number in range(40)), key=loss)


def _of_strangers(lessons: Lessons) -> tuple[float, float]:
    """What a likeness to a few sentences is worth, for labels nothing was learnt of: slope and middle.

    Each label in turn is taken for a stranger who gave his first sentences; the rest, and what means nothing, is
    compared with them.
    """
    meaning = lessons.features[:, :WIDTH] / np.float32(MEANING)
    given = lessons.answers.argmax(axis=1)
    other = given == lessons.labels.index(OTHER)
    likeness, meant = [], []
    for number in range(len(lessons.labels)):
        own = np.flatnonzero(given == number)
        if lessons.labels[number] == OTHER or len(own) <= 2 * _SAYS:
            continue
        says, rest = meaning[own[:_SAYS]], np.concatenate([meaning[own[_SAYS:]], meaning[other]])
        likeness.append((rest @ says.T).max(axis=1))
        meant.append(np.arange(len(rest)) < len(own) - _SAYS)
    return _logistic(np.concatenate(likeness), np.concatenate(meant))


def _logistic(likeness: Floats, meant: np.typing.NDArray[np.bool_]) -> tuple[float, float]:
    """Slope and middle of a logistic curve, by Newton's method; both outcomes count the same in all."""
    weight = np.where(meant, 0.5 / meant.sum(), 0.5 / (~meant).sum())
    x = np.stack([likeness.astype(np.float64), np.ones(len(likeness))], axis=1)
    w = np.zeros(2)
    for _ in range(25):
        p = 1.0 / (1.0 + np.exp(-(x @ w)))
        curve = (x * (weight * p * (1.0 - p))[:, None]).T @ x + 1e-9 * np.eye(2)
        w -= np.linalg.solve(curve, x.T @ (weight * (p - meant)))
    return float(w[0]), float(-w[1] / w[0])


def _probabilities(scores: Floats) -> Floats:
    raised = np.exp(scores - scores.max(axis=1, keepdims=True))
    return np.asarray(raised / raised.sum(axis=1, keepdims=True), dtype=np.float32)


def _largest(x: Floats) -> float:
    """The largest eigenvalue of x'x, by power iteration, and a little more."""
    v = np.ones(x.shape[1], dtype=np.float32)
    size = 1.0
    for _ in range(20):
        v = x.T @ (x @ v)
        size = float(np.linalg.norm(v))
        v = v / np.float32(size)
    return size * 1.05


def embed_each(embed: Embed, sentences: Sequence[str]) -> Floats:
    """(n, WIDTH) in the order given, sentences of one length together, so that little is computed for padding."""
    order = sorted(range(len(sentences)), key=lambda number: len(sentences[number].split()))
    found = np.zeros((len(sentences), WIDTH), dtype=np.float32)
    for start in range(0, len(order), 64):
        some = order[start : start + 64]
        found[some] = embed([sentences[number] for number in some])
    return found


def main(arguments: Sequence[str]) -> int:
    """Train and store. Exit code 0; 1 with ``--check`` when the examples are not those it was trained on."""
    from agent.offline.similarity import SentenceEmbedder
    from agent.understanding.head import load_head

    parser = argparse.ArgumentParser(prog="python -m agent.understanding.training", description=__doc__)
    parser.add_argument("--check", action="store_true", help="only say whether the weights are of these examples")
    examples = load_examples()
    if parser.parse_args(arguments).check:
        fresh = load_head().digest == digest_of(examples)
        print("up to date" if fresh else "examples changed: run `python -m agent.understanding.training`")
        return 0 if fresh else 1
    embedder = SentenceEmbedder.load()
    head = train(examples, lambda sentences: embed_each(embedder.embed, sentences))
    head.store()
    print(f"{len(examples)} examples of {len(head.labels)} labels; temperature {head.temperature:.2f}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
