"""The envelope every event is kept in, and the chain through a stream.

``leaf`` is SHA-256 over a zero byte and the canonical envelope (RFC 6962 leaf hashing); the envelope names the
leaf before it as ``prev``. Changing, dropping or reordering one event breaks every later leaf. The digest covers
the body's stored bytes, so an encrypted body can be verified without its key.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass

from calls.codec import canonical, decode
from calls.errors import BrokenChain
from calls.events import CallEvent

GENESIS = "0" * 64
"""``prev`` of a stream's first event."""


@dataclass(frozen=True, slots=True)
class Envelope:
    """One event as it is stored. Final from the first migration."""

    tenant: str
    stream: str
    seq: int
    epoch: int
    """which ownership of the stream wrote it"""
    at_ms: float
    name: str
    schema_version: int
    body: bytes
    body_codec: str
    """``plain`` = canonical JSON"""
    key_id: str
    prev: str
    """hex SHA-256"""
    leaf: str
    """hex SHA-256"""

    def event(self) -> CallEvent:
        """The typed event. Raises UnknownEvent."""
        return CallEvent(self.stream, self.seq, self.at_ms, decode(self.name, self.schema_version, self.body))


def leaf_of(envelope: Envelope) -> str:
    """The digest of everything in ``envelope`` except ``leaf`` itself."""
    head = canonical(
        {
            "tenant": envelope.tenant,
            "stream": envelope.stream,
            "seq": envelope.seq,
            "epoch": envelope.epoch,
            "at_ms": round(envelope.at_ms, 3),
            "name": envelope.name,
            "schema_version": envelope.schema_version,
            "body": hashlib.sha256(envelope.body).hexdigest(),
            "body_codec": envelope.body_codec,
            "key_id": envelope.key_id,
            "prev": envelope.prev,
        }
    )
    return hashlib.sha256(b"\x00" + head).hexdigest()


def verify(envelopes: Iterable[Envelope]) -> int:
    """Walk a whole stream from its first event; return how many there are.

    Raises BrokenChain at the first event that was changed, dropped, reordered or put in.
    """
    prev, seq, epoch = GENESIS, 0, 0
    for envelope in envelopes:
        seq += 1
        where = f"{envelope.stream} event {envelope.seq} ({envelope.name})"
        if envelope.seq != seq:
            raise BrokenChain(f"{where}: expected event {seq}; events are missing or out of order")
        if envelope.prev != prev:
            raise BrokenChain(f"{where}: does not follow from the event before it")
        if envelope.epoch < epoch:
            raise BrokenChain(f"{where}: written under an epoch that had ended")
        if leaf_of(envelope) != envelope.leaf:
            raise BrokenChain(f"{where}: its content does not match its digest")
        prev, epoch = envelope.leaf, envelope.epoch
    return seq
