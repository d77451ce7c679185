"""How well a question on file fits the one that was asked. Pure, and the same for both back ends.

A wrong answer is worse than none: every word that only one of the two questions has counts against them, and the
words a question is merely built of (how, what, much) count little, so that they alone never make two alike.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

ENOUGH = 0.6
"""below this nothing is said"""
AHEAD = 0.08
"""the best answer must be better than the next one by as much"""
LIGHT = 0.35
"""what a word of :data:`FRAME` weighs; any other weighs 1"""

FRAME = frozenset(
    {"how", "what", "when", "where", "which", "who", "why", "much", "many", "long", "often", "far", "soon"}
)
SILENT = frozenset(
    re.findall(
        r"\w+",
        """a an the is are was were be been am do does did can could will would shall should may might must have has had
        i you we they he she it me my your our their his her its us them this that these those there here of for to in
        on at by with from about and or not if so as please thanks thank tell know need want like get got just any some
        hi hello hey okay um uh well question ask wondering""",
    )
)
ENDINGS = ("ations", "ation", "ings", "ing", "ies", "ied", "ers", "ed", "es", "er", "s", "e", "y")


@dataclass(frozen=True, slots=True)
class Entry:
    """An answer on file."""

    id: str
    question: str
    answer: str
    """as it is spoken"""
    citation: str
    """where it stands"""
    owner: str
    """who answers for it"""
    reviewed_on: date
    review_by: date
    """from this day on it is not spoken any more"""
    phrasings: tuple[str, ...] = ()
    """other ways to ask it"""


def best(asked: str, entries: Iterable[Entry]) -> Entry | None:
    """The entry that answers ``asked``; None when none does, or when two would do about as well."""
    ranked = sorted(((fit(asked, entry), entry.id, entry) for entry in entries), reverse=True, key=lambda one: one[:2])
    if not ranked or ranked[0][0] < ENOUGH:
        return None
    if len(ranked) > 1 and ranked[0][0] - ranked[1][0] < AHEAD and ranked[0][2].answer != ranked[1][2].answer:
        return None
    return ranked[0][2]


def fit(asked: str, entry: Entry) -> float:
    """0 (nothing in common) to 1 (the same words), for the phrasing that fits best."""
    words = stems(asked)
    return max(alike(words, stems(phrasing)) for phrasing in (entry.question, *entry.phrasings))


def alike(one: Sequence[str], other: Sequence[str]) -> float:
    """The weighted share of words which two questions have in common (F1)."""
    weight = sum(_weight(word) for word in one) + sum(_weight(word) for word in other)
    common = sum(_weight(word) for word in one if any(_same(word, there) for there in other))
    heavy = any(word not in FRAME and any(_same(word, there) for there in other) for word in one)
    return 2 * common / weight if weight and heavy else 0.0


@lru_cache(maxsize=4_096)
def stems(text: str) -> tuple[str, ...]:
    """The words of a question that matter, without their endings, each once."""
    plain = "".join(letter if letter.isalnum() else " " for letter in text.casefold().replace("'", ""))
    return tuple(dict.fromkeys(_stem(word) for word in plain.split() if word not in SILENT))


def _stem(word: str) -> str:
    if word in FRAME:
        return word
    for ending in ENDINGS:
        if word.endswith(ending) and len(word) - len(ending) >= 3:
            return word[: -len(ending)]
    return word


def _weight(word: str) -> float:
    return LIGHT if word in FRAME else 1.0


def _same(one: str, other: str) -> bool:
    """Equal, or one letter apart in a longer word: recognizers and callers misspell."""
    if one == other:
        return True
    if min(len(one), len(other)) < 5 or abs(len(one) - len(other)) > 1:
        return False
    short, long = sorted((one, other), key=len)
    at = next((n for n, letter in enumerate(short) if letter != long[n]), len(short))
    return short[at + (len(one) == len(other)) :] == long[at + 1 :]
