"""The adapted layers: gradients as differences say, a file that comes back, and learning that learns."""

from __future__ import annotations

import numpy as np
import pytest

from agent.offline.similarity import SentenceEmbedder
from agent.safety import backprop, tuning
from agent.safety.likeness import Example, digest_of_examples, load_examples
from agent.safety.meaning import CLASSES, Adapter, MeaningScorer, load_adapter, shapes

pytestmark = pytest.mark.models
STEP = 1e-5


@pytest.fixture(scope="module")
def embedder() -> SentenceEmbedder:
    return SentenceEmbedder.load()


def test_gradients_are_what_small_steps_show(embedder: SentenceEmbedder) -> None:
    draw = np.random.default_rng(3)
    base = {name: weight.astype(np.float64) for name, weight in embedder.weights.items() if "layer." in name}
    arrays = {name: draw.standard_normal(shape) * 0.05 for name, shape in shapes().items()}
    states, mask = draw.standard_normal((2, 5, 384)), np.array([[1.0] * 5, [1.0] * 3 + [0.0] * 2])
    targets = draw.dirichlet(np.ones(CLASSES), 2)
    model = backprop.Tuned(base, arrays)
    backprop.loss_and_gradients(model, states, mask, targets, backprop.keep_all)
    for name, shape in shapes().items():
        at = tuple(int(draw.integers(size)) for size in shape)
        losses = []
        for moved in (STEP, -STEP):
            shifted = {**arrays, name: arrays[name].copy()}
            shifted[name][at] += moved
            other = backprop.Tuned(base, shifted)
            losses.append(backprop.loss_and_gradients(other, states, mask, targets, backprop.keep_all))
        assert model.gradients[name][at] == pytest.approx((losses[0] - losses[1]) / (2 * STEP), 1e-3, 1e-7), name


def test_a_few_examples_are_learnt_and_their_neighbours_with_them(embedder: SentenceEmbedder) -> None:
    danger = ["he is not breathing", "she stopped breathing", "the house is on fire", "my kitchen is burning"]
    ordinary = ["tuesday at nine please", "can i book a cleaning", "the blue one please", "my order is late"]
    told = [("emergency", text) for text in danger] + [("ordinary", text) for text in ordinary]
    adapter = tuning.tune(tuning.lessons(told * 40, embedder), embedder.weights, epochs=8)
    scores = MeaningScorer(embedder, adapter).scores(["there is a fire in here", "wednesday at ten"])[:, 0]
    assert scores[0] > 0 > scores[1]


def test_the_file_holds_the_numbers_and_no_other_size_is_taken() -> None:
    adapter = load_adapter()
    again = Adapter.from_bytes(adapter.to_bytes(), adapter.digest)
    assert all(np.array_equal(adapter.arrays[name], again.arrays[name]) for name in shapes())
    with pytest.raises(ValueError, match="numbers, not"):
        Adapter.from_bytes(adapter.to_bytes()[:-2], "")


def test_the_adapter_is_of_the_examples_as_they_stand() -> None:
    assert load_adapter().digest == digest_of_examples(load_examples()), "run `python -m agent.safety.tuning`"


def test_some_examples_are_learnt_within_ordinary_talk() -> None:
    examples = [Example(f"{kind}-{n}", kind, f"{kind} {n}") for kind in ("fraud", "ordinary") for n in range(200)]
    told = tuning.joined(examples)
    assert told == tuning.joined(examples)
    added = told[len(examples) :]
    assert 0.15 < len(added) / len(examples) < 0.25
    assert all("ordinary" in text for _, text in added)
