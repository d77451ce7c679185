"""Phrases of danger, read from YAML: idioms that mean none, concepts, and rules that put concepts together.

A rule is one or more concepts that have to be said near each other, and concepts that spoil it: `[id, kid_there alone
-adult_near @16]` strikes when both are said within 16 words and no adult is near anywhere in the text.
Looking costs a look-up per word: a phrase is tried only where a word stands that it may begin with, and phrases have
no unbounded repetition.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any, get_args

import yaml

from agent.safety.grammar import compile_phrase
from calls.danger import DangerKind
from calls.errors import ConfigurationError

FOLDER = Path(__file__).resolve().parent
KINDS: tuple[DangerKind, ...] = get_args(DangerKind)
NEAR = 12
"""words between the concepts of a rule, unless it says otherwise"""

_HARMLESS = "harmless"
Span = tuple[int, int]
"""first word and the one after the last"""
Found = Mapping[str, Sequence[Span]]
"""concept -> where it is said"""


@dataclass(frozen=True, slots=True)
class Rule:
    """What has to be said together to mean a danger."""

    id: str
    kind: DangerKind
    needs: tuple[str, ...]
    spoils: tuple[str, ...]
    near: int = NEAR

    def strikes(self, found: Found) -> bool:
        """Whether every concept is said near the first one, and nothing that spoils it."""
        if not all(one in found for one in self.needs) or any(one in found for one in self.spoils):
            return False
        first, *others = (found[one] for one in self.needs)
        return any(all(any(_apart(span, one) <= self.near for one in other) for other in others) for span in first)


def _apart(one: Span, other: Span) -> int:
    return max(one[0] - other[1], other[0] - one[1], 0)


@dataclass(slots=True)
class _Lookup:
    """word -> what may begin with it."""

    by_word: dict[str, list[tuple[str, re.Pattern[str]]]] = field(default_factory=dict)

    def add(self, concept: str, expressions: Mapping[str, Sequence[str]]) -> None:
        compiled: dict[str, re.Pattern[str]] = {}
        for word, several in expressions.items():
            text = "|".join(several)
            pattern = compiled.setdefault(text, re.compile(text))
            self.by_word.setdefault(word, []).append((concept, pattern))


@dataclass(frozen=True, slots=True)
class Phrases:
    """All there is of one language."""

    edition: str
    rules: tuple[Rule, ...]
    """gravest kind first"""
    digest: str
    """of the files they were read from"""
    _lookup: _Lookup

    def found_in(self, words: Sequence[str]) -> dict[str, list[Span]]:
        """The concepts said in ``words`` (of ``words_of``), without those within a harmless idiom."""
        found: dict[str, list[Span]] = {}
        text, at = "".join(f"{word} " for word in words), 0
        for number, word in enumerate(words):
            for concept, pattern in self._lookup.by_word.get(word, ()):
                match = pattern.match(text, at)
                if match is not None:
                    found.setdefault(concept, []).append((number, number + text.count(" ", at, match.end())))
            at += len(word) + 1
        idioms = found.pop(_HARMLESS, None)
        return _outside(found, idioms) if idioms else found

    def rule_for(self, found: Found) -> Rule | None:
        """The gravest rule that strikes."""
        for rule in self.rules:
            if rule.needs[0] in found and rule.strikes(found):
                return rule
        return None


def _outside(found: Mapping[str, list[Span]], idioms: Sequence[Span]) -> dict[str, list[Span]]:
    kept = {
        concept: [span for span in spans if not any(_swallows(idiom, span) for idiom in idioms)]
        for concept, spans in found.items()
    }
    return {concept: spans for concept, spans in kept.items() if spans}


def _swallows(idiom: Span, span: Span) -> bool:
    """Whether the idiom says as much as the phrase, or gives its last word another end: `there is a fire` drill."""
    overlap = idiom[0] < span[1] and span[0] < idiom[1]
    return overlap and (idiom[1] - idiom[0] >= span[1] - span[0] or idiom[1] > span[1])


@cache
def load_phrases(language: str = "en") -> Phrases:
    """The phrases of a language. Raises ConfigurationError naming the file, what is wrong in it, and what to do."""
    folder = FOLDER / language
    words = _read(folder / "words.yaml")
    sets = {name: tuple(dict.fromkeys(str(text).split())) for name, text in words["sets"].items()}
    lookup, known = _Lookup(), set[str]()
    lookup.add(_HARMLESS, _expressions(folder / "harmless.yaml", _HARMLESS, _read(folder / "harmless.yaml"), sets))
    rules: list[Rule] = []
    for name in ("common", *KINDS):
        path = folder / f"{name}.yaml"
        raw = _read(path)
        for concept in raw["concepts"]:
            if concept in known:
                raise ConfigurationError(f"{path.name}: the concept {concept} is defined twice; rename one")
            known.add(concept)
            lookup.add(concept, _expressions(path, concept, raw["concepts"], sets))
        rules.extend(_rules(name, raw.get("rules") or ()))
    for rule in rules:
        for concept in (*rule.needs, *rule.spoils):
            if concept not in known:
                raise ConfigurationError(f"{rule.kind}.yaml: {rule.id} names {concept}, which no file defines; add it")
    return Phrases(str(words["edition"]), tuple(rules), _digest(folder), lookup)


def _read(path: Path) -> dict[str, Any]:
    try:
        return dict(yaml.safe_load(path.read_text(encoding="utf-8")))
    except (OSError, yaml.YAMLError, TypeError, ValueError) as why:
        raise ConfigurationError(f"{path.name}: cannot be read ({why}); restore the file") from why


def _expressions(
    path: Path, concept: str, phrases: Mapping[str, Any], sets: Mapping[str, tuple[str, ...]]
) -> dict[str, list[str]]:
    by_word: dict[str, list[str]] = {}
    for phrase in phrases[concept]:
        try:
            pattern = compile_phrase(str(phrase), sets)
        except ValueError as why:
            raise ConfigurationError(f"{path.name}: {concept}: {why}; mend the phrase") from why
        for word in sorted(pattern.begins):
            by_word.setdefault(word, []).append(pattern.expression)
    return by_word


def _rules(kind: str, entries: Sequence[Sequence[str]]) -> Iterator[Rule]:
    for name, written in entries:
        parts = str(written).split()
        near = [int(part[1:]) for part in parts if part.startswith("@")]
        yield Rule(
            id=str(name),
            kind=next(one for one in KINDS if one == kind),
            needs=tuple(part for part in parts if part[0] not in "@-"),
            spoils=tuple(part[1:] for part in parts if part.startswith("-")),
            near=near[0] if near else NEAR,
        )


def _digest(folder: Path) -> str:
    whole = hashlib.sha256()
    for path in sorted(folder.glob("*.yaml")):
        whole.update(path.name.encode() + b"\0" + path.read_bytes())
    return whole.hexdigest()
