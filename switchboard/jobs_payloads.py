"""What webhooks say: one typed body for each event, and the JSON Schemas that are published from them.

Personal data is kept out: no names, no words, numbers only with their last digits.
"""

from __future__ import annotations

import dataclasses
import types
import typing
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from calls.codec import JsonValue, canonical

Change = Literal[
    "action.committed", "caller.verified", "carrier.lost", "danger.heard", "handover.requested", "handover.answered",
    "handover.failed", "outcome.reached",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class CallStarted:
    """A call was answered."""

    call: str
    """the carrier's id"""
    line: str
    business: str
    carrier: str
    caller: str
    """all but the last digits masked; empty when withheld"""
    started_at: str
    """ISO 8601, UTC"""


@dataclass(frozen=True, slots=True)
class CallUpdated:
    """Something that matters happened in a call; what exactly stands on its record."""

    call: str
    line: str
    business: str
    change: Change
    """name of the event"""
    seq: int
    """its place on the call's record, from 1: messages may arrive in another order"""
    at_ms: float
    """ms since the call was answered"""


@dataclass(frozen=True, slots=True)
class AgreedItem:
    """Something that was done, with its receipt."""

    action: str
    result: Mapping[str, str]
    receipt: str
    """SHA-256, hex"""
    taken_back: bool


@dataclass(frozen=True, slots=True)
class OpenItem:
    """Something somebody may have to see to."""

    what: str
    why: str
    number: str


@dataclass(frozen=True, slots=True)
class Proved:
    """How the caller proved to be the owner of a record."""

    record: str
    level: str
    by: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Summary:
    """What became of the call, composed from its record."""

    reasons: tuple[str, ...]
    agreed: tuple[AgreedItem, ...]
    open: tuple[OpenItem, ...]
    verified: tuple[Proved, ...]
    failed_proofs: int
    dangers: tuple[str, ...]
    handed_over: str
    orders: int
    survey: str


@dataclass(frozen=True, slots=True)
class CallEnded:
    """A call is over."""

    call: str
    line: str
    business: str
    started_at: str
    ended_at: str
    duration_ms: float
    disposition: str
    """how it is filed"""
    reason: str
    """who or what ended it"""
    summary: Summary | None
    """null when the record cannot be read"""


@dataclass(frozen=True, slots=True)
class BookingChanged:
    """An appointment was made, moved or cancelled."""

    business: str
    code: str
    service: str
    resource: str
    starts_at: str
    """ISO 8601, UTC"""
    ends_at: str


Payload = CallStarted | CallUpdated | CallEnded | BookingChanged

PAYLOADS: Mapping[str, type[Payload]] = {
    "call.started": CallStarted,
    "call.updated": CallUpdated,
    "call.ended": CallEnded,
    "booking.created": BookingChanged,
    "booking.rescheduled": BookingChanged,
    "booking.cancelled": BookingChanged,
}


def body_of(kind: str, timestamp: str, payload: Payload) -> bytes:
    """The body of a webhook: ``{type, timestamp, data}``, as canonical JSON."""
    return canonical({"type": kind, "timestamp": timestamp, "data": _plain(payload)})


def _plain(value: Any) -> JsonValue:
    if dataclasses.is_dataclass(value):
        return {one.name: _plain(getattr(value, one.name)) for one in dataclasses.fields(value)}
    if isinstance(value, Mapping):
        return {str(name): _plain(item) for name, item in value.items()}
    if isinstance(value, tuple | list):
        return [_plain(item) for item in value]
    return typing.cast(JsonValue, value)


def payload_schema(kind: str) -> dict[str, JsonValue]:
    """The JSON Schema of a webhook's whole body. Raises KeyError for what is told to nobody."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": f"urn:switchboard:webhook:{kind}",
        "title": kind,
        "description": PAYLOADS[kind].__doc__ or "",
        "type": "object",
        "properties": {
            "type": {"const": kind},
            "timestamp": {"type": "string", "format": "date-time", "description": "when it happened"},
            "data": _schema(PAYLOADS[kind]),
        },
        "required": ["type", "timestamp", "data"],
        "additionalProperties": False,
    }


def _schema(kind: Any) -> dict[str, JsonValue]:
    origin = typing.get_origin(kind)
    if dataclasses.is_dataclass(kind) and isinstance(kind, type):
        hints = typing.get_type_hints(kind)
        names: list[JsonValue] = [one.name for one in dataclasses.fields(kind)]
        return {
            "type": "object",
            "properties": {str(name): _schema(hints[str(name)]) for name in names},
            "required": names,
            "additionalProperties": False,
        }
    if origin in (typing.Union, types.UnionType):
        return {"anyOf": [_schema(member) for member in typing.get_args(kind)]}
    if origin is Literal:
        return {"enum": list(typing.get_args(kind))}
    if origin is tuple:
        return {"type": "array", "items": _schema(typing.get_args(kind)[0])}
    if origin is not None and issubclass(origin, Mapping):
        return {"type": "object", "additionalProperties": _schema(typing.get_args(kind)[1])}
    names_of = {str: "string", int: "integer", float: "number", bool: "boolean", type(None): "null"}
    return {"type": names_of[kind]}
