"""Typed values to canonical JSON and back, strictly.

Canonical: UTF-8, keys sorted, no spaces, so that equal values have equal bytes and digests. A value of a union is
tagged with its class name under ``"is"``. Unknown fields, missing fields and wrong types are refused, by name.
"""

from __future__ import annotations

import json
import types
import typing
from collections.abc import Mapping
from dataclasses import MISSING, fields, is_dataclass
from enum import Enum
from functools import cache
from typing import Any

from calls.errors import UnknownEvent
from calls.events import EVENTS, Body, EventBody

JsonValue = None | bool | int | float | str | list["JsonValue"] | dict[str, "JsonValue"]



def _step_alone(raw: dict[str, JsonValue]) -> dict[str, JsonValue]:
    """Version 1 had a list of steps to come back to, which was always empty."""
    return {key: value for key, value in raw.items() if key != "returns"}


UPGRADES: dict[tuple[str, int], typing.Callable[[dict[str, JsonValue]], dict[str, JsonValue]]] = {
    ("step.entered", 1): _step_alone,
}
"""(event name, stored version) -> function which lifts the stored fields by one version."""


_CANONICAL = json.JSONEncoder(sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)


def canonical(value: JsonValue) -> bytes:
    """The one way to write ``value`` as JSON. Raises ValueError for NaN and infinities."""
    return _CANONICAL.encode(value).encode()


def encode(body: EventBody) -> bytes:
    """An event body as canonical JSON."""
    return canonical(to_json(body))


def decode(name: str, version: int, data: bytes) -> EventBody:
    """Read a stored body. Raises UnknownEvent when this release does not know the name, version or fields."""
    kind = EVENTS.get(name)
    if kind is None:
        raise UnknownEvent(f"event {name!r} is not known to this release; read this call with a newer one")
    raw = json.loads(data)
    while version < kind.version:
        lift = UPGRADES.get((name, version))
        if lift is None:
            raise UnknownEvent(f"event {name!r} version {version} has no upgrade to {kind.version}")
        raw, version = lift(raw), version + 1
    if version > kind.version:
        raise UnknownEvent(f"event {name!r} version {version} is newer than {kind.version}; use a newer release")
    try:
        return typing.cast(EventBody, from_json(kind, raw))
    except (TypeError, ValueError, KeyError) as why:
        raise UnknownEvent(f"event {name!r} version {version} cannot be read: {why}") from why


def to_json(value: object) -> JsonValue:
    """Plain JSON values of a dataclass tree."""
    kind: type = type(value)
    if kind in _AS_IT_IS:
        return typing.cast(JsonValue, value)
    if kind is float:
        return round(typing.cast(float, value), 3)
    names = _names_of(kind)
    if names is not None:
        out = {name: to_json(getattr(value, name)) for name in names}
        if not isinstance(value, Body):
            out["is"] = kind.__name__
        return out
    if isinstance(value, Enum):
        return typing.cast(str, value.value)
    if isinstance(value, float):
        return round(value, 3)
    if isinstance(value, bool | int | str):
        return value
    if isinstance(value, Mapping):
        return {str(key): to_json(item) for key, item in value.items()}
    if isinstance(value, tuple | list):
        return [to_json(item) for item in value]
    raise TypeError(f"{type(value).__name__} cannot stand on the record")


_AS_IT_IS = frozenset({str, int, bool, type(None)})


@cache
def _names_of(kind: type) -> tuple[str, ...] | None:
    """Of its fields; None where it is no dataclass."""
    return tuple(f.name for f in fields(kind)) if is_dataclass(kind) else None


def from_json(kind: Any, raw: JsonValue) -> Any:
    """Rebuild a value of type ``kind``. Raises TypeError or ValueError, naming the field."""
    origin = typing.get_origin(kind)
    if kind is Any or kind is object:
        return raw
    if origin in (typing.Union, types.UnionType):
        return _member(typing.get_args(kind), raw)
    if origin is typing.Literal:
        if raw not in typing.get_args(kind):
            raise ValueError(f"{raw!r} is none of {typing.get_args(kind)}")
        return raw
    if origin is tuple:
        return tuple(from_json(typing.get_args(kind)[0], item) for item in _expect(raw, list))
    if origin is not None and issubclass(origin, Mapping):
        inner = typing.get_args(kind)[1]
        return {key: from_json(inner, item) for key, item in _expect(raw, dict).items()}
    if isinstance(kind, type) and issubclass(kind, Enum):
        return kind(raw)
    if is_dataclass(kind):
        return _dataclass(typing.cast(type, kind), _expect(raw, dict))
    return _scalar(kind, raw)


def _scalar(kind: Any, raw: JsonValue) -> Any:
    if kind is float and isinstance(raw, int) and not isinstance(raw, bool):
        return float(raw)
    if not isinstance(raw, kind) or (kind is int and isinstance(raw, bool)):
        raise TypeError(f"expected {kind.__name__}, found {type(raw).__name__}")
    return raw


def _expect(raw: JsonValue, kind: type) -> Any:
    if not isinstance(raw, kind):
        raise TypeError(f"expected {kind.__name__}, found {type(raw).__name__}")
    return raw


def _member(members: tuple[Any, ...], raw: JsonValue) -> Any:
    if raw is None and type(None) in members:
        return None
    if isinstance(raw, dict) and "is" in raw:
        for member in members:
            if getattr(member, "__name__", "") == raw["is"]:
                return from_json(member, raw)
        raise ValueError(f"{raw['is']!r} is no member of this union")
    for member in (bool, int, float, str):
        # bool before int before float: the same order in which JSON tells them apart
        if member in members and type(raw) is member:
            return raw
    raise TypeError(f"{type(raw).__name__} is no member of this union")


@cache
def _fields_of(kind: type) -> tuple[tuple[str, Any, bool], ...]:
    hints = typing.get_type_hints(kind)
    return tuple(
        (f.name, hints[f.name], f.default is MISSING and f.default_factory is MISSING)
        for f in fields(kind)
    )


def _dataclass(kind: type, raw: dict[str, JsonValue]) -> Any:
    known = _fields_of(kind)
    extra = set(raw) - {name for name, _, _ in known} - {"is"}
    if extra:
        raise ValueError(f"{kind.__name__} has no field {sorted(extra)}")
    values = {}
    for name, hint, required in known:
        if name in raw:
            values[name] = from_json(hint, raw[name])
        elif required:
            raise ValueError(f"{kind.__name__}.{name} is missing")
    return kind(**values)
