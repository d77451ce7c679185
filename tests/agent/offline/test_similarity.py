"""Sentence embeddings."""

from __future__ import annotations

import json
import struct

import numpy as np
import pytest

from agent.models import ModelError
from agent.offline.similarity import read_safetensors


def test_safetensors_are_read_and_damage_is_told(tmp_path):
    header = json.dumps({"a": {"dtype": "F32", "shape": [2, 2], "data_offsets": [0, 16]}}).encode()
    header += b" " * (-len(header) % 8)
    path = tmp_path / "x.safetensors"
    path.write_bytes(struct.pack("<Q", len(header)) + header + np.arange(4, dtype="<f4").tobytes())
    assert read_safetensors(path)["a"].tolist() == [[0, 1], [2, 3]]
    path.write_bytes(b"\x05\x00\x00\x00\x00\x00\x00\x00nonsense")
    with pytest.raises(ModelError, match=r"x\.safetensors is not a safetensors file"):
        read_safetensors(path)


@pytest.mark.models
def test_published_likeness_is_reproduced(embedder):
    """The model card's pairs: near ones 0.7553 by the upstream implementation."""
    found = embedder.embed(
        ["A man is eating food.", "A man is eating a piece of bread.", "The girl is carrying a baby."]
    )
    assert np.linalg.norm(found, axis=1) == pytest.approx([1, 1, 1], abs=1e-5)
    assert float(found[0] @ found[1]) == pytest.approx(0.7553, abs=0.001)
    assert float(found[0] @ found[2]) == pytest.approx(-0.1050, abs=0.001)


@pytest.mark.models
def test_padding_does_not_change_a_sentence(embedder):
    alone = embedder.embed(["book a table"])[0]
    beside = embedder.embed(["book a table", "a much longer sentence which makes the other one be padded " * 3])[0]
    assert np.abs(alone - beside).max() < 1e-4
    assert embedder.embed([]).shape == (0, 384)
    assert embedder.embed(["word " * 1000]).shape == (1, 384)
