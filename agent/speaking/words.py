"""When words sound, from the times of their characters; and a rendered text without its marks."""

from __future__ import annotations

import html
import re
from collections.abc import Sequence
from math import isfinite

from calls.ports import WordTime

_MARK = re.compile(r"<[^<>]*>|\[[^\[\]]*\]")


class WordTimes:
    """Characters with times, chunk by chunk, to words. Marks in angle or square brackets are no words."""

    def __init__(self) -> None:
        self._word = ""
        self._start_ms = self._end_ms = self._last_ms = 0.0
        self._closes = ""
        self.letters = 0
        """letters and digits so far"""

    def add(self, characters: Sequence[str], starts_ms: Sequence[float], ends_ms: Sequence[float]) -> list[WordTime]:
        """The words that ended within these characters; times never go back. Raises ValueError for no times at all."""
        if not all(map(isfinite, (*starts_ms, *ends_ms))):
            raise ValueError("a time without end")
        found: list[WordTime] = []
        for character, start, end in zip(characters, starts_ms, ends_ms, strict=True):
            self._take(character, start, end, found)
        return found

    def finish(self) -> list[WordTime]:
        """The word that was still open."""
        found: list[WordTime] = []
        self._close(found)
        return found

    def _take(self, character: str, start: float, end: float, found: list[WordTime]) -> None:
        if self._closes:
            self._closes = "" if character == self._closes else self._closes
            return
        if character in ("<", "["):
            self._closes = ">" if character == "<" else "]"
            return
        if character.isspace():
            self._close(found)
            return
        if not self._word:
            self._start_ms = max(start, self._last_ms)
        self._word += character
        self._end_ms = max(end, self._start_ms)
        self.letters += character.isalnum()

    def _close(self, found: list[WordTime]) -> None:
        if self._word:
            found.append(WordTime(html.unescape(self._word), self._start_ms, self._end_ms))
            self._last_ms = self._end_ms
        self._word = ""


def plain(text: str) -> str:
    """A rendered text without its marks."""
    return " ".join(html.unescape(_MARK.sub(" ", text)).split())


def letters(text: str) -> int:
    """Letters and digits of a rendered text."""
    return sum(character.isalnum() for character in _MARK.sub(" ", text))
