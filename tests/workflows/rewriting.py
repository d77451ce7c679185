"""Rewriting scripts at random without changing what they do: other names, another order, another form."""

from __future__ import annotations

import re
from collections.abc import Callable
from itertools import pairwise
from random import Random
from typing import Any

import yaml

from workflows.language.keys import CASE, INTENT, SCRIPT, STEPS, TOPIC, Keys, Shape

Document = dict[str, Any]
Rename = Callable[[str], str]

_THEN_KEYS = {"collect": "then", "confirm": "then", "act": "then", "say": "then", "verify": "then", "call": "then"}


def rewrite(text: str, random: Random, known_outside: frozenset[str] = frozenset()) -> str:
    """Another text of the same script; ``random`` says which changes are made. ``known_outside``: slots others name."""
    document: Document = yaml.load(text, yaml.BaseLoader)
    if random.random() < 0.7:
        _rename_steps(document, random)
    if random.random() < 0.5:
        _rename_slots(document, random, known_outside)
    if random.random() < 0.6:
        _shuffle_steps(document, random)
    if random.random() < 0.8:
        document = _shuffled_keys(document, random)
    written = yaml.dump(
        document,
        Dumper=_Plain,
        sort_keys=False,
        allow_unicode=random.random() < 0.5,
        width=random.choice([40, 80, 120, 1000]),
        indent=random.choice([2, 3, 4]),
        default_flow_style=random.choice([False, False, None]),
        default_style=random.choice([None, None, '"', "'"]),
    )
    return _with_comments(written, random) if random.random() < 0.5 else written


class _Plain(yaml.SafeDumper):
    def ignore_aliases(self, data: object) -> bool:
        return True


def verb_of(step: Document) -> str:
    """What makes the step what it is."""
    return next(verb for verb in STEPS if verb in step)


def _rename_steps(document: Document, random: Random) -> None:
    names = list(document["steps"])
    new = {name: f"{random.choice('abcdefgh')}_{name}_{random.randrange(100)}" for name in names}
    document["steps"] = {new[name]: step for name, step in document["steps"].items()}
    _renamed(document, {Shape.step}, lambda name: new.get(name, name))


def _rename_slots(document: Document, random: Random, known_outside: frozenset[str]) -> None:
    proofs = known_outside | {slot for step in document["steps"].values() for slot in _as_list(step.get("by", []))}
    free = [name for name in document.get("slots", {}) if name not in proofs]
    new = {name: f"{name}_{random.choice(['of_caller', 'wanted', 'told'])}" for name in free}
    if document["script"] == "callback" or not free:
        return  # other scripts name its slots
    for name in free:  # what a slot is called by default follows its name
        document["slots"][name].setdefault("names", [name.replace("_", " ")])
    document["slots"] = {new.get(name, name): slot for name, slot in document["slots"].items()}
    _renamed(document, {Shape.slot, Shape.slots}, lambda name: new.get(name, name))


def _as_list(value: Any) -> list[str]:
    return value if isinstance(value, list) else [value]


def _renamed(document: Document, shapes: set[Shape], rename: Rename) -> None:
    _fields(document, SCRIPT, shapes, rename)
    for topic in document.get("topics", {}).values():
        _fields(topic, TOPIC, shapes, rename)
    for step in document["steps"].values():
        _fields(step, STEPS[verb_of(step)], shapes, rename)


def _fields(mapping: Document, keys: Keys, shapes: set[Shape], rename: Rename) -> None:
    steps, slots = Shape.step in shapes, Shape.slot in shapes
    for key in keys:
        if key.name not in mapping:
            continue
        value = mapping[key.name]
        if key.shape in shapes:
            mapping[key.name] = [rename(item) for item in value] if isinstance(value, list) else rename(value)
        elif key.shape == Shape.refused and steps:
            mapping[key.name] = {code: rename(target) for code, target in value.items()}
        elif key.shape in (Shape.arguments, Shape.bindings) and slots:
            own = rename if key.name == "sets" else str
            mapping[key.name] = {own(k): rename(item) if isinstance(item, str) else item for k, item in value.items()}
        elif key.shape in (Shape.takes, Shape.asks) and slots:
            mapping[key.name] = {rename(k): item for k, item in value.items()}
        elif key.shape == Shape.notes and slots:
            for note in value.values():
                note["from"] = rename(note["from"]) if isinstance(note["from"], str) else note["from"]
        elif key.shape == Shape.migrations and steps:
            mapping[key.name] = {
                version: {k: rename(step) for k, step in led.items()} for version, led in value.items()
            }
        elif key.shape == Shape.cases:
            for case in value:
                _fields(case, CASE, shapes, rename)
        elif key.shape == Shape.intents:
            for intent in value.values():
                _fields(intent, INTENT, shapes, rename)
        elif key.shape in (Shape.line, Shape.lines, Shape.rungs) and slots:
            mapping[key.name] = _line(value, rename)


def _line(value: Any, rename: Rename) -> Any:
    if isinstance(value, list):
        return [_line(item, rename) for item in value]
    if isinstance(value, dict):
        return {**value, "text": _line(value["text"], rename)}
    return re.sub(r"\{(\w+)\}", lambda gap: "{" + rename(gap.group(1)) + "}", value)


def _shuffle_steps(document: Document, random: Random) -> None:
    names = list(document["steps"])
    for name, following in pairwise(names):
        step = document["steps"][name]
        verb = verb_of(step)
        if verb == "decide":
            step.setdefault("else", following)
        elif verb in _THEN_KEYS:
            step.setdefault("then", following)
    first, *rest = names
    random.shuffle(rest)
    document["steps"] = {name: document["steps"][name] for name in (first, *rest)}


def _shuffled_keys(document: Document, random: Random) -> Document:
    """Keys of fixed mappings in any order; the order of steps, slots and options is the author's."""
    document["steps"] = {name: _shuffled(step, random) for name, step in document["steps"].items()}
    document["slots"] = {name: _shuffled(slot, random) for name, slot in document.get("slots", {}).items()}
    return _shuffled(document, random)


def _shuffled(mapping: Document, random: Random) -> Document:
    keys = list(mapping)
    random.shuffle(keys)
    return {key: mapping[key] for key in keys}


def _with_comments(text: str, random: Random) -> str:
    """Comments on lines of their own before keys at the left edge or of steps, where none can be inside a text."""
    lines: list[str] = []
    for number, line in enumerate(text.split("\n")):
        if re.match(r"[a-z]\w*:", line) and random.random() < 0.4:
            lines.append(f"# comment {number}")
            lines += [""] * random.randrange(2)
        lines.append(line)
    return "\n".join(lines)
