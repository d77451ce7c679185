"""What of a provider's telling reaches the call, when another may take over in the middle of a turn. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from calls.signals import CallerSaid, Signal, SpeechBegan, SpeechFaded, SpeechGrew, TurnLikely, TurnResumed

BEFORE_MS = 500.0
"""heard again before the beginning of a turn that is not over"""
QUIET_MS = 1_500.0
"""heard again when nobody was noticed speaking: an onset takes that long to be noticed at most"""
SAME_MS = 40.0
"""two providers' ends of the same word lie closer together"""


def words_in(signal: Signal) -> int:
    """How many words of a turn a provider has found."""
    match signal:
        case TurnLikely(heard) | CallerSaid(heard):
            return max(len(heard.text.split()), 1)
        case SpeechGrew(text=text):
            return len(text.split())
        case _:
            return 0


@dataclass(slots=True)
class Passing:
    """One call's. Every turn begins once and ends once at the call, whoever hears it."""

    done_ms: float = 0.0
    """ms since answer; what was said before has been passed on to its end"""
    confirm_by_ms: float | None = None
    """by then another must have found the turn that is open"""
    words: int = 0
    """of the turn that is open, passed on so far by who is at work"""
    _began_ms: float | None = None
    """of the turn that is open"""
    _likely: bool = False
    _resumes: bool = False
    """another has taken over since the turn began"""

    def from_ms(self, now_ms: float, untold_ms: float) -> float:
        """From where another has to hear; ``now_ms``: the end of the newest audio, ``untold_ms``: of the first sound
        about which nothing was told."""
        began_ms = min(untold_ms, now_ms if self._began_ms is None else self._began_ms)
        return max(self.done_ms, min(began_ms - BEFORE_MS, now_ms - QUIET_MS))

    def changed(self, confirm_by_ms: float) -> Iterator[Signal]:
        """Another is at work now."""
        if self._likely:
            self._likely = False
            yield TurnResumed()
        self._resumes = self._began_ms is not None
        self.words = 0
        self.confirm_by_ms = confirm_by_ms if self._resumes else None

    def late(self, now_ms: float) -> Iterator[Signal]:
        """Time has passed: what one began to hear, and the next does not find, was no speech."""
        if self.confirm_by_ms is not None and now_ms >= self.confirm_by_ms:
            self._close()
            yield SpeechFaded("no words")

    def take(self, signal: Signal) -> Iterator[Signal]:
        """What of ``signal`` is passed on."""
        match signal:
            case SpeechBegan():
                self.confirm_by_ms = None
                if not self._resumes:
                    self._began_ms = signal.from_ms
                    yield signal
                self._resumes = False
            case SpeechFaded():
                if self._began_ms is not None:
                    self._close()
                    yield signal
            case CallerSaid(heard):
                if heard.to_ms <= self.done_ms + SAME_MS and self.done_ms:
                    # Heard by both; it was passed on before.
                    yield from self._unsaid()
                    return
                if self._began_ms is None:
                    yield SpeechBegan(heard.from_ms)
                self._close()
                self.done_ms = heard.to_ms
                yield signal
            case TurnLikely():
                self._likely, self.words = True, words_in(signal)
                yield signal
            case SpeechGrew():
                self.words = words_in(signal)
                yield signal
            case TurnResumed():
                if self._likely:
                    self._likely = False
                    yield signal
            case _:
                yield signal

    def _unsaid(self) -> Iterator[Signal]:
        if self._began_ms is not None:
            self._close()
            yield SpeechFaded("switched")

    def _close(self) -> None:
        self._began_ms = self.confirm_by_ms = None
        self._likely = self._resumes = False
        self.words = 0
