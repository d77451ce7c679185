"""The live tail: who wants to follow calls as they happen. Follows an event sink; never writes."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Iterator, Sequence

from calls.chain import Envelope
from calls.ports import EventSink

BEHIND = 10_000
"""events a slow follower may be behind before it is dropped"""


class TailedSink:
    """Implements ``EventSink`` over another one, and tells followers of every event appended."""

    def __init__(self, sink: EventSink) -> None:
        self._sink = sink
        self._followers: list[asyncio.Queue[Envelope]] = []

    async def claim(self, tenant: str, stream: str) -> tuple[int, list[Envelope]]:
        """As the sink."""
        return await self._sink.claim(tenant, stream)

    def append(self, envelopes: Sequence[Envelope]) -> None:
        """As the sink; followers first, for they only look."""
        for queue in self._followers:
            for envelope in envelopes:
                with contextlib.suppress(asyncio.QueueFull):
                    queue.put_nowait(envelope)
        self._sink.append(envelopes)

    async def durable(self, stream: str, epoch: int, seq: int) -> None:
        """As the sink."""
        await self._sink.durable(stream, epoch, seq)

    async def load(self, stream: str) -> list[Envelope]:
        """As the sink."""
        return await self._sink.load(stream)

    @contextlib.contextmanager
    def following(self) -> Iterator[asyncio.Queue[Envelope]]:
        """A queue of everything appended while the block lasts."""
        queue: asyncio.Queue[Envelope] = asyncio.Queue(BEHIND)
        self._followers.append(queue)
        try:
            yield queue
        finally:
            self._followers.remove(queue)
