"""Likeness of meaning in this very process: for commands that play many calls and have no workers beside them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from agent.models import ModelError
from agent.offline.similarity import IntentIndex, SentenceEmbedder
from calls.errors import ConfigurationError


class LocalSimilarity:
    """Implements ``Similarity``. Answers are kept: simulated callers say the same things often."""

    def __init__(self, embedder: SentenceEmbedder) -> None:
        self._embedder = embedder
        self._indexes: dict[str, IntentIndex] = {}
        self._ranked: dict[tuple[str, str], Sequence[tuple[str, float]]] = {}

    @classmethod
    def load(cls) -> LocalSimilarity:
        """Raises ConfigurationError when the model is not installed."""
        try:
            return cls(SentenceEmbedder.load())
        except ModelError as why:
            raise ConfigurationError(f"--similarity needs the sentence model: {why}") from why

    async def learn(self, index: str, examples: Mapping[str, Sequence[str]]) -> None:
        """Sentences of each label of an index."""
        self._indexes[index] = IntentIndex(examples, self._embedder.embed)

    async def rank(self, text: str, index: str) -> Sequence[tuple[str, float]]:
        """Labels with likeness, best first."""
        key = (index, text)
        if key not in self._ranked:
            self._ranked[key] = self._indexes[index].rank(text)
        return self._ranked[key]
