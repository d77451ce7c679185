"""A call's record while it is being written: gives events their number and their place in the chain."""

from __future__ import annotations

from collections.abc import Sequence

from calls.chain import GENESIS, Envelope, sealed
from calls.events import CallEvent, EventBody
from calls.ports import EventSink


def stream_of(call: str) -> str:
    """The stream of the call with the carrier's id ``call``."""
    return f"call:{call}"


class CallRecord:
    """The one writer of a stream. Appending never waits; ``durable()`` does."""

    def __init__(self, sink: EventSink, tenant: str, call: str, epoch: int, past: Sequence[Envelope]) -> None:
        self._sink = sink
        self._tenant = tenant
        self._epoch = epoch
        self._seq = past[-1].seq if past else 0
        self._prev = past[-1].leaf if past else GENESIS
        self.stream = stream_of(call)
        self.past = tuple(envelope.event() for envelope in past)
        """what stood on the record when it was opened"""

    @classmethod
    async def open(cls, sink: EventSink, tenant: str, call: str) -> CallRecord:
        """Take the stream over: later appends under an earlier epoch are refused."""
        epoch, past = await sink.claim(tenant, stream_of(call))
        return cls(sink, tenant, call, epoch, past)

    @property
    def seq(self) -> int:
        """Number of the newest event."""
        return self._seq

    def append(self, bodies: Sequence[EventBody], at_ms: float) -> list[CallEvent]:
        """Number, chain and queue events; they reach the disk at most 20 ms later."""
        events = []
        envelopes = []
        for body in bodies:
            self._seq += 1
            envelope = sealed(self._tenant, self.stream, self._seq, self._epoch, at_ms, body, self._prev)
            self._prev = envelope.leaf
            envelopes.append(envelope)
            events.append(CallEvent(self.stream, self._seq, envelope.at_ms, body))
        if envelopes:
            self._sink.append(envelopes)
        return events

    async def durable(self) -> None:
        """Return when everything appended so far would survive a power cut. Raises StaleEpoch, RecordError."""
        await self._sink.durable(self.stream, self._epoch, self._seq)
