"""YAML read node by node, so that every complaint can name its line.

Scalars stay the text that was written: ``no``, ``on`` and ``09:00`` mean what a reader sees, not what YAML 1.1 makes
of them.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from difflib import get_close_matches

import yaml

from calls.errors import ConfigurationError
from workflows.language.yaml_tree import yaml_tree

MAX_BYTES = 1_000_000
"""bytes; a script larger than this is no script"""

IDENTIFIER = re.compile(r"[a-z][a-z0-9_]{0,63}")


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing wrong with a script, where, and what would mend it."""

    file: str
    line: int
    reason: str
    fix: str
    check: str = "malformed-value"
    """id of the check which found it; see ``workflows.lint``"""

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.reason}; {self.fix}"


class ScriptError(ConfigurationError):
    """A script cannot be used. ``problems`` has every one that was found, the text has one a line."""

    code = "configuration.script"

    def __init__(self, problems: Sequence[Problem]) -> None:
        super().__init__("\n".join(str(problem) for problem in problems))
        self.problems = tuple(problems)


@dataclass(frozen=True, slots=True)
class Node:
    """A value in a script, with the place it stands at."""

    raw: yaml.Node
    file: str

    @property
    def line(self) -> int:
        """From 1."""
        return int(self.raw.start_mark.line) + 1

    def refuse(self, reason: str, fix: str, check: str = "malformed-value") -> ScriptError:
        """The error that says so, at this line. ``check``: the name under which it is documented."""
        return ScriptError([Problem(self.file, self.line, reason, fix, check)])

    @property
    def is_list(self) -> bool:
        """Whether it is written as a list."""
        return isinstance(self.raw, yaml.SequenceNode)

    @property
    def is_mapping(self) -> bool:
        """Whether it is written as keys and values."""
        return isinstance(self.raw, yaml.MappingNode)

    def text(self, what: str) -> str:
        """The text written here, in one line. Raises ScriptError when it is none, or empty."""
        if not isinstance(self.raw, yaml.ScalarNode):
            raise self.refuse(f"{what} has to be text", "write it on one line, in quotes if it holds a colon")
        text = " ".join(str(self.raw.value).split())
        if not text:
            raise self.refuse(f"{what} is empty", "write it, or leave the key out")
        return text

    def identifier(self, what: str) -> str:
        """A name of ours: lower case letters, digits and underscores."""
        name = self.text(what)
        if not IDENTIFIER.fullmatch(name):
            raise self.refuse(
                f"{what} {name!r} is not a name", "use lower case letters, digits and underscores, a letter first"
            )
        return name

    def one_of(self, what: str, known: Iterable[str]) -> str:
        """One of the words ``known``."""
        name, words = self.text(what), list(known)
        if name not in words:
            raise self.refuse(f"{what} {name!r} is not known", suggestion(name, words), "unknown-name")
        return name

    def truth(self, what: str) -> bool:
        """``true`` or ``false``."""
        return self.one_of(what, ("true", "false")) == "true"

    def whole(self, what: str, least: int, most: int) -> int:
        """A whole number within limits."""
        text = self.text(what)
        if not re.fullmatch(r"-?[0-9]{1,9}", text) or not least <= int(text) <= most:
            raise self.refuse(f"{what} {text!r} is out of range", f"write a whole number from {least} to {most}")
        return int(text)

    def items(self, what: str) -> list[Node]:
        """The elements of a list; a single value counts as a list of one."""
        if isinstance(self.raw, yaml.SequenceNode):
            if not self.raw.value:
                raise self.refuse(f"{what} is an empty list", "write at least one, or leave the key out")
            return [Node(item, self.file) for item in self.raw.value]
        return [self]

    def fields(self, what: str, known: Iterable[str] | None = None) -> Fields:
        """Keys and values. Raises ScriptError for a key that is not ``known`` (None: any) or stands twice."""
        if not isinstance(self.raw, yaml.MappingNode):
            raise self.refuse(f"{what} has to have keys and values", "write KEY: VALUE lines below it")
        found: dict[str, Node] = {}
        words = None if known is None else list(known)
        for key_node, value in self.raw.value:
            key = Node(key_node, self.file)
            name = key.text(f"a key of {what}")
            if name in found:
                raise key.refuse(f"{what} has {name!r} twice", "keep one of them", "key-twice")
            if words is not None and name not in words:
                raise key.refuse(f"{what} has no {name!r}", suggestion(name, words), "unknown-key")
            found[name] = Node(value, self.file)
        return Fields(what, self, found)


@dataclass(frozen=True, slots=True)
class Fields:
    """The keys of a mapping."""

    what: str
    at: Node
    found: dict[str, Node]

    def get(self, name: str) -> Node | None:
        """The value of a key that may be left out."""
        return self.found.get(name)

    def need(self, name: str) -> Node:
        """The value of a key that may not."""
        node = self.found.get(name)
        if node is None:
            raise self.at.refuse(f"{self.what} has no {name!r}", f"add {name}: ...", "missing-key")
        return node


def suggestion(name: str, known: Sequence[str]) -> str:
    """ "did you mean X? use one of ..."."""
    near = get_close_matches(name, known, n=1, cutoff=0.6)
    listed = f"use one of: {', '.join(sorted(known))}" if known else "there is none to name yet"
    return f"did you mean {near[0]!r}? {listed}" if near else listed


def compose(text: str, file: str) -> Node:
    """The document of a script. Raises ScriptError for what is no YAML."""
    if len(text.encode("utf-8", "replace")) > MAX_BYTES:
        raise ScriptError([Problem(file, 1, "the file is larger than 1 MB", "split the script in two", "not-yaml")])
    try:
        raw = yaml_tree(text)
    except yaml.MarkedYAMLError as why:
        mark = why.problem_mark or why.context_mark
        line = mark.line + 1 if mark else 1
        reason = f"this is not YAML ({why.problem or why.context})"
        raise ScriptError([Problem(file, line, reason, "check indentation, colons and quotes", "not-yaml")]) from why
    except (yaml.YAMLError, RecursionError) as why:
        # ReaderError: characters YAML does not allow; RecursionError: brackets nested by the thousand
        raise ScriptError([Problem(file, 1, "this is not YAML", "save it as plain UTF-8 text", "not-yaml")]) from why
    if raw is None:
        raise ScriptError([Problem(file, 1, "the file is empty", "begin with script: NAME", "not-yaml")])
    return Node(raw, file)
