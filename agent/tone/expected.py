"""How long an ordinary speaker takes for some words, so that a short answer and a long one can be compared."""

from __future__ import annotations

import re

from agent.offline.speakable import speakable

MOST_LETTERS = 1_000
BASE_MS, FUNCTION_WORD_MS, CONTENT_WORD_MS, LETTER_MS = 95.0, 50.0, 130.0, 34.0
"""least squares over the half of tests/agent/tone/speakers.py that is worked on: a sentence is 8 % off, an answer of
two to four words 15 %; counting syllables, long vowels or hissing sounds beside letters made it no better"""
_WORD = re.compile(r"[a-z']+")
_FUNCTION_WORDS = """
    a an the of to in on at for from with by and or but is it i you he she we they my your our his her its me us
    them be been am are was were do does did have has had can could will would should that this there as if so not
    than then some any
"""
FUNCTION_WORDS = frozenset(_FUNCTION_WORDS.split())


def words_as_said(text: str) -> list[str]:
    """Small letters; numbers, times and codes as the words they are said in."""
    return _WORD.findall(speakable(text[:MOST_LETTERS]).lower())


def word_ms(word: str) -> float:
    """One word of ``words_as_said``."""
    return (FUNCTION_WORD_MS if word in FUNCTION_WORDS else CONTENT_WORD_MS) + LETTER_MS * len(word)


def expected_ms(text: str) -> float:
    """0 for a text without words."""
    words = words_as_said(text)
    return BASE_MS + sum(map(word_ms, words)) if words else 0.0
