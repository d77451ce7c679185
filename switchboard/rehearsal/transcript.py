"""A rehearsed call for a person, and for a machine that compares it byte by byte."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence

from calls.chain import Envelope
from calls.codec import canonical, to_json
from calls.events import CallEvent
from calls.record import CallRecord
from records.export import json_of
from records.transcript import transcribe
from records.transcript_formats import as_text


def readable(events: Sequence[CallEvent]) -> str:
    """The call as a person reads it."""
    return as_text(transcribe(events))


def log_lines(events: Iterable[CallEvent]) -> Iterable[bytes]:
    """One canonical JSON object an event: equal calls have equal bytes."""
    for event in events:
        yield canonical(
            {
                "stream": event.stream,
                "seq": event.seq,
                "at_ms": round(float(event.at_ms), 3),
                "name": event.name,
                "version": event.body.version,
                "body": to_json(event.body),
            }
        )


def export_lines(call: str, events: Sequence[CallEvent]) -> list[bytes]:
    """The call as an export writes it, numbered and chained: what ``workflow replay --file`` reads."""
    kept = _Kept()
    record = CallRecord(kept, "main", call, 1, ())
    for event in events:
        record.append([event.body], event.at_ms)
    return [json_of(envelope) for envelope in kept.envelopes]


class _Kept:
    """Implements ``EventSink`` for one stream that nobody else writes."""

    def __init__(self) -> None:
        self.envelopes: list[Envelope] = []

    async def claim(self, tenant: str, stream: str) -> tuple[int, list[Envelope]]:
        return 1, list(self.envelopes)

    def append(self, envelopes: Sequence[Envelope]) -> None:
        self.envelopes += envelopes

    async def durable(self, stream: str, epoch: int, seq: int) -> None:
        return

    async def load(self, stream: str) -> list[Envelope]:
        return list(self.envelopes)


def digest_of(events: Iterable[CallEvent]) -> str:
    """SHA-256, hex, of the log: two calls are the same when theirs are."""
    digest = hashlib.sha256()
    for line in log_lines(events):
        digest.update(line + b"\n")
    return digest.hexdigest()
