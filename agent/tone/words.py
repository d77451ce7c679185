"""What words tell of a feeling: phrases of a language, read from YAML and matched word by word."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Literal, cast

import yaml

from calls.errors import ConfigurationError
from spoken.tokens import Phrases, phrases, words_of

FILE = Path(__file__).with_name("words.yaml")
Feeling = Literal["neutral", "pleased", "uneasy", "angry", "sad"]
FEELINGS: tuple[Feeling, ...] = ("angry", "sad", "uneasy", "pleased")
"""the graver one first: it counts when two are told of equally"""
STRONG, MILD, MOST = 0.75, 0.3, 0.9
_BEFORE = 3
"""words over which a "not" reaches"""


@dataclass(frozen=True, slots=True)
class Told:
    """What words tell by themselves."""

    feeling: Feeling = "neutral"
    confidence: float = 0.0
    """``MILD`` for a single mild phrase: not enough by itself"""
    phrases: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Lexicon:
    """The phrases of one language."""

    edition: str
    strong: dict[Feeling, Phrases]
    mild: dict[Feeling, Phrases]
    harmless: Phrases
    negations: frozenset[str]

    def told(self, text: str) -> Told:
        """The feeling told of with the most weight; neutral for none."""
        words = _without(words_of(text), self.harmless)
        found = [self._one(feeling, words) for feeling in FEELINGS]
        return max(found, key=lambda told: told.confidence)

    def _one(self, feeling: Feeling, words: Sequence[str]) -> Told:
        strong = self._hits(self.strong[feeling], words)
        mild = self._hits(self.mild[feeling], words)
        if not strong and not mild:
            return Told()
        confidence = STRONG if strong else MILD
        confidence += 0.1 * (len(strong) - 1 + len(mild)) if strong else 0.2 * (len(mild) - 1)
        return Told(feeling, round(min(MOST, confidence), 2), (*strong, *mild)[:3])

    def _hits(self, known: Phrases, words: Sequence[str]) -> list[str]:
        hits, at = [], 0
        while at < len(words):
            length = known.match(words, at)
            if length and not self.negations & set(words[max(0, at - _BEFORE) : at]):
                hits.append(" ".join(words[at : at + length]))
            at += max(1, length)
        return hits


def _without(words: Sequence[str], harmless: Phrases) -> list[str]:
    kept, at = [], 0
    while at < len(words):
        length = harmless.match(words, at)
        kept += [""] if length else [words[at]]
        at += max(1, length)
    return kept


@cache
def lexicon() -> Lexicon:
    """The shipped one. Raises ConfigurationError naming what is wrong in the file."""
    return read(FILE.read_text("utf-8"), FILE.name)


def read(text: str, where: str) -> Lexicon:
    """From YAML text. Raises ConfigurationError naming ``where`` and the remedy."""
    try:
        tree = yaml.safe_load(text)
    except yaml.YAMLError as error:
        raise ConfigurationError(f"{where} is no YAML: {error}") from error
    wanted = {"edition", "harmless", "not", *FEELINGS}
    if not isinstance(tree, dict) or set(tree) != wanted:
        raise ConfigurationError(f"{where} must have exactly the keys {', '.join(sorted(wanted))}")
    raw = cast("dict[str, Any]", tree)
    for feeling in FEELINGS:
        if not isinstance(raw[feeling], dict) or set(raw[feeling]) != {"strong", "mild"}:
            raise ConfigurationError(f"{where}: {feeling} must have strong and mild, each phrases parted by |")
    return Lexicon(
        edition=str(raw["edition"]),
        strong={feeling: phrases(str(raw[feeling]["strong"])) for feeling in FEELINGS},
        mild={feeling: phrases(str(raw[feeling]["mild"])) for feeling in FEELINGS},
        harmless=phrases(str(raw["harmless"])),
        negations=frozenset(word.strip() for word in str(raw["not"]).split("|")),
    )
