"""What a grammar hands back, and how several finds in one utterance are settled.

"Tuesday, no, Thursday" and "today's no good, so tomorrow" -> the later one wins; "Tuesday or Thursday" -> the
first, with the other as an alternative; "not Tuesday, Thursday" and "Thursday instead of Tuesday" -> the
refused one is dropped.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Generic, Protocol, TypeVar

from .kinds import Value
from .tokens import Utterance, phrases


class Placed(Protocol):
    """Anything that occupies the words ``[start, end)``."""

    @property
    def start(self) -> int: ...

    @property
    def end(self) -> int: ...


@dataclass(frozen=True)
class Found:
    """A value at the words ``[start, end)``. ``also`` are further word ranges it has used up; ``pieces``, where
    given, are the ranges that carry it, so that another value may stand between them."""

    start: int
    end: int
    value: Value
    confidence: float = 0.95
    alternatives: tuple[Value, ...] = ()
    complete: bool = True
    also: tuple[tuple[int, int], ...] = ()
    pieces: tuple[tuple[int, int], ...] = ()


P = TypeVar("P", bound=Placed)


@dataclass(frozen=True)
class Settled(Generic[P]):
    """The chosen find, what it replaced, and what the caller left open beside it."""

    chosen: P
    replaced: tuple[P, ...] = ()
    rivals: tuple[P, ...] = ()


CORRECTION = phrases(
    """no | nope | i mean | i meant | sorry | actually | make that | make it | rather | wait | scratch that
    | correction | or rather | hang on | hold on | i take that back | change that to | change it to |
    instead | let me correct that | my mistake | excuse me | on second thought | on second thoughts |
    better make it | pardon | apologies | oops | no make that | strike that | forget that | ah no |
    i should say"""
)
_REFUSED_BEFORE = phrases(
    """not | not on | not at | not the | not for | instead of | instead of the | rather than | anything but
    | but not | but not on | cant do | cant make | cannot make | cannot do | cant do it on | isnt |
    its not | its not the | it isnt | any day but | never on | except | except on"""
)
_REFUSED_AFTER = phrases(
    """doesnt work | does not work | wont work | will not work | is no good | is bad | is out | isnt good |
    doesnt suit | wont do | isnt possible | is not possible | is impossible | isnt going to work |
    is wrong | is not right | isnt right"""
)


def settle(hits: Sequence[P], u: Utterance) -> Settled[P] | None:
    """Pick what the caller ended up meaning among ``hits`` (in order of place); None when none is left."""
    standing = [hit for hit in hits if not refused(hit, u)]
    if not standing:
        return None
    chosen = standing[0]
    replaced: list[P] = [hit for hit in hits if hit not in standing]
    rivals: list[P] = []
    for hit in standing[1:]:
        gap = u.words[chosen.end : hit.start]
        if CORRECTION.within(u.words, chosen.end, hit.start) or "so" in gap:
            replaced.append(chosen)
            replaced.extend(rivals)
            rivals = []
            chosen = hit
        elif "or" in gap and len(gap) <= 4:
            rivals.append(hit)
    return Settled(chosen, tuple(replaced), tuple(rivals))


def settle_found(hits: Sequence[Found], u: Utterance) -> Found | None:
    """Settle finds that need no more than the choice between them."""
    settled = settle(hits, u)
    if settled is None:
        return None
    chosen = settled.chosen
    others = tuple(hit.value for hit in settled.rivals if hit.value != chosen.value)
    return replace(
        chosen,
        confidence=round(chosen.confidence * (0.6 if others else 1.0), 3),
        alternatives=(*others, *(a for a in chosen.alternatives if a not in others)),
        also=(*chosen.also, *((h.start, h.end) for h in (*settled.replaced, *settled.rivals))),
    )


def refused(hit: Placed, u: Utterance) -> bool:
    """Whether the caller said they do not want it: "not Tuesday", "Tuesday doesn't work"."""
    start = hit.start
    if start > 0 and u.words[start - 1] in ("a", "an", "the"):
        start -= 1
    return bool(_REFUSED_BEFORE.ends_at(u.words, start) or _REFUSED_AFTER.match(u.words, hit.end))
