"""A reply as it is written, cut into clauses which are judged and voiced one by one, each with its style. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from agent.style.directive import Refused, Styled, StyleStream
from agent.style.predict import choose
from calls.line import Persona
from calls.phrases import clauses_of
from calls.speech import NEUTRAL, SpeechStyle

LONGEST = 320
"""characters of a clause: a sentence that goes on for longer is cut at a comma, or between two words"""

_MARKUP = re.compile(r"\*\*|__|`+|^\s*(?:#{1,6}\s+|[-*•]\s+|\d{1,2}[.)]\s+(?=[A-Z]))", re.MULTILINE)
_ITEM = re.compile(r"\n\s*(?:[-*•]|\d{1,2}[.)])\s+")
"""a list is spoken as sentences"""
_ENDS = re.compile(r"[.!?]['\"”’)]*$")


@dataclass(frozen=True, slots=True)
class StyledClause:
    """Words to be judged, voiced and heard as one, and how they are said."""

    text: str
    style: SpeechStyle


class ReplyStream:
    """Grammar: feed*, finish. ``moment``: marks of this turn (``agent.style.policy.moment_of``)."""

    def __init__(self, persona: Persona | None = None, moment: Iterable[str] = ()) -> None:
        self._styles = StyleStream()
        self._persona = persona
        self._moment = tuple(moment)
        self._text = ""
        self._style = NEUTRAL
        self._ready: list[StyledClause] = []
        self.refused = 0
        """directives that are not in the language"""

    def feed(self, text: str) -> list[StyledClause]:
        """Clauses which are complete; the rest waits for more."""
        self._take(self._styles.feed(text))
        return self._given()

    def finish(self, *, whole: bool = True) -> list[StyledClause]:
        """No more text is coming. Not ``whole``: a sentence that was not ended is not said."""
        self._take(self._styles.finish())
        rest = self._text.strip()
        if rest and (whole or _ENDS.search(rest)):
            self._end(rest)
        self._text = ""
        return self._given()

    def _take(self, pieces: Iterable[Styled | Refused]) -> None:
        for piece in pieces:
            if isinstance(piece, Refused):
                self.refused += 1
                continue
            if piece.style != self._style:
                # A directive holds from here on: what stands before it is said in its own style.
                rest, self._text = self._text.strip(), ""
                if rest:
                    self._end(rest)
                self._style = piece.style
            self._text += piece.text
            self._cut()

    def _cut(self) -> None:
        self._text = _ITEM.sub("\n", self._text)
        sentences = clauses_of(self._text)
        for sentence in sentences[:-1]:
            self._end(sentence)
        if len(sentences) > 1:
            # The blank behind the last word is kept: the next word may be on its way.
            self._text = self._text[self._text.rfind(sentences[-1]) :]
        while len(self._text) > LONGEST:
            place = max(self._text.rfind(", ", 0, LONGEST) + 1, 0) or self._text.rfind(" ", 0, LONGEST)
            place = place if place > 0 else LONGEST
            self._end(self._text[:place].strip())
            self._text = self._text[place:].lstrip()

    def _end(self, text: str) -> None:
        spoken = " ".join(_MARKUP.sub("", text).split())
        if any(character.isalnum() for character in spoken):
            style, _ = choose(spoken, self._style, self._moment, self._persona)
            self._ready.append(StyledClause(spoken, style))

    def _given(self) -> list[StyledClause]:
        given, self._ready = self._ready, []
        return given
