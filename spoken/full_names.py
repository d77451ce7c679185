"""First and last name out of letters: several spelled parts in one answer, letters against the name heard before."""

from __future__ import annotations

from collections.abc import Sequence
from difflib import SequenceMatcher
from itertools import pairwise

from .found import CORRECTION
from .letters import Spelling
from .tokens import Utterance

_LAST = frozenset({"last", "surname", "family", "second"})
_FIRST = frozenset({"first", "given", "christian", "forename"})
_ALIKE = 0.6
"""From here on letters are another hearing of the same name (ratio of matching letters)."""
_VERY_ALIKE = 0.75
"""... and from here on the same name"""
_ALIKE_WHOLE = 0.45
"""... where their number says so, too"""


def title(characters: str) -> str:
    """Letters as a name is written: "McBride", "Anne-Marie", "O'Brien"."""
    if len(characters) > 4 and characters.lower().startswith("mc") and characters.isalpha():
        return "Mc" + characters[2:].capitalize()
    name = "-".join(part[:1].upper() + part[1:] for part in characters.lower().split("-"))
    name = " ".join(part[:1].upper() + part[1:] for part in name.split(" "))
    return "'".join(part[:1].upper() + part[1:] for part in name.split("'"))


def spelled_parts(u: Utterance, runs: Sequence[Spelling]) -> str:
    """The name that the spelled ``runs`` make. Each a word of its own where words between them say so.

    "C O L, I N" is one word; "C O L I N, last name M C B R I D E" and "Colin C O L I N McBride M C B R I D E" are two.
    """
    parts = [runs[0].characters]
    swapped = False
    for before, run in pairwise(runs):
        between = u.words[before.end : run.start]
        if CORRECTION.within(u.words, before.end, run.start):
            parts = [*parts[:-1], run.characters] if len(parts) > 1 else [run.characters]
        elif _LAST.intersection(between) or "".join(between[-1:]) == run.characters:
            parts.append(run.characters)
        elif _FIRST.intersection(between):
            parts.append(run.characters)
            swapped = True
        else:
            parts[-1] += run.characters
    return " ".join(title(part) for part in (reversed(parts) if swapped else parts))


def like_heard(spelled: str, heard: str) -> str:
    """``spelled`` (one word, from letters) in the shape of ``heard``, the name as it was understood before.

    "Colinmcbride" for "Colin McBryde" is Colin McBride; "Smith" for "John Smyth" is John Smith. Unlike both: as it is.
    """
    words = heard.split()
    if len(words) < 2 or len(spelled.split()) != 1:
        return spelled
    letters = spelled.casefold()
    joined = "".join(words).casefold()
    one = max(words, key=lambda word: _alike(letters, word.casefold()))
    least = _ALIKE_WHOLE if _is_whole(letters, words) else _ALIKE
    if _alike(letters, joined) < least or _alike(letters, one.casefold()) > _alike(letters, joined):
        if _alike(letters, one.casefold()) < _ALIKE:
            return spelled
        return " ".join(spelled if word is one else word for word in words)
    cuts = [_cut(letters, joined, sum(map(len, words[:n]))) for n in range(1, len(words))]
    pieces = [letters[a:b] for a, b in zip([0, *cuts], [*cuts, len(letters)], strict=True)]
    return " ".join(title(piece) for piece in pieces) if all(pieces) else spelled


def says_one_name(heard: str, spelled: str) -> bool:
    """Whether what was heard before the letters is the very name they spell, in one word: "Berkahn, b e r k a h n"."""
    alone = bool(heard) and len(heard.split()) == 1
    return alone and _alike(heard.casefold(), spelled.casefold()) >= _VERY_ALIKE


def _is_whole(letters: str, words: Sequence[str]) -> bool:
    """Whether these are too many letters for any of ``words``, and about as many as all of them have."""
    longest = max(map(len, words))
    return longest + 3 <= len(letters) and abs(len(letters) - sum(map(len, words))) <= 3


def holds_whole(spelled: str, heard: str) -> bool:
    """Whether the letters say all of the name that was heard before them, not a word of it: "Alina Rossi, e l e n a
    r o s s i"."""
    words, letters = heard.split(), spelled.casefold()
    whole = len(words) > 1 and _is_whole(letters, words)
    return whole and _alike(letters, "".join(words).casefold()) >= _ALIKE_WHOLE


def _alike(a: str, b: str) -> float:
    return SequenceMatcher(None, a, b, autojunk=False).ratio()


def _cut(letters: str, joined: str, at: int) -> int:
    """Where in ``letters`` the place ``at`` of ``joined`` is."""
    for a, b, size in SequenceMatcher(None, letters, joined, autojunk=False).get_matching_blocks():
        if b <= at < b + size:
            return a + at - b
        if b + size == at:
            return a + size
    return min(len(letters), at)
