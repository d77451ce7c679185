"""Phrases of danger, read from YAML and compiled: patterns, what spoils them, and examples that run as tests."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import cast, get_args

import yaml

from calls.danger import DangerKind
from calls.errors import ConfigurationError

FOLDER = Path(__file__).resolve().parent
KINDS: tuple[DangerKind, ...] = get_args(DangerKind)
_PLACE = re.compile(r"\{([a-z_]+)\}")
_APOSTROPHES = re.compile(r"[’'`´]")
_NOT_WORDS = re.compile(r"[^a-z0-9]+")


@dataclass(frozen=True, slots=True)
class Phrase:
    """One family of things people say."""

    id: str
    kind: DangerKind
    pattern: re.Pattern[str]
    unless: re.Pattern[str] | None
    strikes: tuple[str, ...]
    passes: tuple[str, ...]

    def found_in(self, words: str) -> bool:
        """Whether ``words``, plain as ``plain`` makes them, say this."""
        if self.pattern.search(words) is None:
            return False
        return self.unless is None or self.unless.search(words) is None


@dataclass(frozen=True, slots=True)
class Phrases:
    """All families of one language."""

    edition: str
    families: tuple[Phrase, ...]
    """gravest kind first"""


def plain(text: str) -> str:
    """Lower case, no apostrophes, single spaces, no punctuation: ``He's not…`` is ``hes not``."""
    return _NOT_WORDS.sub(" ", _APOSTROPHES.sub("", text.lower())).strip()


@cache
def load_phrases(language: str = "en") -> Phrases:
    """The phrases of a language. Raises ConfigurationError naming the file and the family that is wrong."""
    path = FOLDER / f"phrases.{language}.yaml"
    try:
        raw = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (OSError, yaml.YAMLError) as why:
        raise ConfigurationError(f"{path.name}: cannot be read ({why}); restore the file") from why
    words = _expanded(dict(raw["words"]), path.name)
    families = [_family(entry, words, path.name) for entry in raw["rules"]]
    return Phrases(str(raw["edition"]), tuple(sorted(families, key=lambda family: KINDS.index(family.kind))))


def _expanded(words: Mapping[str, str], file: str) -> dict[str, str]:
    """Entries in terms of entries before them."""
    done: dict[str, str] = {}
    for name, pattern in words.items():
        done[name] = _fill(str(pattern), done, f"{file}: words.{name}")
    return done


def _fill(pattern: str, words: Mapping[str, str], where: str) -> str:
    unknown = [name for name in _PLACE.findall(pattern) if name not in words]
    if unknown:
        raise ConfigurationError(f"{where}: {{{unknown[0]}}} is not among `words`; define it above its first use")
    return _PLACE.sub(lambda match: words[match.group(1)], pattern)


def _family(entry: Mapping[str, object], words: Mapping[str, str], file: str) -> Phrase:
    where = f"{file}: {entry.get('id', '?')}"
    kind = next((known for known in KINDS if known == entry.get("kind")), None)
    if kind is None:
        raise ConfigurationError(f"{where}: its kind is not known; use one of {', '.join(KINDS)}")
    patterns = [_fill(str(one), words, where) for one in cast(list[str], entry["patterns"])]
    unless = _fill(str(entry["unless"]), words, where) if entry.get("unless") else None
    try:
        return Phrase(
            id=str(entry["id"]),
            kind=kind,
            pattern=re.compile("|".join(f"(?:{one})" for one in patterns)),
            unless=re.compile(unless) if unless else None,
            strikes=tuple(cast(list[str], entry["strikes"])),
            passes=tuple(cast(list[str], entry.get("passes") or [])),
        )
    except re.error as why:
        raise ConfigurationError(f"{where}: a pattern cannot be read ({why}); mend it") from why
