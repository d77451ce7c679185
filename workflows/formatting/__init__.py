"""One way to write a script: canonical order, indents and quotes, every comment kept, the meaning untouched."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import fields, is_dataclass

import yaml

from workflows.formatting.comments import comments_in
from workflows.formatting.tree import arrange
from workflows.formatting.writing import WIDTH, write
from workflows.language.catalogue import ACTIONS, ActionSpec
from workflows.language.loader import parse_script
from workflows.language.model import Script
from workflows.language.nodes import Problem, ScriptError

__all__ = ["WIDTH", "format_script", "meaning"]

_PLACES = frozenset({"at", "digest", "file"})
"""Where something stands is no part of what it means."""


def format_script(text: str, file: str, actions: Mapping[str, ActionSpec] = ACTIONS) -> str:
    """The script in its canonical form; a canonical text comes back as it is.

    Raises ScriptError when it cannot be read, or uses YAML's anchors, which cannot be kept.
    """
    text = text.replace("\r\n", "\n").replace("\r", "\n").removeprefix("\ufeff")
    subject = parse_script(text, file, actions)
    if "&" in text or "*" in text:
        _refuse_anchors(text, file)
    tree, left = arrange(subject.root.raw, comments_in(text))
    written = write(tree, left)
    if written != text and meaning(parse_script(written, file, actions).script) != meaning(subject.script):
        raise AssertionError(f"formatting {file} would have changed what it means; it is left as it was")
    return written


def _refuse_anchors(text: str, file: str) -> None:
    for token in yaml.scan(text):
        if isinstance(token, yaml.AliasToken | yaml.AnchorToken):
            line = token.start_mark.line + 1
            reason = "anchors (&name, *name) cannot be kept in a script's canonical form"
            raise ScriptError([Problem(file, line, reason, "write what they stand for")])


def meaning(script: Script) -> str:
    """SHA-256, hex, of what a script does: the same for two texts that differ only in how they are written."""
    return hashlib.sha256(repr(_bare(script)).encode()).hexdigest()


def _bare(value: object) -> object:
    if is_dataclass(value) and not isinstance(value, type):
        kept = [(f.name, _bare(getattr(value, f.name))) for f in fields(value) if f.name not in _PLACES]
        return (type(value).__name__, kept)
    if isinstance(value, Mapping):
        return [(key, _bare(item)) for key, item in value.items()]
    if isinstance(value, tuple | list):
        return [_bare(item) for item in value]
    return value
