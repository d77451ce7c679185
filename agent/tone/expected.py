"""How long an ordinary speaker takes for some words, so that a short answer and a long one can be compared.

A word takes what its pairs of letters add up to; words whose spelling misleads ("would", "two") are listed whole. The
figures stand in lengths.txt, fitted to several voices reading; tests/agent/tone/lengths.py wrote it and can again.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from pathlib import Path

from agent.offline.speakable import speakable

FILE = Path(__file__).with_name("lengths.txt")
MOST_LETTERS = 1_000
SHORTEST_MS = 60.0
"""no word takes less"""
_WORD = re.compile(r"[a-z]+(?:'[a-z]+)*")
_COMMA = re.compile(r"[,;:]\s")
_FUNCTION_WORDS = """
    a an the of to in on at for from with by and or but is it i you he she we they my your our his her its me us
    them be been am are was were do does did have has had can could will would should that this there as if so not
    than then some any
"""
FUNCTION_WORDS = frozenset(_FUNCTION_WORDS.split())


@dataclass(frozen=True, slots=True)
class Lengths:
    """What is in the file, all of it in ms."""

    once: float
    """of every turn"""
    comma: float
    """the part of a pause which is not told from speech, and the drawl before it"""
    word: float
    function_word: float
    """on top; negative"""
    pairs: Mapping[str, float]
    whole: Mapping[str, float]


@lru_cache(maxsize=1)
def lengths() -> Lengths:
    """The shipped ones."""
    rows = [line.split() for line in FILE.read_text("utf-8").splitlines() if not line.startswith("#")]
    found: dict[str, dict[str, float]] = {"once": {}, "pair": {}, "whole": {}}
    for kind, name, ms in rows:
        found[kind][name] = float(ms)
    once = found["once"]
    return Lengths(once["turn"], once["comma"], once["word"], once["function"], found["pair"], found["whole"])


def letter_pairs(word: str) -> Iterator[str]:
    """Every two letters in a row, ``^`` before the first and ``$`` after the last; the last three if that is e."""
    letters = f"^{word.replace(chr(39), '')}$"
    yield from map("".join, pairwise(letters))
    if len(letters) > 4 and letters.endswith("e$"):
        yield f"{letters[-4:-1]}$"


def words_as_said(text: str) -> list[str]:
    """Small letters; numbers, times and codes as the words they are said in."""
    return _WORD.findall(speakable(text[:MOST_LETTERS]).lower())


@lru_cache(maxsize=4_096)
def word_ms(word: str) -> float:
    """One word of ``words_as_said``."""
    known = lengths()
    if (whole := known.whole.get(word)) is not None:
        return whole
    taken = known.word + sum(known.pairs.get(pair, 0.0) for pair in letter_pairs(word))
    return max(SHORTEST_MS, taken + (known.function_word if word in FUNCTION_WORDS else 0.0))


def expected_ms(text: str) -> float:
    """0 for a text without words."""
    words = words_as_said(text)
    if not words:
        return 0.0
    known = lengths()
    return known.once + sum(map(word_ms, words)) + known.comma * len(_COMMA.findall(text[:MOST_LETTERS]))
