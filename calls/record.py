"""A call's record while it is being written: gives events their number and their place in the chain."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from calls.chain import GENESIS, Envelope, leaf_of
from calls.codec import encode
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
        # A whole number would be hashed as 1 and come back from the database as 1.0.
        at_ms = round(float(at_ms), 3)
        for body in bodies:
            self._seq += 1
            draft = Envelope(
                tenant=self._tenant,
                stream=self.stream,
                seq=self._seq,
                epoch=self._epoch,
                at_ms=at_ms,
                name=body.name,
                schema_version=body.version,
                body=encode(body),
                body_codec="plain",
                key_id="",
                prev=self._prev,
                leaf="",
            )
            self._prev = leaf_of(draft)
            envelopes.append(replace(draft, leaf=self._prev))
            events.append(CallEvent(self.stream, self._seq, at_ms, body))
        if envelopes:
            self._sink.append(envelopes)
        return events

    async def durable(self) -> None:
        """Return when everything appended so far would survive a power cut. Raises StaleEpoch, RecordError."""
        await self._sink.durable(self.stream, self._epoch, self._seq)
