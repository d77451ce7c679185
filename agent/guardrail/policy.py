"""A policy of the speech gate: a versioned YAML file, whose examples run as tests.

policy: default        its name
version: 3             raised with every change; stands on the record of what it decided as ``default@3``
vocabulary: [Visa]     names anybody may say
weighty: [refund]      words which in mode ``composed`` must stand in the facts
signs: [...]           patterns of the caller's words which raise the mode to ``strict``
rules: [...]           as in ``rules.yaml``; kinds ``never claim scope must``
examples:              - facts: {price: forty dollars}
                         mode: composed
                         passes: [It costs forty dollars.]
                         strikes: {price: [It costs fifty dollars.]}
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, cast, get_args

import yaml

from agent.guardrail.rules import Rule, rules_of
from calls.commands import Value
from calls.errors import ConfigurationError
from calls.grounding import Fact, Ground
from calls.guidance import Mode

SHIPPED = Path(__file__).with_name("policies")
_KEYS = frozenset({"policy", "version", "vocabulary", "weighty", "signs", "rules", "examples"})
_EXAMPLE_KEYS = frozenset({"facts", "mode", "wall", "verified", "heard", "said", "passes", "strikes"})


@dataclass(frozen=True, slots=True)
class Example:
    """Sentences with what is known when they are said."""

    ground: Ground
    passes: tuple[str, ...]
    strikes: tuple[tuple[str, str], ...]
    """(rule, sentence)"""


@dataclass(frozen=True, slots=True)
class Policy:
    """What a line's agent may say."""

    name: str
    version: int
    rules: tuple[Rule, ...] = ()
    vocabulary: frozenset[str] = frozenset()
    weighty: tuple[re.Pattern[str], ...] = ()
    signs: tuple[re.Pattern[str], ...] = ()
    examples: tuple[Example, ...] = ()

    @property
    def id(self) -> str:
        """``default@3``"""
        return f"{self.name}@{self.version}"

    @property
    def sentences(self) -> int:
        """How many examples there are."""
        own = sum(len(rule.strikes) + len(rule.passes) for rule in self.rules)
        return own + sum(len(example.passes) + len(example.strikes) for example in self.examples)


@lru_cache(maxsize=1)
def default_policy() -> Policy:
    """The policy of a line that names none."""
    return read_policy(SHIPPED / "default.yaml")


def find_policy(name: str, folder: Path | None = None) -> Policy:
    """A policy by its file, or by the name of a shipped one. Raises ConfigurationError."""
    for path in ((folder or Path()) / name, SHIPPED / f"{name}.yaml"):
        if path.is_file():
            return read_policy(path)
    shipped = ", ".join(sorted(path.stem for path in SHIPPED.glob("*.yaml")))
    raise ConfigurationError(f"there is no policy {name!r}: name a YAML file, or one of: {shipped}")


def read_policy(path: Path) -> Policy:
    """Raises ConfigurationError naming the file, the place and the remedy."""
    try:
        text = path.read_text("utf-8")
    except OSError as why:
        raise ConfigurationError(f"{path}: cannot be read ({why.strerror})") from why
    return policy_from(text, path.name)


def policy_from(text: str, where: str) -> Policy:
    """A policy from YAML text; ``where`` is named in errors. Raises ConfigurationError."""
    try:
        tree = yaml.safe_load(text)
    except yaml.YAMLError as error:
        raise ConfigurationError(f"{where} is no YAML: {error}") from error
    if not isinstance(tree, dict):
        raise ConfigurationError(f"{where} must have the keys policy and version")
    unknown = sorted(set(map(str, tree)) - _KEYS)
    if unknown:
        raise ConfigurationError(f"{where}: unknown keys {unknown}; use {sorted(_KEYS)}")
    name, version = tree.get("policy"), tree.get("version")
    if not isinstance(name, str) or not name or not isinstance(version, int) or version < 1:
        raise ConfigurationError(f"{where}: give it a name under policy, and a whole number from 1 under version")
    rules = _list(tree, "rules", where)
    if not all(isinstance(rule, dict) for rule in rules):
        raise ConfigurationError(f"{where}: every entry of rules needs id, kind and patterns")
    return Policy(
        name, version, rules_of(cast("list[Mapping[str, Any]]", rules), where),
        frozenset(str(word).lower() for word in _list(tree, "vocabulary", where)),
        _patterns(tree, "weighty", where, whole=True), _patterns(tree, "signs", where),
        tuple(_example(entry, where) for entry in _list(tree, "examples", where)),
    )  # fmt: skip


def _list(tree: Mapping[str, Any], key: str, where: str) -> list[Any]:
    found = tree.get(key) or []
    if not isinstance(found, list):
        raise ConfigurationError(f"{where}: {key} must be a list")
    return found


def _patterns(tree: Mapping[str, Any], key: str, where: str, *, whole: bool = False) -> tuple[re.Pattern[str], ...]:
    try:
        return tuple(
            re.compile(rf"\b(?:{pattern})\b" if whole else str(pattern), re.IGNORECASE)
            for pattern in _list(tree, key, where)
        )
    except re.error as error:
        raise ConfigurationError(f"{where}: an entry of {key} is no regular expression: {error}") from error


def _example(entry: Any, where: str) -> Example:
    if not isinstance(entry, dict) or set(entry) - _EXAMPLE_KEYS:
        raise ConfigurationError(f"{where}: an example has the keys {sorted(_EXAMPLE_KEYS)}")
    mode = entry.get("mode", "composed")
    if mode not in get_args(Mode):
        raise ConfigurationError(f"{where}: an example has the mode {mode!r}; use {', '.join(get_args(Mode))}")
    facts: Mapping[str, Value] = entry.get("facts") or {}
    ground = Ground(
        facts=tuple(Fact(str(name), value, "script") for name, value in facts.items()),
        mode=mode,
        heard=str(entry.get("heard", "")),
        said=tuple(map(str, entry.get("said") or ())),
        wall=str(entry.get("wall", "2026-03-16T10:00:00+00:00")),
        verified=bool(entry.get("verified", False)),
    )
    strikes = entry.get("strikes") or {}
    return Example(
        ground,
        tuple(map(str, entry.get("passes") or ())),
        tuple((str(rule), str(text)) for rule, texts in strikes.items() for text in texts),
    )
