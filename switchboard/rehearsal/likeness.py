"""Likeness of meaning in this very process: for commands that play many calls and have no workers beside them."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from agent.models import ModelError
from agent.offline.similarity import WIDTH, Floats, SentenceEmbedder
from calls.errors import ConfigurationError


class LocalSimilarity:
    """Implements ``Similarity``. Answers are kept: simulated callers say the same things often."""

    def __init__(self, embedder: SentenceEmbedder) -> None:
        self._embedder = embedder
        self._kept: dict[str, Floats] = {}

    @classmethod
    def load(cls) -> LocalSimilarity:
        """Raises ConfigurationError when the model is not installed."""
        try:
            return cls(SentenceEmbedder.load())
        except ModelError as why:
            raise ConfigurationError(f"--similarity needs the sentence model: {why}") from why

    async def embed(self, sentences: Sequence[str]) -> Floats:
        """A vector of length 1 for each sentence, the same whichever others are asked for beside it."""
        for sentence in sentences:
            if sentence not in self._kept:
                self._kept[sentence] = self._embedder.embed([sentence])[0]
        return np.stack([self._kept[each] for each in sentences]) if sentences else np.zeros((0, WIDTH), np.float32)
