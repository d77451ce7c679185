"""Texts with gaps, filled so that a value cannot become anything but a value. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping
from urllib.parse import quote

from calls.commands import Value

_GAP = re.compile(r"\{([a-z]+(?:\.[A-Za-z0-9_]+)?|[a-z][a-z0-9_]*)\}")


class Missing(Exception):
    """A gap has no value: the argument was not given."""


def gaps(text: str) -> list[str]:
    """The names in the gaps of a text."""
    return _GAP.findall(text)


def stray(text: str) -> bool:
    """Whether there is a brace that opens or closes no gap."""
    rest = _GAP.sub("", text)
    return "{" in rest or "}" in rest


def filled(text: str, values: Mapping[str, Value]) -> str:
    """``text`` with values in its gaps. Raises Missing."""
    return _GAP.sub(lambda gap: as_text(value_of(gap.group(1), values)), text)


def in_path(text: str, values: Mapping[str, Value]) -> str:
    """The same for a path: a value stays one segment, whatever is in it. Raises Missing, ValueError."""

    def segment(gap: re.Match[str]) -> str:
        value = as_text(value_of(gap.group(1), values))
        if value in ("", ".", ".."):
            raise ValueError("a part of a path is no name")
        return quote(value, safe="")

    return _GAP.sub(segment, text)


def typed(text: str, values: Mapping[str, Value]) -> Value:
    """The same for JSON: a text that is one gap and nothing else keeps the value's type. Raises Missing."""
    whole = _GAP.fullmatch(text)
    return value_of(whole.group(1), values) if whole is not None else filled(text, values)


def value_of(name: str, values: Mapping[str, Value]) -> Value:
    """The value of a gap. Raises Missing."""
    value = values.get(name, "")
    if value == "":
        raise Missing(name)
    return value


def as_text(value: Value) -> str:
    """As it stands in a URL or a header."""
    return str(value).lower() if isinstance(value, bool) else str(value)
