"""The comments of a YAML text, which its parser throws away."""

from __future__ import annotations

import re
from dataclasses import dataclass

import yaml

_COMMENT = re.compile(r"(?:^|(?<=[ \t\n]))#[^\n]*")


@dataclass(frozen=True, slots=True)
class Comment:
    """One comment, with its mark."""

    text: str
    """from the ``#``, without spaces at its end"""
    index: int
    """characters before it in the text"""
    line: int
    """from 0"""
    column: int
    alone: bool
    """nothing but spaces stands before it in its line"""
    gap: bool
    """an empty line follows it"""


def comments_in(text: str) -> list[Comment]:
    """Every comment, in order. ``text`` has to be YAML, with ``\\n`` line ends. Raises yaml.YAMLError."""
    covered = [span for token in yaml.scan(text) if isinstance(token, yaml.ScalarToken) for span in _words(token, text)]
    found = []
    position = 0
    for match in _COMMENT.finditer(text):
        while position < len(covered) and covered[position][1] <= match.start():
            position += 1
        if position < len(covered) and covered[position][0] <= match.start():
            continue
        start = text.rfind("\n", 0, match.start()) + 1
        found.append(
            Comment(
                text=match.group().rstrip(),
                index=match.start(),
                line=text.count("\n", 0, match.start()),
                column=match.start() - start,
                alone=not text[start : match.start()].strip(),
                gap=re.match(r"\n[ \t]*\n", text[match.end() :]) is not None,
            )
        )
    return found


def _words(token: yaml.ScalarToken, text: str) -> list[tuple[int, int]]:
    """Where the token's own words stand; what follows ``>-`` in its line may be a comment."""
    start, end = token.start_mark.index, token.end_mark.index
    if token.style not in (">", "|"):
        return [(start, end)]
    return [(text.find("\n", start, end) + 1 or end, end)]
