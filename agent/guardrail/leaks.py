"""Instructions are not for callers' ears: a run of their words in a clause is the prompt being read out."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache

_WORD = re.compile(r"\w+")
_APOSTROPHES = str.maketrans("", "", "'’")

RUN = 7
"""words in a row; shorter runs are everyday language"""


@lru_cache(maxsize=512)
def _runs(text: str) -> frozenset[tuple[str, ...]]:
    words = _WORD.findall(text.lower().translate(_APOSTROPHES))
    return frozenset(tuple(words[i : i + RUN]) for i in range(len(words) - RUN + 1))


def leaks(text: str, hidden: Iterable[str]) -> bool:
    """Whether ``text`` holds a run of words of anything hidden."""
    said = _runs(text)
    return any(said & _runs(secret) for secret in hidden)
