"""One clause in the play-out's books, and the stretches of it at the carrier. Positions are bytes of mu-law."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

from calls.audio import mulaw_bytes, mulaw_ms
from calls.ports import WordTime
from calls.speech import Clause, Played
from telephony.agent_track import Flow, Piece
from telephony.heard_words import estimated_ms, heard_text, word_start_ms

FRAME_BYTES: Final = 160
KEPT_BYTES: Final = 10_000 * 8
"""Of a clause without end (a person speaking live) so much of the past is kept."""


@dataclass(slots=True)
class Voiced:
    """One clause; positions are bytes from its beginning."""

    clause: Clause
    mulaw: bytearray = field(default_factory=bytearray)
    words: list[WordTime] = field(default_factory=list)
    base: int = 0
    """bytes no longer kept in front of ``mulaw``"""
    length: int = 0
    """without the padding to whole frames"""
    finished: bool = False
    began: bool = False
    sent: int = 0
    sounded: int = 0
    heard: int = 0
    """the furthest ``sounded`` of any generation"""
    marked: bool = False
    ends_ms: float = 0.0
    """when its mark is due by the model"""

    @property
    def end(self) -> int:
        """What can be sent so far: whole frames."""
        return self.base + len(self.mulaw) // FRAME_BYTES * FRAME_BYTES

    @property
    def total_ms(self) -> float:
        known = mulaw_ms(self.length)
        return known if self.finished else max(known + 1, estimated_ms(self.clause.text))

    def slice(self, start: int, end: int) -> bytes:
        return bytes(self.mulaw[start - self.base : end - self.base])

    def forget_past(self) -> None:
        if self.sounded - self.base > 2 * KEPT_BYTES:
            gone = self.sounded - KEPT_BYTES - self.base
            del self.mulaw[:gone]
            self.base += gone

    def rewind(self) -> None:
        """Nothing after the word under the caller's ear has been sent."""
        self.marked = False
        if self.sounded < self.end or not self.finished:
            at = word_start_ms(self.clause.text, self.words, mulaw_ms(self.sounded), self.total_ms)
            self.sounded = max(self.base, min(self.sounded, mulaw_bytes(at)) // FRAME_BYTES * FRAME_BYTES)
        self.sent = self.sounded

    def played(self) -> Played:
        heard_ms = mulaw_ms(min(self.heard, self.length))
        said = heard_text(self.clause.text, self.words, heard_ms, self.total_ms)
        return Played(self.clause.id, heard_ms, said)


@dataclass(slots=True)
class Stretch:
    """Audio at the carrier: sent, and by the model not yet sounded to its end."""

    voiced: Voiced
    begin: int
    end: int
    starts_ms: float
    flow: Flow | None
    """None: nothing is recorded"""
    into: int
    """bytes of the flow before it"""

    def piece(self, begin: int, end: int) -> Iterator[Piece]:
        """From ``begin`` to ``end`` of its clause, for the recording."""
        if self.flow is not None and begin < end:
            into_ms = mulaw_ms(self.into + begin - self.begin)
            yield Piece(self.flow, into_ms, self.voiced.slice(begin, end))
