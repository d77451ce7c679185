"""The kind ordinal: "the third", "number two", "the hundred and first", "the last but one"."""

from __future__ import annotations

from collections.abc import Sequence

from .found import Found, settle_found
from .kinds import Context
from .number_kind import number_hits
from .numbers import UNITS, read_cardinal, read_ordinal
from .plain import plain
from .tokens import Utterance, phrases, word_set

_NOUNS = word_set(
    """number option position item choice slot line room seat place row floor gate door step question spot track
    chapter page level lane table bay unit"""
)
_FROM_THE_END = phrases("second to last | second last | last but one | next to last | penultimate | second from last")
_LAST = word_set("last final bottom")
_CALLING = word_set("i im ive we weve were calling today this that you youve")
_EXPLAINING = word_set("let i can could we tell you of off thing things name")
_COUNTED = word_set("one option choice time slot place question floor seat attempt try")
_RANKED = word_set("grade grader graders cousin degree world language wife husband")
""" "the third grade", "my second cousin": ranks of their own, whatever is on offer"""


def is_no_place(words: Sequence[str], i: int, end: int) -> bool:
    """ "A third of them", "one fifth", "the third time I call", "first let me": no place in a row."""
    if words[end : end + 1] == ("time",) and end + 1 < len(words) and words[end + 1] in _CALLING:
        return True
    if words[i] == "first" and end < len(words) and words[end] in _EXPLAINING:
        return True
    if words[end : end + 1] and words[end] in _RANKED:
        return True
    if i == 0 or (words[end : end + 1] and words[end] in _COUNTED):
        return False
    return words[i - 1] in ("a", "an", "another") or UNITS.get(words[i - 1], 0) in range(1, 10)


def find_ordinal(u: Utterance, context: Context) -> Found | None:
    """The kind ``ordinal``; counted from the end the last is -1. A bare "three" is taken for the third, unsurely."""
    hits: list[Found] = []
    i = 0
    while i < len(u.words):
        length = _FROM_THE_END.match(u.words, i)
        read = None if length else read_ordinal(u.words, i)
        if length:
            hits.append(Found(i, i + length, -2, 0.9))
            i += length
        elif read is not None:
            if not is_no_place(u.words, i, read[1]):
                hits.append(Found(i, read[1], read[0]))
            i = read[1]
        elif u.words[i] in _LAST:
            hits.append(Found(i, i + 1, -1, 0.8))
            i += 1
        elif u.words[i] in _NOUNS and (after := read_cardinal(u.words, i + 1)):
            hits.append(Found(i + 1, after[1], after[0], 0.9))
            i = after[1]
        else:
            i += 1
    if hits or u.strict:
        return settle_found(hits, u)
    cardinals = [
        Found(h.start, h.end, h.value, 0.6)
        for h in number_hits(u)
        if isinstance(h.value, int) and h.value > 0 and plain(u, (h.start, h.end))
    ]
    return settle_found(cardinals, u)
