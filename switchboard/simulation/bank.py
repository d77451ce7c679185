"""The phrase bank: what simulated callers say, loaded from ``phrases/*.yaml``.

Each list has two halves. ``worked`` may be looked at while the agent is improved, ``held`` only by the check.

    openings.yaml  GOAL -> phrases              what callers say first
    answers.yaml   KIND -> MANNER -> phrases    what they answer when asked for a value
    moves.yaml     MOVE -> phrases              yes, no, changes, repairs, asides
    values.yaml    KIND -> STYLE -> templates   how values are said (see saying.py)
    people.yaml    KIND -> texts                names, problems, messages to be about
    noise.yaml     fillers, droppable, homophones, slips (no halves)
"""

from __future__ import annotations

import random
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from string import Formatter
from types import MappingProxyType
from typing import Literal

import yaml

from calls.errors import ConfigurationError
from switchboard.simulation import saying
from switchboard.simulation.noise import NoiseWords, Part, Utterance

Half = Literal["worked", "held"]
HALVES: tuple[Half, ...] = ("worked", "held")
PHRASES = Path(__file__).parent / "phrases"
MANNERS = ("terse", "chatty", "hesitant", "correcting", "over", "under")
"""how a question is answered; `correcting` needs {wrong}, `under` gives a {part} or nothing, `over` adds more"""

_DERIVED = {"a_service": "service", "a_item": "item"}
"""placeholders that are another one with its article"""
_PREPOSITIONS = frozenset({"about", "around", "at", "by", "for", "in", "on", "or", "than", "to", "until"})
_WITHOUT_ON = ("today", "tomorrow", "the day after", "next week", "this ", "a week", "a fortnight", "two weeks")


class BankError(ConfigurationError):
    """A file of the bank is not as the simulator needs it, or is asked for what it does not have."""


@dataclass(frozen=True, slots=True)
class Phrase:
    """One thing callers say; `needs` are the names of values it cannot be said without."""

    text: str
    needs: frozenset[str]

    def parts(self, values: Mapping[str, str]) -> Utterance:
        """The phrase with values filled in, each marked as a value; a missing one raises BankError."""
        missing = self.needs - values.keys()
        if missing:
            raise BankError(f"phrase {self.text!r} needs {', '.join(sorted(missing))}; pick one by what is given")
        return tuple(_parts(self.text, values))


@dataclass(frozen=True, slots=True)
class Bank:
    """One half of the bank."""

    half: Half
    openings: Mapping[str, tuple[Phrase, ...]]
    answers: Mapping[str, Mapping[str, tuple[Phrase, ...]]]
    moves: Mapping[str, tuple[Phrase, ...]]
    values: Mapping[str, Mapping[str, tuple[str, ...]]]
    people: Mapping[str, tuple[str, ...]]
    noise_words: NoiseWords

    def opening(self, goal: str, rng: random.Random, given: Iterable[str] = ()) -> Phrase:
        """What a caller with this goal says first, using at most the values `given` by name."""
        return _choice(self.openings, goal, "goal", rng, given)

    def answer(self, kind: str, manner: str, rng: random.Random, given: Iterable[str] = ()) -> Phrase:
        """An answer to the question for a `kind` in one of MANNERS; `{value}` is always given."""
        if kind not in self.answers:
            raise BankError(f"the bank has no answers for {kind!r}; it has {', '.join(sorted(self.answers))}")
        return _choice(self.answers[kind], manner, "manner", rng, {"value", *given})

    def move(self, name: str, rng: random.Random, given: Iterable[str] = ()) -> Phrase:
        """Something that is no answer, by name."""
        return _choice(self.moves, name, "move", rng, given)

    def say(
        self, kind: str, value: saying.Value, style: str, rng: random.Random, *, today: date, locale: str = "en-US"
    ) -> str:
        """A value in words; kinds the bank has no styles for are said as their text."""
        styles = self.values.get(kind) or self.values["free_text"]
        return saying.say(kind, value, styles, style, rng, today=today, locale=locale)


@cache
def load_bank(half: Half, folder: Path = PHRASES) -> Bank:
    """One half of the bank in `folder`; BankError names the file, the place and what should stand there."""
    return Bank(
        half=half,
        openings=_by_name(folder / "openings.yaml", half),
        answers=MappingProxyType({
            kind: _phrases_by_name(one, f"{folder / 'answers.yaml'}: {kind}", half)
            for kind, one in read_mapping(folder / "answers.yaml").items()
        }),
        moves=_by_name(folder / "moves.yaml", half),
        values=MappingProxyType({
            kind: _texts_by_name(one, f"{folder / 'values.yaml'}: {kind}", half)
            for kind, one in read_mapping(folder / "values.yaml").items()
        }),
        people=_texts_by_name(read_mapping(folder / "people.yaml"), str(folder / "people.yaml"), half),
        noise_words=_noise_words(folder / "noise.yaml"),
    )  # fmt: skip


