"""Which words of a clause have sounded, and where the word begins that was cut."""

from __future__ import annotations

from collections.abc import Sequence

from calls.ports import WordTime

CHAR_MS = 65.0
"""What a character takes to say at an ordinary pace (about 15 a second); used while a clause's length is unknown."""


def heard_text(text: str, words: Sequence[WordTime], heard_ms: float, total_ms: float) -> str:
    """The words that have sounded in full; by proportion of letters when no times are known.

    ``total_ms``: the clause's whole length, as known or as estimated.
    """
    if heard_ms >= total_ms:
        return text
    if words:
        return " ".join(word.word for word in words if word.end_ms <= heard_ms)
    return text[: _boundary(text, _letters(text, heard_ms, total_ms))].rstrip()


def word_start_ms(text: str, words: Sequence[WordTime], heard_ms: float, total_ms: float) -> float:
    """Where to begin again after falling silent at ``heard_ms``: the start of the word under it, never later."""
    if words:
        under = (word.start_ms for word in words if word.start_ms <= heard_ms < word.end_ms)
        return next(under, heard_ms)
    if not text or heard_ms >= total_ms:
        return heard_ms
    begins = _boundary(text, _letters(text, heard_ms, total_ms))
    return min(heard_ms, begins / len(text) * total_ms)


def estimated_ms(text: str) -> float:
    """How long ``text`` will take to say, roughly."""
    return len(text) * CHAR_MS


def _letters(text: str, heard_ms: float, total_ms: float) -> int:
    return int(len(text) * heard_ms / total_ms) if total_ms > 0 else 0


def _boundary(text: str, letters: int) -> int:
    """The largest index up to ``letters`` where a word begins (or the text ends)."""
    if letters >= len(text):
        return len(text)
    return text.rfind(" ", 0, letters + 1) + 1
