"""Key terms: which words a vendor is told to listen for, within what it allows."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from calls.guidance import Guidance
from calls.line import Line, Term

_PLAIN = frozenset({"choice", "person_name", "address"})
"""kinds whose options are names of the line's own; a yes, a number or a weekday needs no help"""


@dataclass(frozen=True, slots=True)
class TermLimits:
    """What a vendor allows."""

    count: int
    length: int
    """characters of one term"""
    tokens: int
    """of all terms together, as we estimate them: a token for every three characters begun, and one for the term"""


def line_terms(line: Line, vocabulary: Iterable[Term]) -> tuple[str, ...]:
    """What every call on a line may name, the words of its trade first."""
    return (*(term.text for term in vocabulary), line.business, line.agent_name)


def guidance_terms(guidance: Guidance) -> tuple[str, ...]:
    """What the caller may name now: the options of the slot asked for, then of the others."""
    slots = sorted(guidance.slots, key=lambda slot: slot.slot != guidance.primary)
    return tuple(says for slot in slots if slot.kind in _PLAIN for option in slot.options for says in option.says[:2])


def fitting(terms: Iterable[str], limits: TermLimits) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The terms a vendor can be told, in order, each once; and those it cannot."""
    used: list[str] = []
    unused: list[str] = []
    seen: set[str] = set()
    tokens = 0
    for term in terms:
        plain = " ".join(term.split())
        if not plain or plain.casefold() in seen:
            continue
        seen.add(plain.casefold())
        cost = 1 + (len(plain) + 2) // 3
        if len(plain) > limits.length or len(used) >= limits.count or tokens + cost > limits.tokens:
            unused.append(plain)
            continue
        tokens += cost
        used.append(plain)
    return tuple(used), tuple(unused)
