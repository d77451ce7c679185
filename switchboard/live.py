"""The live tail: who wants to follow calls as they happen. Follows an event sink; never writes."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Iterator, Sequence

from calls.chain import Envelope
from calls.ports import EventSink

log = logging.getLogger(__name__)

BEHIND = 10_000
"""events a slow follower may be behind before it is dropped"""


class FellBehind(Exception):
    """This follower was too slow: it was dropped, and has to follow anew from where the record stands."""


class Tail:
    """What one follower has still to see, in order."""

    def __init__(self) -> None:
        self._queue: asyncio.Queue[Envelope] = asyncio.Queue(BEHIND)
        self._dropped = False

    async def get(self) -> Envelope:
        """The next event, when there is one. Raises FellBehind after the last one before this follower was dropped."""
        if self._dropped and self._queue.empty():
            raise FellBehind
        return await self._queue.get()

    def take(self, envelope: Envelope) -> bool:
        """False when there is no more room: nothing that comes later is seen here."""
        try:
            self._queue.put_nowait(envelope)
        except asyncio.QueueFull:
            self._dropped = True
        return not self._dropped


class TailedSink:
    """Implements ``EventSink`` over another one, and tells followers of every event appended."""

    def __init__(self, sink: EventSink) -> None:
        self._sink = sink
        self._followers: list[Tail] = []

    async def claim(self, tenant: str, stream: str) -> tuple[int, list[Envelope]]:
        """As the sink."""
        return await self._sink.claim(tenant, stream)

    def append(self, envelopes: Sequence[Envelope]) -> None:
        """As the sink; followers first, for they only look."""
        for tail in list(self._followers):
            if not all(tail.take(envelope) for envelope in envelopes):
                log.warning("a follower of the record is %d events behind and is dropped", BEHIND)
                self._followers.remove(tail)
        self._sink.append(envelopes)

    async def durable(self, stream: str, epoch: int, seq: int) -> None:
        """As the sink."""
        await self._sink.durable(stream, epoch, seq)

    async def load(self, stream: str) -> list[Envelope]:
        """As the sink."""
        return await self._sink.load(stream)

    @contextlib.contextmanager
    def following(self) -> Iterator[Tail]:
        """Everything appended while the block lasts, unless the follower falls behind."""
        tail = Tail()
        self._followers.append(tail)
        try:
            yield tail
        finally:
            if tail in self._followers:
                self._followers.remove(tail)
