"""The envelope every event is kept in, and the chain through a stream.

``leaf`` is SHA-256 over a zero byte and the canonical envelope (RFC 6962 leaf hashing); the envelope names the
leaf before it as ``prev``. Changing, dropping or reordering one event breaks every later leaf. The digest covers
the body's stored bytes, so an encrypted body can be verified without its key.
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Iterable
from dataclasses import dataclass
from json.encoder import encode_basestring

from calls.codec import decode, encode
from calls.errors import BrokenChain
from calls.events import CallEvent, EventBody

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


def sealed(
    tenant: str, stream: str, seq: int, epoch: int, at_ms: float, body: EventBody, prev: str
) -> Envelope:
    """``body`` as event ``seq`` of ``stream``, after the leaf ``prev``. ``at_ms`` is kept to the microsecond."""
    # A whole number would be hashed as 1 and come back from the database as 1.0.
    at_ms = round(float(at_ms), 3)
    stored = encode(body)
    leaf = _leaf(tenant, stream, seq, epoch, at_ms, body.name, body.version, stored, "plain", "", prev)
    return Envelope(tenant, stream, seq, epoch, at_ms, body.name, body.version, stored, "plain", "", prev, leaf)


def leaf_of(envelope: Envelope) -> str:
    """The digest of everything in ``envelope`` except ``leaf`` itself. Raises ValueError for a time that is none."""
    return _leaf(
        envelope.tenant, envelope.stream, envelope.seq, envelope.epoch, round(envelope.at_ms, 3), envelope.name,
        envelope.schema_version, envelope.body, envelope.body_codec, envelope.key_id, envelope.prev,
    )  # fmt: skip


_text = encode_basestring


def _leaf(
    tenant: str, stream: str, seq: int, epoch: int, at_ms: float, name: str, schema_version: int, body: bytes,
    body_codec: str, key_id: str, prev: str,
) -> str:  # fmt: skip
    if not math.isfinite(at_ms):
        raise ValueError(f"{stream} event {seq}: at_ms is no number; give it ms since answer")
    # Written out, for it is made for every event: the bytes are those of ``canonical`` over a mapping of the fields.
    head = (
        f'{{"at_ms":{at_ms!r},"body":"{hashlib.sha256(body).hexdigest()}","body_codec":{_text(body_codec)},'
        f'"epoch":{epoch},"key_id":{_text(key_id)},"name":{_text(name)},"prev":{_text(prev)},'
        f'"schema_version":{schema_version},"seq":{seq},"stream":{_text(stream)},"tenant":{_text(tenant)}}}'
    )
    return hashlib.sha256(b"\x00" + head.encode()).hexdigest()


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
