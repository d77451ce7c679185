"""The wishes a caller may have at any point: patterns from ``intents.yaml``."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import get_args

import yaml

from agent.understanding.languages import spoken_language
from agent.understanding.wording import plain, stripped
from calls.commands import (
    Affirm,
    AskHuman,
    CallLater,
    Cancel,
    Command,
    Deny,
    Explain,
    Goodbye,
    MachineHeard,
    MachineKind,
    NeedTime,
    Remark,
    RemarkKind,
    Repeat,
    Restart,
    SlowDown,
    SpeakUp,
    SwitchLanguage,
    UseCallerNumber,
    Wait,
    WrongNumber,
)
from calls.errors import ConfigurationError

_FILE = Path(__file__).with_name("intents.yaml")

_PLAIN: tuple[Command, ...] = (
    AskHuman(), SlowDown(), SpeakUp(), Repeat(), Explain(), Wait(), Restart(), Cancel(), Goodbye(), UseCallerNumber(),
    WrongNumber(), CallLater(), Affirm(0.8), Deny(0.8),
)  # fmt: skip
_COMMANDS: Mapping[str, Command] = {
    **{type(command).__name__: command for command in _PLAIN},
    "NeedTime.asked": NeedTime("asked"),
    "NeedTime.relay": NeedTime("relay"),
    **{f"Remark.{kind}": Remark(kind) for kind in get_args(RemarkKind)},
    **{f"MachineHeard.{kind}": MachineHeard(kind) for kind in get_args(MachineKind)},
}


@dataclass(frozen=True, slots=True)
class Intent:
    """One wish: how it is said, and the sentences it is tested on."""

    name: str
    anywhere: tuple[re.Pattern[str], ...]
    either: re.Pattern[str]
    """all of ``anywhere`` in one: a single look tells that none of it is there, as it mostly is not"""
    whole: re.Pattern[str]
    unless: re.Pattern[str]
    means: tuple[str, ...]
    nots: tuple[str, ...]

    def strength(self, words: str, bare: str) -> tuple[int, str]:
        """2 when it is the whole turn, 1 when it is in it, 0 when it is not; and the words which say it.

        ``bare``: the same words without courtesies at both ends.
        """
        whole = bool(self.whole.fullmatch(words) or self.whole.fullmatch(bare))
        if not (whole or self.either.search(words)) or self.unless.search(words):
            return 0, ""
        if whole:
            return 2, words
        spans = [found.span() for pattern in self.anywhere for found in pattern.finditer(words)]
        said, rest = _parted(words, spans)
        return (1 if stripped(rest) else 2), said


def _parted(words: str, spans: Sequence[tuple[int, int]]) -> tuple[str, str]:
    """The words within any of the spans, and the others: "slow down, I can't keep up" says one thing twice."""
    covered = {place for start, end in spans for place in range(start, end)}
    said = "".join(mark if place in covered else " " for place, mark in enumerate(words))
    rest = "".join(" " if place in covered else mark for place, mark in enumerate(words))
    return " ".join(said.split()), " ".join(rest.split())


@dataclass(frozen=True, slots=True)
class IntentFound:
    """A wish found by its pattern."""

    command: Command
    whole: bool
    words: str = ""
    """those which say it"""


@dataclass(frozen=True, slots=True)
class Intents:
    """All of them, in the order in which they are tried."""

    table: tuple[Intent, ...]
    languages: Mapping[str, str]
    """word -> ISO 639-1"""

    def find(self, text: str, allowed: frozenset[str]) -> list[IntentFound]:
        """The allowed wishes in ``text``, those which are the whole turn first."""
        words = plain(text)
        bare = stripped(words)
        strengths = [(*i.strength(words, bare), i.name) for i in self.table if is_allowed(i.name, allowed)]
        struck = sorted((each for each in strengths if each[0]), key=_first)
        found = [IntentFound(command_of(name), strength == 2, said) for strength, said, name in struck]
        language = self._language(words) if SwitchLanguage.__name__ in allowed else None
        return [IntentFound(SwitchLanguage(language), True), *found] if language else found

    def _language(self, words: str) -> str | None:
        spoken = spoken_language(words)
        if spoken is not None:
            return spoken
        names = [word for word in words.split() if word in self.languages]
        if not names:
            return None
        asked = re.search(
            rf"\b(?:in|speak|speaks|spoken|habla|hablas|hablan|parlez|sprechen|switch to|to) (?:\w+ )?{names[0]}\b",
            words,
        )
        return self.languages[names[0]] if asked or stripped(words) == names[0] else None


def _first(entry: tuple[int, str, str]) -> tuple[bool, int, bool]:
    """A machine speaks in long sentences, which hold many a wish; "hang on, I'll get my wife" says who comes."""
    strength, _, name = entry
    return (not name.startswith("Machine"), -strength, name == "Wait")


def command_of(name: str) -> Command:
    """The command of an intent's name."""
    return _COMMANDS[name]


def is_allowed(name: str, allowed: frozenset[str]) -> bool:
    """Whether the command of an intent's name is among the ``allowed`` ones."""
    return name.partition(".")[0] in allowed


@lru_cache(maxsize=1)
def load_intents() -> Intents:
    """The shipped table. Raises ConfigurationError naming the entry that cannot be used."""
    tree = yaml.safe_load(_FILE.read_text("utf-8"))
    languages = {word: code for code, words in tree.pop("languages").items() for word in words}
    return Intents(tuple(_intent(name, entry) for name, entry in tree.items()), languages)


def _intent(name: str, entry: Mapping[str, list[str]]) -> Intent:
    if name not in _COMMANDS:
        raise ConfigurationError(f"{_FILE.name}: {name!r} is no command; use one of {', '.join(_COMMANDS)}")
    try:
        anywhere = tuple(re.compile(rf"\b(?:{p})(?!\w)") for p in entry.get("anywhere", ()))
        whole = _any_of(f"(?:{p})" for p in entry.get("whole", ()))
        unless = _any_of(rf"\b(?:{p})\b" for p in entry.get("unless", ()))
    except re.error as error:
        raise ConfigurationError(f"{_FILE.name}: a pattern of {name} is no regular expression: {error}") from error
    either = _any_of(pattern.pattern for pattern in anywhere)
    return Intent(name, anywhere, either, whole, unless, tuple(entry["means"]), tuple(entry["not"]))


def _any_of(patterns: Iterable[str]) -> re.Pattern[str]:
    """What matches where one of them does; without any, nothing."""
    return re.compile("|".join(patterns) or r"(?!)")
