"""Reads JSON that nobody vouches for: bounded in size and depth, so that no input can raise or recurse."""

from __future__ import annotations

import json
import re
from typing import Final, Literal, TypeAlias

Fault: TypeAlias = Literal["too_long", "too_deep", "not_json", "not_an_object"]
MAX_DEPTH: Final = 8
"""Nested objects and arrays; Twilio uses 3."""
# A string may lack its closing quote: the look stays linear whatever is fed to it.
_STRING_OR_BRACKET = re.compile(r'"(?:[^"\\]|\\.)*+"?|[\[{]|[\]}]', re.DOTALL)


class UnreadableJson(ValueError):
    """The text is no JSON object within the limits; `fault` says which limit."""

    def __init__(self, fault: Fault) -> None:
        super().__init__(fault)
        self.fault: Fault = fault


def read_object(text: str, max_bytes: int) -> dict[str, object]:
    """The object written in `text`. Raises UnreadableJson and nothing else."""
    if len(text) > max_bytes or (not text.isascii() and _utf8_length(text) > max_bytes):
        raise UnreadableJson("too_long")
    # Brackets inside strings only make the first guess too high, so a second, exact look decides.
    if text.count("{") + text.count("[") > MAX_DEPTH and _too_deep(text):
        raise UnreadableJson("too_deep")
    try:
        message = json.loads(text)
    except ValueError:  # JSONDecodeError, and integers of thousands of digits
        raise UnreadableJson("not_json") from None
    if not isinstance(message, dict):
        raise UnreadableJson("not_an_object")
    return message


def _utf8_length(text: str) -> int:
    return len(text.encode("utf-8", "surrogatepass"))


def _too_deep(text: str) -> bool:
    """Whether brackets outside strings nest deeper than MAX_DEPTH, found without recursion."""
    depth = 0
    for token in _STRING_OR_BRACKET.finditer(text):
        letter = text[token.start()]
        if letter in "{[":
            depth += 1
            if depth > MAX_DEPTH:
                return True
        elif letter in "}]":
            depth -= 1
    return False
