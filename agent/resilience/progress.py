"""How much of a text has been spoken: what is passed on ends with a word, so that another voice can go on there."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from agent.ports import VoicePiece
from calls.audio import Encoding
from calls.ports import WordTime

SLOWEST_CHARS_PER_S = 8.0
"""Of a voice that tells no word times: nobody speaks slower, so what is said again may be said twice, never not."""


def length_ms(piece: VoicePiece) -> float:
    """Duration of its sound, ms."""
    return len(piece.samples) / (8.0 if piece.encoding is Encoding.MULAW else 16.0)


@dataclass(slots=True)
class Progress:
    """Of one text with one voice. Grammar: ``take`` per piece, then ``flush`` at the end or ``rest`` after a fault.

    The first piece is passed on whole, for somebody waits; of later ones the last word is kept until it is whole.
    """

    text: str
    passed_ms: float = 0.0
    """sound passed on"""
    words: list[WordTime] = field(default_factory=list)
    _held: VoicePiece | None = None

    def take(self, piece: VoicePiece) -> VoicePiece | None:
        """What to pass on of this piece and of what was kept before; None when nothing is."""
        first = self.passed_ms == 0.0 and self._held is None
        self.words += piece.words
        whole = _joined(self._held, piece)
        self._held = None
        if first or not self.words:
            return self._passed(whole)
        here_ms = self.passed_ms + length_ms(whole)
        end_ms = max((word.end_ms for word in self.words if word.end_ms <= here_ms), default=0.0)
        return self._split(whole, end_ms - self.passed_ms)

    def flush(self) -> VoicePiece | None:
        """What was kept; the voice has come to its end."""
        held, self._held = self._held, None
        return self._passed(held) if held is not None else None

    def rest(self) -> str:
        """What was not passed on, from the beginning of a word."""
        tokens = self.text.split()
        return " ".join(tokens[self._spoken(tokens) :])

    def _passed(self, piece: VoicePiece) -> VoicePiece:
        self.passed_ms += length_ms(piece)
        return piece

    def _split(self, piece: VoicePiece, at_ms: float) -> VoicePiece | None:
        per_ms = 8 if piece.encoding is Encoding.MULAW else 16
        cut = min(max(int(at_ms), 0) * per_ms, len(piece.samples))
        early = tuple(word for word in piece.words if word.start_ms < self.passed_ms + at_ms)
        if cut < len(piece.samples):
            late = tuple(word for word in piece.words if word not in early)
            self._held = replace(piece, samples=piece.samples[cut:], words=late)
        return self._passed(replace(piece, samples=piece.samples[:cut], words=early)) if cut else None

    def _spoken(self, tokens: list[str]) -> int:
        """Tokens which were passed on to their end."""
        if not self.words:
            left = self.passed_ms / 1000 * SLOWEST_CHARS_PER_S
            for count, token in enumerate(tokens):
                left -= len(token) + 1
                if left < 0:
                    return count
            return len(tokens)
        done = _letters("".join(word.word for word in self.words if word.end_ms <= self.passed_ms + 1.0))
        count, text = 0, ""
        for token in tokens:
            text += _letters(token)
            if not done.startswith(text):
                break
            count += 1
        return count


def _joined(held: VoicePiece | None, piece: VoicePiece) -> VoicePiece:
    if held is None:
        return piece
    return replace(held, samples=held.samples + piece.samples, words=(*held.words, *piece.words))


def _letters(text: str) -> str:
    return "".join(character for character in text.lower() if character.isalnum())
