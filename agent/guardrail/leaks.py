"""Instructions are not for callers' ears: a run of their words in a clause is the prompt being read out."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache

from spoken.tokens import words_of

RUN = 7
"""words in a row; shorter runs are everyday language"""


@lru_cache(maxsize=512)
def _runs(text: str) -> frozenset[tuple[str, ...]]:
    runs: set[tuple[str, ...]] = set()
    for start in range(0, len(text), 1_500):
        words = words_of(text[start : start + 1_600])
        runs |= {words[i : i + RUN] for i in range(len(words) - RUN + 1)}
    return frozenset(runs)


def leaks(text: str, hidden: Iterable[str]) -> bool:
    """Whether ``text`` holds a run of words of anything hidden."""
    said = _runs(text)
    return any(said & _runs(secret) for secret in hidden)
