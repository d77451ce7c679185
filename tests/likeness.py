"""The shipped likeness without its worker process."""

from __future__ import annotations

from collections.abc import Mapping, Sequence


class InProcess:
    """Implements ``Similarity``. Raises ModelMissing when the weights are not installed."""

    def __init__(self) -> None:
        from agent.offline.similarity import SentenceEmbedder

        self._embed = SentenceEmbedder.load().embed
        self._indexes: dict[str, object] = {}

    async def learn(self, index: str, examples: Mapping[str, Sequence[str]]) -> None:
        from agent.offline.similarity import IntentIndex

        self._indexes[index] = IntentIndex(examples, self._embed)

    async def rank(self, text: str, index: str) -> Sequence[tuple[str, float]]:
        return self._indexes[index].rank(text)  # type: ignore[attr-defined,no-any-return]
