"""The simulated callers, loaded from ``personas.yaml``: what they want and how they behave on the telephone."""

from __future__ import annotations

import random
from collections.abc import Mapping
from dataclasses import dataclass, fields
from functools import cache
from pathlib import Path
from types import MappingProxyType

from switchboard.simulation.bank import MANNERS, BankError, load_bank, read_mapping
from switchboard.simulation.noise import Noise

PERSONAS = Path(__file__).parent / "personas.yaml"

Weights = Mapping[str, float]
"""choice -> how often, relative to the others"""


@dataclass(frozen=True, slots=True)
class Persona:
    """One kind of caller. Rates are chances from 0 to 1 for each turn of the caller, unless said otherwise."""

    name: str
    about: str
    goals: Weights
    """what the call is for: the goals of ``openings.yaml``"""
    manners: Weights
    """how questions are answered: terse, chatty, hesitant, correcting, over, under"""
    styles: Mapping[str, Weights]
    """kind -> style of ``values.yaml``"""
    patience: int
    """agent turns without progress before this caller gives up"""
    pause_ms: tuple[int, int]
    """shortest and longest silence before an answer"""
    interrupts: float
    """speaks while the agent does"""
    silent: float
    """says nothing when asked"""
    corrects: float
    """changes a value given earlier"""
    digresses: float
    """asks or says something beside the question"""
    repairs: float
    """asks for it again, slower, louder, what was meant, or to hold on"""
    changes_mind: float
    """for each summary: wants something else instead of a yes"""
    angry: float
    """says so"""
    second_request: float
    """for each call: has another goal as well"""
    hangs_up: float
    """is gone in the middle"""
    calls_back: float
    """for each such end: calls again within ten minutes"""
    keys: float
    """for each answer that keys can give: types it"""
    for_another: float
    """for each call: it is about somebody else"""
    child: bool
    noise: Noise

    def goal(self, rng: random.Random) -> str:
        """What this call is for."""
        return weighted(self.goals, rng)

    def manner(self, rng: random.Random) -> str:
        """How the next question is answered."""
        return weighted(self.manners, rng)

    def style(self, kind: str, rng: random.Random) -> str:
        """How a value of `kind` is said; empty leaves it to the bank."""
        return weighted(self.styles[kind], rng) if kind in self.styles else ""


RATES = (
    "interrupts", "silent", "corrects", "digresses", "repairs", "changes_mind", "angry", "second_request",
    "hangs_up", "calls_back", "keys", "for_another",
)  # fmt: skip
_NAMES = frozenset(field.name for field in fields(Persona)) - {"name"}


def weighted(weights: Weights, rng: random.Random) -> str:
    """One of the choices, by weight."""
    return rng.choices(list(weights), weights=list(weights.values()))[0]


@cache
def load_personas(path: Path = PERSONAS) -> Mapping[str, Persona]:
    """The personas by name, in the file's order; BankError says which field of whom is wrong."""
    read = read_mapping(path)
    defaults, personas = read.get("defaults"), read.get("personas")
    if set(read) != {"defaults", "personas"} or not isinstance(defaults, dict) or not isinstance(personas, dict):
        raise BankError(f"{path}: expected `defaults:` and `personas:`, each with names below")
    return MappingProxyType({str(name): _persona(str(name), one, defaults, path) for name, one in personas.items()})


def _persona(name: str, own: object, defaults: Mapping[str, object], path: Path) -> Persona:
    where = f"{path}: {name}"
    if not isinstance(own, dict):
        raise BankError(f"{where}: expected fields such as `about:` and `goals:`")
    given = {**defaults, **own}
    if set(given) != _NAMES:
        odd = sorted(set(given) ^ _NAMES)
        raise BankError(f"{where}: missing or unknown: {', '.join(map(str, odd))}; the fields are those of Persona")
    bank = load_bank("worked")
    styles = given["styles"]
    if not isinstance(styles, dict):
        raise BankError(f"{where}: styles: expected kinds with styles below each")
    return Persona(
        name=name,
        about=str(given["about"]),
        goals=_weights(given["goals"], f"{where}: goals", frozenset(bank.openings)),
        manners=_weights(given["manners"], f"{where}: manners", frozenset(MANNERS)),
        styles=MappingProxyType({
            str(kind): _weights(one, f"{where}: styles: {kind}", frozenset(bank.values.get(str(kind), ())))
            for kind, one in styles.items()
        }),
        patience=_whole(given["patience"], f"{where}: patience"),
        pause_ms=_span(given["pause_ms"], f"{where}: pause_ms"),
        child=given["child"] is True,
        noise=_noise(given["noise"], f"{where}: noise"),
        **{rate: _chance(given[rate], f"{where}: {rate}") for rate in RATES},
    )  # fmt: skip


def _weights(value: object, where: str, allowed: frozenset[str]) -> Weights:
    if not isinstance(value, dict) or not value:
        raise BankError(f"{where}: expected choices with a weight each")
    unknown = sorted(str(name) for name in value if name not in allowed)
    if unknown:
        raise BankError(f"{where}: {', '.join(unknown)} is not in the phrase bank; it has {', '.join(sorted(allowed))}")
    weights = {str(name): _number(weight, f"{where}: {name}") for name, weight in value.items()}
    if min(weights.values()) < 0 or sum(weights.values()) <= 0:
        raise BankError(f"{where}: weights are zero or more, and at least one is more")
    return MappingProxyType(weights)


def _noise(value: object, where: str) -> Noise:
    names = {field.name for field in fields(Noise)}
    if not isinstance(value, dict) or not set(value) <= names:
        raise BankError(f"{where}: expected some of {', '.join(sorted(names))}")
    return Noise(**{str(name): _chance(rate, f"{where}: {name}") for name, rate in value.items()})


def _number(value: object, where: str) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise BankError(f"{where}: {value!r} is not a number")
    return float(value)


def _chance(value: object, where: str) -> float:
    number = _number(value, where)
    if not 0 <= number <= 1:
        raise BankError(f"{where}: {value!r} is not between 0 and 1")
    return number


def _whole(value: object, where: str) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or value < 1:
        raise BankError(f"{where}: {value!r} is not a whole number of at least 1")
    return value


def _span(value: object, where: str) -> tuple[int, int]:
    if not isinstance(value, list) or len(value) != 2:
        raise BankError(f"{where}: expected [shortest, longest] in ms")
    shortest, longest = (_whole(one, where) for one in value)
    if shortest > longest:
        raise BankError(f"{where}: {shortest} ms is longer than {longest} ms; the shorter one stands first")
    return shortest, longest
