"""The linear head: what it weighs, how it is stored, and that learning it leaves nothing to chance."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from agent.understanding.examples import OTHER, Example
from agent.understanding.head import BUCKETS, WIDTH, Floats, buckets_of, load_head, said
from agent.understanding.training import embed_each, main, train
from calls.errors import ConfigurationError

MEANT = {
    "AskHuman": ["a person please", "get me a person", "is a person there", "person", "the person", "one person now"],
    "Wait": ["wait", "wait a bit", "please wait", "can you wait", "wait there", "wait for me"],
    OTHER: ["it rains", "my dog barks", "on tuesday", "nice shoes", "two of us", "the red one"],
}
EXAMPLES = [Example(label, f"{text}{tail}") for label, texts in MEANT.items() for text in texts for tail in
            ("", " now", " then", " sir")]  # fmt: skip


def by_words(sentences: Sequence[str]) -> Floats:
    """In place of a model: a direction for each word."""
    found = np.zeros((len(sentences), WIDTH), dtype=np.float32)
    for row, sentence in enumerate(sentences):
        for bucket in buckets_of(sentence):
            found[row, bucket % WIDTH] += 1.0
    return found / np.maximum(np.linalg.norm(found, axis=1, keepdims=True), 1e-9)


def test_a_head_is_learnt_and_tells_its_labels_apart() -> None:
    head = train(EXAMPLES, by_words)
    for text, label in (("a person", "AskHuman"), ("wait please", "Wait"), ("the dog", OTHER)):
        weights = head.weigh(by_words([text])[0], text)
        assert sum(weights.values()) == pytest.approx(1.0, abs=1e-5)
        assert max(weights, key=lambda name: weights[name]) == label


def test_learning_it_twice_gives_the_same(tmp_path: Path) -> None:
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        train(EXAMPLES, by_words).store(tmp_path / name)
    for file in ("head.bin", "head.json"):
        assert (tmp_path / "one" / file).read_bytes() == (tmp_path / "two" / file).read_bytes()


def test_it_comes_back_from_its_files_as_it_was_but_for_rounding(tmp_path: Path) -> None:
    head = train(EXAMPLES, by_words)
    head.store(tmp_path)
    again = load_head(tmp_path)
    assert (again.labels, again.digest) == (head.labels, head.digest)
    for text in ("a person", "wait", "nice dog"):
        before, after = (h.weigh(by_words([text])[0], text) for h in (head, again))
        assert after == pytest.approx(before, abs=0.02)


@pytest.mark.parametrize("damage", ["missing", "short", "no json", "label missing"])
def test_a_damaged_file_is_refused_with_the_remedy(damage: str, tmp_path: Path) -> None:
    train(EXAMPLES, by_words).store(tmp_path)
    about, weights = tmp_path / "head.json", tmp_path / "head.bin"
    if damage == "missing":
        weights.unlink()
    elif damage == "short":
        weights.write_bytes(weights.read_bytes()[:-7])
    elif damage == "no json":
        about.write_text("{")
    else:
        about.write_text(about.read_text().replace('"AskHuman",', ""))
    with pytest.raises(ConfigurationError, match=r"run `python -m agent\.understanding\.training`"):
        load_head(tmp_path)


def test_words_are_heard_the_same_however_they_are_written() -> None:
    assert said("  I'd like, PLEASE: a visit!") == "i'd like please a visit"
    assert buckets_of("Don't wait!") == buckets_of("dont wait") != buckets_of("wait dont")
    assert buckets_of(" ?! ") == ()
    assert all(0 <= bucket < BUCKETS for bucket in buckets_of("any words at all"))


def test_no_words_and_any_embedding_give_probabilities() -> None:
    weights = load_head().weigh(np.zeros(WIDTH, dtype=np.float32), "")
    assert sum(weights.values()) == pytest.approx(1.0, abs=1e-4)
    assert all(0.0 <= weight <= 1.0 for weight in weights.values())


def test_likeness_to_a_strangers_sentence_grows_with_it() -> None:
    probable = [load_head().probable(likeness) for likeness in (-1.0, 0.0, 0.3, 0.6, 1.0)]
    assert probable == sorted(probable)
    assert 0.0 <= probable[0] < 0.1 and probable[-1] > 0.9


def test_each_sentence_keeps_its_place() -> None:
    sentences = [f"{'word ' * (number % 7)}{number}" for number in range(150)]
    assert np.array_equal(embed_each(by_words, sentences), by_words(sentences))


def test_the_check_says_whether_the_weights_are_fresh(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--check"]) == 0
    assert capsys.readouterr().out == "up to date\n"
