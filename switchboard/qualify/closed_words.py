"""The words that event types choose from: they say what happened, and are nobody's name."""

from __future__ import annotations

import typing
from collections.abc import Iterator
from dataclasses import is_dataclass
from enum import Enum
from functools import cache
from typing import Any

from calls.events import EventBody


@cache
def closed_words() -> frozenset[str]:
    """Every value of an enumeration or a literal in the fields of events, in small letters."""
    return frozenset(word.casefold() for word in _within(EventBody, set()))


def _within(kind: Any, seen: set[type]) -> Iterator[str]:
    if typing.get_origin(kind) is typing.Literal:
        yield from (value for value in typing.get_args(kind) if isinstance(value, str))
    elif isinstance(kind, type) and issubclass(kind, Enum):
        yield from (str(member.value) for member in kind)
    elif isinstance(kind, type) and is_dataclass(kind):
        if kind not in seen:
            seen.add(kind)
            for hint in typing.get_type_hints(kind).values():
                yield from _within(hint, seen)
    else:
        for part in typing.get_args(kind):
            yield from _within(part, seen)
