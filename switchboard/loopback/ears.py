"""What a pretended recognizer hears: words at their times in a connection's audio."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Word:
    """A word and when it sounds, ms."""

    text: str
    from_ms: float
    to_ms: float


class Ears(Protocol):
    """What one connection's audio holds. Times are ms of that audio."""

    def hear(self, audio: bytes) -> tuple[list[float], list[Word]]:
        """The beginnings of speech in this audio, and the words that ended in it."""

    def loud_between(self, from_ms: float, to_ms: float) -> bool:
        """Whether anything like speech was heard there."""


class TimedEars:
    """Hears given words at given times of a connection's audio, whatever that audio is: for load and for the bench."""

    def __init__(self, words: Sequence[Word]) -> None:
        self._words = list(words)
        self._media_ms = 0.0
        self._begun = self._ended = 0

    def loud_between(self, from_ms: float, to_ms: float) -> bool:
        """By the words that have begun."""
        recent = self._words[max(0, self._begun - 4) : self._begun]
        return any(word.from_ms < to_ms and word.to_ms > from_ms for word in recent)

    def hear(self, audio: bytes) -> tuple[list[float], list[Word]]:
        """By length alone."""
        self._media_ms += len(audio) / 8
        began: list[float] = []
        ended: list[Word] = []
        while self._begun < len(self._words) and self._words[self._begun].from_ms < self._media_ms:
            before = self._words[self._begun - 1].to_ms if self._begun else -1.0
            if self._words[self._begun].from_ms > before:
                began.append(self._words[self._begun].from_ms)
            self._begun += 1
        while self._ended < self._begun and self._words[self._ended].to_ms <= self._media_ms:
            ended.append(self._words[self._ended])
            self._ended += 1
        return began, ended