def _choice(
    groups: Mapping[str, tuple[Phrase, ...]], name: str, what: str, rng: random.Random, given: Iterable[str]
) -> Phrase:
    if name not in groups:
        raise BankError(f"the bank has no {what} {name!r}; it has {', '.join(sorted(groups))}")
    known = set(given)
    fitting = [phrase for phrase in groups[name] if phrase.needs <= known]
    if not fitting:
        raise BankError(f"no phrase of the {what} {name!r} can do with {', '.join(sorted(known)) or 'no values'}")
    return rng.choice(fitting)


def _parts(text: str, values: Mapping[str, str]) -> Iterable[Part]:
    for literal, name, _, _ in Formatter().parse(text):
        before = literal.strip()
        value = ""
        if name is not None:
            base = _DERIVED.get(name)
            value = saying.with_article(values[base]) if base else values[name]
            before, value = _joined(before, value)
        if before:
            yield Part(before)
        if value:
            yield Part(value, value=True)


def _joined(before: str, value: str) -> tuple[str, str]:
    """One preposition between a phrase and a value that both bring one: not "at on monday", not "on tomorrow"."""
    *head, last = before.split() or [""]
    first, _, rest = value.partition(" ")
    if last in _PREPOSITIONS and first in {"on", "at"} and rest:
        return before, rest
    if last == "on" and value.startswith(_WITHOUT_ON):
        return " ".join(head), value
    return before, value


def _phrase(text: str) -> Phrase:
    return Phrase(text, frozenset(_DERIVED.get(name, name) for name in saying.placeholders(text)))


def _by_name(path: Path, half: Half) -> Mapping[str, tuple[Phrase, ...]]:
    return _phrases_by_name(read_mapping(path), str(path), half)


def _phrases_by_name(groups: object, where: str, half: Half) -> Mapping[str, tuple[Phrase, ...]]:
    texts = _texts_by_name(groups, where, half)
    return MappingProxyType({name: tuple(map(_phrase, some)) for name, some in texts.items()})


def _texts_by_name(groups: object, where: str, half: Half) -> Mapping[str, tuple[str, ...]]:
    if not isinstance(groups, dict):
        raise BankError(f"{where}: expected names with a list `{half}:` below each")
    return MappingProxyType({str(name): _half_of(one, f"{where}: {name}", half) for name, one in groups.items()})


def _half_of(group: object, where: str, half: Half) -> tuple[str, ...]:
    if not isinstance(group, dict) or set(group) != set(HALVES):
        raise BankError(f"{where}: expected the two lists `worked:` and `held:`, and nothing else")
    return _texts(group[half], f"{where}: {half}")


def _texts(values: object, where: str) -> tuple[str, ...]:
    if not isinstance(values, list) or not values or not all(isinstance(one, str) and one for one in values):
        raise BankError(f"{where}: expected a list of texts; put words like yes, no and on in quotes")
    for text in values:
        try:
            saying.placeholders(text)
        except ValueError as error:
            raise BankError(f"{where}: {text!r}: {error}; write names in braces like {{date}}") from None
    return tuple(values)


def read_mapping(path: Path) -> Mapping[str, object]:
    """A YAML file with names on top; BankError when it cannot be read or is something else."""
    try:
        read = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (OSError, yaml.YAMLError) as error:
        raise BankError(f"{path}: cannot be read: {error}") from None
    if not isinstance(read, dict):
        raise BankError(f"{path}: expected names with something below each")
    return {str(name): value for name, value in read.items()}


def _noise_words(path: Path) -> NoiseWords:
    read = read_mapping(path)
    return NoiseWords(
        fillers=_texts(read.get("fillers"), f"{path}: fillers"),
        droppable=frozenset(_texts(read.get("droppable"), f"{path}: droppable")),
        homophones=_mistaken(read.get("homophones"), f"{path}: homophones"),
        slips=_mistaken(read.get("slips"), f"{path}: slips"),
    )


def _mistaken(words: object, where: str) -> Mapping[str, Sequence[str]]:
    if not isinstance(words, dict):
        raise BankError(f"{where}: expected words with a list of mistaken ones below each")
    return MappingProxyType({str(word): _texts(others, f"{where}: {word}") for word, others in words.items()})
