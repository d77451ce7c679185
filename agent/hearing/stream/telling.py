"""The grammar of what hearing says, kept whatever a vendor sends.

    SpeechBegan, (SpeechGrew | TurnLikely | TurnResumed)*, CallerSaid | SpeechFaded

TurnResumed comes only after TurnLikely. CallerSaid after TurnLikely, without TurnResumed in between, has the same
words: what was understood ahead is what was said.
"""

from __future__ import annotations

import re

from calls.signals import (
    CallerSaid,
    ProviderNoticed,
    Signal,
    SpeechBegan,
    SpeechFaded,
    SpeechGrew,
    TurnLikely,
    TurnResumed,
)
from calls.speech import Heard

_WORD = re.compile(r"\w+")


def spoken_words(text: str) -> list[str]:
    """The words alone: punctuation and capitals come and go while a vendor makes up its mind."""
    return _WORD.findall(text.replace("'", "").casefold())


class Telling:
    """One call's signals, in order; ``take`` hands them out."""

    def __init__(self) -> None:
        self._out: list[Signal] = []
        self._likely: list[str] | None = None
        self._grown = ""
        self.open = False
        """a turn has begun and is not over"""
        self.from_ms = 0.0
        """of the turn under way, or of the last one"""

    def take(self) -> list[Signal]:
        """What is to be told; asked after every message."""
        out, self._out = self._out, []
        return out

    @property
    def likely(self) -> bool:
        """TurnLikely was told, and holds."""
        return self._likely is not None

    def aside(self, notice: ProviderNoticed) -> None:
        """Something of the vendor's own, beside the turns."""
        self._out.append(notice)

    def began(self, from_ms: float) -> None:
        """There is speech since ``from_ms``; told once a turn."""
        if not self.open:
            self.open, self.from_ms, self._grown = True, from_ms, ""
            self._out.append(SpeechBegan(from_ms))

    def grew(self, text: str) -> None:
        """All words of the turn so far."""
        if self._likely is not None and spoken_words(text) != self._likely:
            self.resumed()
        if text != self._grown:
            self._grown = text
            self._out.append(SpeechGrew(self.from_ms, text))

    def think_over(self, heard: Heard) -> None:
        """The turn is likely over with these words."""
        words = spoken_words(heard.text)
        if words == self._likely or not words:
            return
        self.resumed()
        self._likely = words
        self._out.append(TurnLikely(heard))

    def resumed(self) -> None:
        """The caller goes on, or the words were others."""
        if self._likely is not None:
            self._likely = None
            self._out.append(TurnResumed())

    def said(self, heard: Heard) -> None:
        """The turn is over."""
        if not spoken_words(heard.text):
            self.faded("no words")
            return
        self.began(heard.from_ms)
        if self._likely is not None and spoken_words(heard.text) != self._likely:
            self.resumed()
        self._likely, self.open = None, False
        self._out.append(CallerSaid(heard))

    def faded(self, reason: str) -> None:
        """There were no words in it."""
        if not self.open:
            return
        self.resumed()
        self.open = False
        self._out.append(SpeechFaded(reason))
