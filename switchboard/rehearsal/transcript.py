"""A rehearsed call for a person, and for a machine that compares it byte by byte."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence

from calls.codec import canonical, to_json
from calls.events import CallEvent
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


def digest_of(events: Iterable[CallEvent]) -> str:
    """SHA-256, hex, of the log: two calls are the same when theirs are."""
    digest = hashlib.sha256()
    for line in log_lines(events):
        digest.update(line + b"\n")
    return digest.hexdigest()
