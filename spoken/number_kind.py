"""The kind number: the numbers of an utterance, and the one that is meant."""

from __future__ import annotations

from itertools import pairwise

from .found import Found, refused, settle_found
from .kinds import Context
from .numbers import HOMOPHONES, UNITS, read_number
from .plain import plain
from .tokens import MASK, Utterance, phrases, without_fillers

_OF_THEM = phrases("of them | of us | of those")
_CLOCK_AFTER = phrases("am | pm | oclock | o clock")
_ALONE = {"none": 0, "once": 1, "twice": 2, "thrice": 3, "half": 0.5, "zilch": 0, "nil": 0, "both": 2}


def lone_homophone(u: Utterance) -> tuple[int, int] | None:
    """When nothing but "to", "for", "ate" ... was heard, the number it stands for, with its word index."""
    kept = without_fillers(u.words)
    if len(kept) == 1 and u.words[kept[0]] in HOMOPHONES:
        return UNITS[HOMOPHONES[u.words[kept[0]]]], kept[0]
    return None


def number_hits(u: Utterance) -> list[Found]:
    """Every number of the utterance, left to right."""
    hits: list[Found] = []
    i = 0
    while i < len(u.words):
        read = read_number(u.words, i)
        if read is None or u.words[i] == MASK:
            i += 1
            continue
        value, end = read
        if not _CLOCK_AFTER.match(u.words, end):
            hits.append(Found(i, end, value))
        i = end
    return hits


def find_number(u: Utterance, context: Context) -> Found | None:
    """The kind ``number``; digits said one by one ("one two three") are one number, less surely."""
    hits = number_hits(u)
    if (
        len(hits) > 1
        and not refused(hits[0], u)
        and all(a.end == b.start and isinstance(a.value, int) and 0 <= a.value < 100 for a, b in pairwise(hits))
    ):
        joined = "".join(str(hit.value) for hit in hits)
        if len(joined) <= 12 and isinstance(hits[-1].value, int):
            return Found(hits[0].start, hits[-1].end, int(joined), 0.6, (hits[0].value,))
    if hits:
        return settle_found(hits, u)
    if u.strict:
        return None
    lone = lone_homophone(u)
    if lone:
        return Found(lone[1], lone[1] + 1, lone[0], 0.6)
    for i, word in enumerate(u.words):
        if word in _ALONE and plain(u, (i, i + 1)):
            return Found(i, i + 1, _ALONE[word], 0.7)
        if tuple(u.words[i : i + 2]) in (("a", "couple"), ("a", "pair")) and plain(u, (i, i + 2), also=_OF_THEM):
            return Found(i, i + 2, 2, 0.85)
    return None
