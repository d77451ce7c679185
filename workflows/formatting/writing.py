"""Writing the tree of a script: indents, quotes, what goes in one line, and where a long text is folded."""

from __future__ import annotations

import io
import textwrap

import yaml

from workflows.formatting.comments import Comment
from workflows.formatting.tree import Branch, Entry, Text

WIDTH = 120
"""characters in a line, where words allow it"""

_TABLES = ("slots", "topics", "steps")
"""top-level keys with an empty line before them"""

_ANALYST = yaml.emitter.Emitter(io.StringIO())
_RESOLVER = yaml.SafeLoader("")


def write(tree: Branch, left: list[Comment]) -> str:
    """The text of a script."""
    lines: list[str] = []
    for entry in tree.entries:
        if entry.key in _TABLES and lines:
            lines.append("")
        lines += _entry(entry, 0)
    lines += _comments(left, 0)
    return "\n".join(_single_gaps(lines)).rstrip("\n") + "\n"


def _single_gaps(lines: list[str]) -> list[str]:
    return [line for index, line in enumerate(lines) if line or (index and lines[index - 1])]


def _comments(comments: list[Comment], indent: int) -> list[str]:
    out = []
    for comment in comments:
        out.append(" " * indent + comment.text)
        if comment.gap:
            out.append("")
    return out


def _entry(entry: Entry, indent: int) -> list[str]:
    """An entry with its comments; ``indent`` is where its key or its dash stands."""
    pad = " " * indent
    head = f"{pad}{_scalar(Text(entry.key, True), flow=False)}:" if entry.key else f"{pad}-"
    beside = "  " + "  ".join(comment.text for comment in entry.beside) if entry.beside else ""
    body = _value(entry, head, indent, beside)
    return [*_comments(entry.above, indent), *body, *_comments(entry.below, indent)]


def _value(entry: Entry, head: str, indent: int, beside: str) -> list[str]:
    value = entry.value
    if isinstance(value, Text):
        written = f"{head} {_scalar(value, flow=False)}"
        if len(written) <= WIDTH or " " not in value.words:
            return [written + beside]
        inner = " " * (indent + 2)
        folded = textwrap.wrap(value.words, WIDTH - indent - 2, break_long_words=False, break_on_hyphens=False)
        return [f"{head} >-{beside}", *(inner + line for line in folded)]
    if not value.block or not value.entries:
        written = f"{head} {_flow(value)}"
        if len(written) <= WIDTH:
            return [written + beside]
    return _block(entry, value, head, indent, beside)


def _block(entry: Entry, value: Branch, head: str, indent: int, beside: str) -> list[str]:
    lines: list[str] = []
    for inner in value.entries:
        if value.spaced and lines:
            lines.append("")
        lines += _entry(inner, indent + 2)
    if entry.key or beside or value.entries[0].above or not value.keyed:
        return [head + beside, *lines]
    # a mapping in a list begins beside its dash
    return [head + lines[0][indent + 1 :], *lines[1:]]


def _flow(value: Text | Branch) -> str:
    if isinstance(value, Text):
        return _scalar(value, flow=True)
    if not value.keyed:
        return "[" + ", ".join(_flow(entry.value) for entry in value.entries) + "]"
    inner = (f"{_scalar(Text(entry.key, True), flow=True)}: {_flow(entry.value)}" for entry in value.entries)
    return "{" + ", ".join(inner) + "}"


def _scalar(text: Text, *, flow: bool) -> str:
    """As plain as YAML of any version reads it back as the same text; in quotes otherwise."""
    words = text.words
    analysis = _ANALYST.analyze_scalar(words)
    # the parser takes a question mark before a bracket for a key's
    plain = analysis.allow_flow_plain and "?" not in words if flow else analysis.allow_block_plain
    if plain and (text.bare or _is_text(words)):
        return words
    if ('"' in words or "\\" in words) and analysis.allow_single_quoted:
        return "'" + words.replace("'", "''") + "'"
    return '"' + words.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _is_text(words: str) -> bool:
    tag = _RESOLVER.resolve(yaml.ScalarNode, words, (True, False))  # type: ignore[no-untyped-call]
    return bool(tag == "tag:yaml.org,2002:str") and words.lower() not in ("y", "n")
