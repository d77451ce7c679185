"""Readings a recognizer mixes up: "fifteen" and "fifty" differ by a sound that the telephone hardly carries."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from .found import Found
from .kinds import Context, Kind, Value
from .tokens import Utterance
from .words import ONES, TENS

_KINDS = frozenset({Kind.number, Kind.party_size, Kind.duration, Kind.money, Kind.time})
_ALIKE = {ONES[10 + n]: TENS[n] for n in range(3, 10)} | {f"1{n}": f"{n}0" for n in range(3, 10)}
_ALIKE |= {tens: teen for teen, tens in _ALIKE.items()}
_UNITS = frozenset(ONES[1:10])


def misheard(
    kind: Kind, found: Found, u: Utterance, context: Context, grammar: Callable[[Utterance, Context], Found | None]
) -> tuple[Value, ...]:
    """The value with "fifty" for "fifteen" (or the reverse), if one such word carries it."""
    if kind not in _KINDS:
        return ()
    places = [
        i
        for i in range(found.start, found.end)
        if u.words[i] in _ALIKE and not (u.words[i] in TENS and u.words[i + 1 : i + 2] and u.words[i + 1] in _UNITS)
    ]
    if len(places) != 1:
        return ()
    i = places[0]
    words = (*u.words[:i], _ALIKE[u.words[i]], *u.words[i + 1 :])
    other = grammar(replace(u, words=words, said=(*u.said[:i], words[i], *u.said[i + 1 :])), context)
    same_place = other is not None and (other.start, other.end) == (found.start, found.end)
    return (other.value,) if other is not None and same_place and other.value != found.value else ()
