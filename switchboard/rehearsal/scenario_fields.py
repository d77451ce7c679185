"""Small readings shared by everything in a scenario."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TypeVar

import yaml

from switchboard.rehearsal.scenario import Fault
from workflows.language.nodes import Fields, Node

T = TypeVar("T")


def text_of(fields: Fields, key: str, default: str) -> str:
    """The text under a key, or ``default``."""
    node = fields.get(key)
    return node.text(key) if node is not None else default


def is_empty(node: Node | None) -> bool:
    """Whether nothing is written after the key."""
    return node is not None and isinstance(node.raw, yaml.ScalarNode) and not str(node.raw.value).strip()


def parsed(node: Node, what: str, read: Callable[[str], T], like: str) -> T:
    """A text made into a value. Raises ScriptError, showing what it should be ``like``."""
    text = node.text(what)
    try:
        return read(text)
    except ValueError as why:
        raise node.refuse(f"{what} {text!r} cannot be read", f"write it as {like}") from why


def read_faults(node: Node | None) -> Mapping[str, Fault]:
    """How actions behave: a refusal, ``works``, or ``{refuses, takes_ms}``."""
    found: dict[str, Fault] = {}
    for action, item in (node.fields("actions").found if node is not None else {}).items():
        if not item.is_mapping:
            code = item.identifier("a refusal")
            found[action] = Fault() if code == "works" else Fault(refuses=code)
            continue
        fields = item.fields(f"action {action}", ("refuses", "takes_ms", "finds"))
        takes, finds = fields.get("takes_ms"), fields.get("finds")
        found[action] = Fault(
            refuses=text_of(fields, "refuses", ""),
            takes_ms=float(takes.whole("takes_ms", 0, 600_000)) if takes is not None else None,
            finds={name: scalar(value, name) for name, value in finds.fields("finds").found.items()} if finds else {},
        )
    return found


def scalar(node: Node, what: str) -> str:
    """A value as it is written; empty or ``null``: there must be none."""
    if is_empty(node):
        return ""
    text = node.text(what)
    return "" if text in ("null", "~") else text
