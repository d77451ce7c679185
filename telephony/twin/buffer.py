"""The carrier's play-out queue: 8 bytes are played per ms, marks come back when reached, or when cleared."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field

from telephony import g711


@dataclass(slots=True)
class Mark:
    """One of the server's marks, in samples of the call's clock."""

    name: str
    queued_at: int
    returned_at: int | None = None
    cleared: bool = False
    """came back because of a `clear`: what it stood for was not heard"""


@dataclass(frozen=True, slots=True)
class Played:
    """Audio that sounded at the caller from `sample` on."""

    sample: int
    audio: bytes


@dataclass(slots=True)
class PlayoutBuffer:
    """Time is an argument, in samples since the call was answered, and never runs backwards.

    `starved` counts the silence inside a sentence: the queue ran dry after audio, more audio came, and no
    mark had closed the sentence in between.
    """

    starved: int = 0
    """samples"""
    gaps: list[tuple[int, int]] = field(default_factory=list)
    """where it starved: (sample, length); at most 100 are kept"""
    queued: int = 0
    """samples waiting"""
    _queue: deque[bytes | Mark] = field(default_factory=deque)
    _at: int = 0
    _dry_since: int | None = None
    """the queue ran dry here, in the middle of a sentence"""

    def play_until(self, sample: int) -> tuple[list[Played], list[Mark]]:
        """Move time on; returns what sounded and which marks were reached."""
        played: list[Played] = []
        reached: list[Mark] = []
        while self._queue:
            head = self._queue[0]
            if isinstance(head, Mark):
                head.returned_at = self._at
                self._dry_since = None
                reached.append(head)
                self._queue.popleft()
                continue
            room = sample - self._at
            if room <= 0:
                break
            piece, rest = head[:room], head[room:]
            played.append(Played(self._at, piece))
            self._at += len(piece)
            self.queued -= len(piece)
            if rest:
                self._queue[0] = rest
            else:
                self._queue.popleft()
                self._dry_since = self._at if not self._queue else None
        self._at = max(self._at, sample)
        return played, reached

    def add_audio(self, audio: bytes) -> None:
        """Queue audio; call `play_until` with the present first."""
        if self._dry_since is not None and (gap := self._at - self._dry_since) > 0:
            self.starved += gap
            if len(self.gaps) < 100:
                self.gaps.append((self._dry_since, gap))
        self._dry_since = None
        self._queue.append(audio)
        self.queued += len(audio)

    def add_mark(self, name: str) -> Mark:
        """Queue a mark; it is reached at once when nothing is queued (see the next `play_until`)."""
        mark = Mark(name, self._at)
        self._queue.append(mark)
        return mark

    def clear(self) -> list[Mark]:
        """Drop the audio; returns the marks that were waiting."""
        marks = [item for item in self._queue if isinstance(item, Mark)]
        for mark in marks:
            mark.returned_at, mark.cleared = self._at, True
        self._queue.clear()
        self.queued = 0
        self._dry_since = None
        return marks

    @property
    def queued_ms(self) -> float:
        """How far the server is ahead of the caller's ear."""
        return self.queued / g711.BYTES_PER_MS
