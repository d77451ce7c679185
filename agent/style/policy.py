"""Which style is allowed when: rules as data, applied to what a model, a prediction or a persona asks for."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import cache
from importlib import resources
from typing import Any, get_args

import yaml

from calls.errors import ConfigurationError
from calls.speech import Emotion, SpeechStyle, Tone

MARKS = frozenset(
    {"complaint", "danger", "bad_news", "disclosure", "angry", "sad", "uneasy", "pleased", "slow_wanted", "value"}
)
"""What a moment can be marked with; ``value`` follows from the style itself."""

SURE = 0.5
"""How sure a tone must be before it counts."""

_ANY = float("inf")
_BOUNDED = ("pace", "volume", "intensity")
_KEYS = {"name", "why", "when", "emotions", "become", "at_most", "at_least", "examples"}


@dataclass(frozen=True, slots=True)
class Rule:
    """Forbids emotions, and bounds the rest, at moments which have one of its marks."""

    name: str
    when: frozenset[str]
    emotions: frozenset[str] = frozenset()
    become: Mapping[str, Any] = field(default_factory=dict)
    at_most: Mapping[str, float] = field(default_factory=dict)
    at_least: Mapping[str, float] = field(default_factory=dict)
    examples: tuple[Mapping[str, Any], ...] = ()

    def apply(self, style: SpeechStyle) -> SpeechStyle:
        """The style this rule leaves."""
        if style.emotion in self.emotions:
            style = replace(style, **self.become)
        for name in _BOUNDED:
            bounded = min(getattr(style, name), self.at_most.get(name, _ANY))
            style = replace(style, **{name: max(bounded, self.at_least.get(name, -_ANY))})
        return style


@dataclass(frozen=True, slots=True)
class Policy:
    """Rules in order. Pure."""

    rules: tuple[Rule, ...]

    def apply(self, style: SpeechStyle, moment: Iterable[str]) -> tuple[SpeechStyle, tuple[str, ...]]:
        """The style as it may be, and the names of the rules that changed it.

        Raises ValueError for a mark there is not.
        """
        marks = frozenset(moment)
        if marks - MARKS:
            raise ValueError(
                f"no moment is marked {', '.join(sorted(marks - MARKS))}; marks: {', '.join(sorted(MARKS))}"
            )
        if style.say_as != "text":
            marks |= {"value"}
        changed = []
        for rule in self.rules:
            if rule.when & marks:
                before, style = style, rule.apply(style)
                changed += [rule.name] if style != before else []
        return style, tuple(changed)


def moment_of(tone: Tone | None, marks: Iterable[str] = ()) -> frozenset[str]:
    """The marks of a moment: those known otherwise, and how the caller sounded where that is sure enough."""
    heard = {tone.feeling} & MARKS if tone is not None and tone.confidence >= SURE else set()
    return frozenset(marks) | heard


@cache
def shipped() -> Policy:
    """The rules that come with the product."""
    return read_policy(resources.files("agent.style").joinpath("policy.yaml").read_text("utf-8"), "policy.yaml")


def read_policy(text: str, where: str) -> Policy:
    """Rules from YAML. Raises ConfigurationError with the rule and what is wrong in it."""
    try:
        tree = yaml.safe_load(text)
    except yaml.YAMLError as why:
        raise ConfigurationError(f"{where} is no YAML: {why}") from None
    rules = tree.get("rules") if isinstance(tree, dict) else None
    if not isinstance(rules, list):
        raise ConfigurationError(f"{where}: expected a list under 'rules'")
    return Policy(tuple(_rule(raw, f"{where}, rule {n}") for n, raw in enumerate(rules, 1)))


def _rule(raw: Any, where: str) -> Rule:
    if not isinstance(raw, dict) or not raw.get("name") or not isinstance(raw.get("when"), list):
        raise ConfigurationError(f"{where}: needs a 'name' and a list 'when'")
    where = f"{where} ({raw['name']})"
    emotions, become = raw.get("emotions", []), raw.get("become", {})
    named = {*emotions, *([become["emotion"]] if "emotion" in become else [])}
    unknown = [
        *(f"key {key!r}" for key in raw.keys() - _KEYS),
        *(f"mark {mark!r}" for mark in set(raw["when"]) - MARKS),
        *(f"emotion {emotion!r}" for emotion in named - set(get_args(Emotion))),
        *(f"field {key!r}" for key in become.keys() - {"emotion", "intensity", "pace", "volume"}),
        *(f"bound {key!r}" for key in {**raw.get("at_most", {}), **raw.get("at_least", {})}.keys() - set(_BOUNDED)),
    ]
    if unknown:
        raise ConfigurationError(f"{where}: there is no {', no '.join(sorted(unknown))}")
    if emotions and (not become.get("emotion") or become["emotion"] in emotions):
        raise ConfigurationError(f"{where}: 'become' must name an emotion which the rule does not forbid")
    return Rule(
        raw["name"], frozenset(raw["when"]), frozenset(emotions), become,
        raw.get("at_most", {}), raw.get("at_least", {}), tuple(raw.get("examples", [])),
    )  # fmt: skip
