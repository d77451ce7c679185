"""The event sink that forgets at exit: same contract as the one on Postgres, for scenes and replays."""

from __future__ import annotations

from collections.abc import Sequence

from calls.chain import Envelope
from calls.errors import StaleEpoch


class MemorySink:
    """Keeps every stream in a list."""

    def __init__(self) -> None:
        self._streams: dict[str, list[Envelope]] = {}
        self._epochs: dict[str, int] = {}

    async def claim(self, tenant: str, stream: str) -> tuple[int, list[Envelope]]:
        """A new epoch, and everything recorded so far."""
        self._epochs[stream] = self._epochs.get(stream, 0) + 1
        return self._epochs[stream], list(self._streams.get(stream, []))

    def append(self, envelopes: Sequence[Envelope]) -> None:
        """Keep them, unless another epoch owns the stream now."""
        for envelope in envelopes:
            if envelope.epoch != self._epochs.get(envelope.stream):
                continue
            self._streams.setdefault(envelope.stream, []).append(envelope)

    async def durable(self, stream: str, epoch: int, seq: int) -> None:
        """Raises StaleEpoch when the events were refused."""
        if epoch != self._epochs.get(stream):
            raise StaleEpoch(f"{stream} is owned by another session since; event {seq} was refused")

    async def load(self, stream: str) -> list[Envelope]:
        """Everything recorded of a stream."""
        return list(self._streams.get(stream, []))

    async def streams(self) -> list[str]:
        """Names of all streams, oldest first."""
        return list(self._streams)
