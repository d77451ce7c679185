"""What the offline stack hears and says. Standard library only, so that the parent process stays light."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Token:
    """A piece of a word with the probability (0 to 1) the model gave it."""

    text: str
    probability: float


@dataclass(frozen=True, slots=True)
class Recognized:
    """What was heard in one stretch of speech."""

    text: str
    confidence: float
    """Geometric mean of the tokens' probabilities, 0 to 1. Separates right from wrong only weakly."""
    tokens: tuple[Token, ...] = ()
    repeated_tail: bool = False
    """The last words occur twice in a row, which this model sometimes invents. Read such values back."""
    cut_short: bool = False
    """The length limit ended it, not the model; a tail that went round in circles was removed."""


@dataclass(frozen=True, slots=True)
class WordTime:
    """When a word, as it was written, sounds; milliseconds since the start of the audio."""

    word: str
    start_ms: int
    end_ms: int


@dataclass(frozen=True, slots=True)
class Spoken:
    """Speech: 16-bit little-endian mono at 8 kHz, and its words in order."""

    pcm16: bytes
    words: tuple[WordTime, ...]

    @property
    def duration_ms(self) -> int:
        """16 bytes last a millisecond."""
        return len(self.pcm16) // 16
