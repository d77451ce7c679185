"""The rules of the speech gate, read from YAML and compiled once."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import Any, Literal

import yaml

from calls.errors import ConfigurationError

_FILE = Path(__file__).with_name("rules.yaml")
KINDS = ("claim", "never", "scope", "must")
_KEYS = frozenset({"id", "kind", "patterns", "unless", "say", "strikes", "passes"})


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule and the sentences it is tested on."""

    id: str
    kind: Literal["claim", "never", "scope", "must"]
    patterns: tuple[re.Pattern[str], ...]
    unless: tuple[re.Pattern[str], ...] = ()
    say: str = ""
    """said instead, or added by a ``must``; empty: the clause is blocked"""
    strikes: tuple[str, ...] = ()
    passes: tuple[str, ...] = ()

    def hits(self, sentence: str) -> bool:
        """Whether it strikes a sentence (plain apostrophes, single spaces)."""
        for pattern in self.patterns:
            if pattern.search(sentence):
                return not any(pattern.search(sentence) for pattern in self.unless)
        return False


@lru_cache(maxsize=1)
def shipped_rules() -> tuple[Rule, ...]:
    """The rules every line has. Raises ConfigurationError naming the rule that cannot be used."""
    return rules_from(_FILE.read_text("utf-8"), _FILE.name)


def rules_from(text: str, where: str) -> tuple[Rule, ...]:
    """Rules from YAML text; ``where`` is named in errors. Raises ConfigurationError."""
    try:
        tree = yaml.safe_load(text) or []
    except yaml.YAMLError as error:
        raise ConfigurationError(f"{where} is no YAML: {error}") from error
    if not isinstance(tree, list) or not all(isinstance(entry, dict) for entry in tree):
        raise ConfigurationError(f"{where} must be a list of rules, each with id, kind and patterns")
    return rules_of(tree, where)


def rules_of(entries: Sequence[Mapping[str, Any]], where: str) -> tuple[Rule, ...]:
    """Rules from parsed entries. Raises ConfigurationError."""
    return tuple(_rule(entry, where) for entry in entries)


def never_say(phrases: Iterable[str]) -> tuple[Rule, ...]:
    """A line's own forbidden phrases, as rules; words match whole and without regard to case."""
    wanted = [phrase.strip() for phrase in phrases if phrase.strip()]
    if not wanted:
        return ()
    patterns = tuple(re.compile(rf"(?<!\w){re.escape(phrase)}(?!\w)", re.IGNORECASE) for phrase in wanted)
    return (Rule("never_say", "never", patterns),)


def unsaid(phrases: Iterable[str]) -> tuple[Rule, ...]:
    """Words a persona avoids: a model does not say them; a script's own line is the operator's and may."""
    return tuple(replace(rule, id="avoided", kind="scope") for rule in never_say(phrases))


def _rule(entry: Mapping[str, Any], where: str) -> Rule:
    name = str(entry.get("id", ""))
    unknown = sorted(set(entry) - _KEYS)
    if not name or unknown:
        raise ConfigurationError(
            f"{where}: rule {name or '(without id)'!r} has the unknown keys {unknown}; use {sorted(_KEYS)}"
        )
    if entry.get("kind") not in KINDS:
        raise ConfigurationError(f"{where}: rule {name!r} has the kind {entry.get('kind')!r}; use {', '.join(KINDS)}")
    if entry["kind"] == "must" and not entry.get("say"):
        raise ConfigurationError(f"{where}: rule {name!r} must say something; give it the words under say")
    patterns = _compiled(entry, "patterns", name, where)
    if not patterns:
        raise ConfigurationError(f"{where}: rule {name!r} has no patterns; give it at least one")
    return Rule(
        name,
        entry["kind"],
        patterns,
        _compiled(entry, "unless", name, where),
        str(entry.get("say", "")),
        tuple(str(sentence) for sentence in entry.get("strikes", ())),
        tuple(str(sentence) for sentence in entry.get("passes", ())),
    )


def _compiled(entry: Mapping[str, Any], key: str, name: str, where: str) -> tuple[re.Pattern[str], ...]:
    try:
        return tuple(re.compile(str(pattern), re.IGNORECASE) for pattern in entry.get(key, ()))
    except re.error as error:
        raise ConfigurationError(f"{where}: a pattern of rule {name!r} is no regular expression: {error}") from error
