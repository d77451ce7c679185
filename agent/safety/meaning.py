"""Danger by meaning: MiniLM with its last layers adapted to telling danger from ordinary talk.

The sentence embedder of the house (`agent.offline.similarity`) stays as it is up to its last two layers; to each of
their matrices a product of two thin ones is added (LoRA, Hu et al. 2021), and a linear head reads off one score a
kind. Trained by `agent.safety.tuning` from the examples in `en/examples/`; the thin matrices stand in git as data.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

import numpy as np
from numpy.typing import NDArray

from agent.safety.phrases import FOLDER, KINDS
from calls.errors import ConfigurationError

if TYPE_CHECKING:
    from agent.offline.similarity import SentenceEmbedder

Floats = NDArray[np.float32]

WIDTH, INNER = 384, 1536
FIRST_LAYER, LAYERS = 4, 6
"""layers FIRST_LAYER to LAYERS - 1 are adapted"""
RANK = 8
GAIN = 2.0
"""of what the thin matrices add"""
MATRICES: Mapping[str, tuple[int, int]] = {
    "attention.self.query": (WIDTH, WIDTH),
    "attention.self.value": (WIDTH, WIDTH),
    "attention.output.dense": (WIDTH, WIDTH),
    "intermediate.dense": (INNER, WIDTH),
    "output.dense": (WIDTH, INNER),
}
"""(out, in) of each matrix that is adapted"""
CLASSES = len(KINDS) + 1


def shapes() -> dict[str, tuple[int, ...]]:
    """Every array of an adapter, in the order of the file."""
    shaped: dict[str, tuple[int, ...]] = {}
    for layer in range(FIRST_LAYER, LAYERS):
        for name, (rows, columns) in MATRICES.items():
            shaped[f"{layer}.{name}.down"] = (RANK, columns)
            shaped[f"{layer}.{name}.up"] = (rows, RANK)
    return shaped | {"head": (WIDTH, CLASSES), "bias": (CLASSES,)}


@dataclass(frozen=True, slots=True)
class Adapter:
    """What is added to MiniLM, and the digest of the examples it was learnt from."""

    arrays: Mapping[str, Floats]
    digest: str

    def to_bytes(self) -> bytes:
        """Little-endian 16-bit floats."""
        return b"".join(self.arrays[name].astype("<f2").tobytes() for name in shapes())

    @classmethod
    def from_bytes(cls, raw: bytes, digest: str) -> Adapter:
        """Raises ValueError when the size is another."""
        values = np.frombuffer(raw, dtype="<f2").astype(np.float32)
        wanted = sum(int(np.prod(shape)) for shape in shapes().values())
        if len(values) != wanted:
            raise ValueError(f"{len(values)} numbers, not {wanted}")
        arrays: dict[str, Floats] = {}
        at = 0
        for name, shape in shapes().items():
            size = int(np.prod(shape))
            arrays[name] = values[at : at + size].reshape(shape)
            at += size
        return cls(arrays, digest)


def load_adapter(language: str = "en") -> Adapter:
    """The one in git. Raises ConfigurationError when it is missing or of another size."""
    folder = FOLDER / language
    try:
        about = json.loads((folder / "meaning.json").read_text(encoding="utf-8"))
        return Adapter.from_bytes((folder / "meaning.bin").read_bytes(), str(about["digest"]))
    except (OSError, ValueError, KeyError) as why:
        raise ConfigurationError(
            f"meaning of {language}: cannot be read ({why}); run `python -m agent.safety.tuning`"
        ) from why


class MeaningScorer:
    """Scores texts. Holds no state, so safe to use from several threads; about 6 ms a turn on one core."""

    def __init__(self, embedder: SentenceEmbedder, adapter: Adapter) -> None:
        self._embedder = embedder.with_weights(_merged(embedder.weights, adapter.arrays))
        self._head, self._bias = adapter.arrays["head"], adapter.arrays["bias"]

    def scores(self, texts: Sequence[str]) -> NDArray[np.float64]:
        """(n, kinds): how much more each text means danger of each of KINDS than ordinary talk; natural logarithms."""
        if not texts:
            return np.zeros((0, len(KINDS)))
        scores = self._embedder.pool(texts) @ self._head + self._bias
        return cast(NDArray[np.float64], (scores[:, :-1] - scores[:, -1:]).astype(np.float64))


def _merged(weights: Mapping[str, Floats], arrays: Mapping[str, Floats]) -> dict[str, Floats]:
    """All weights of MiniLM, those of the adapted matrices with what is added to them."""
    merged = dict(weights)
    for layer in range(FIRST_LAYER, LAYERS):
        for name in MATRICES:
            key = f"encoder.layer.{layer}.{name}.weight"
            added = arrays[f"{layer}.{name}.up"] @ arrays[f"{layer}.{name}.down"]
            merged[key] = np.asarray(weights[key] + np.float32(GAIN) * added, dtype=np.float32)
    return merged
