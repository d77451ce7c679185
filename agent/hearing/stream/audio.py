"""A call's audio on its way to a vendor: what waits, what may have to be sent again, and which moment it was."""

from __future__ import annotations

from bisect import bisect_right
from collections import deque
from dataclasses import dataclass

from calls.audio import MULAW_SILENCE, mulaw_bytes, mulaw_ms

MOST_MS = 20_000.0
"""of audio that is kept; 160 kB"""
MOST_FILL_MS = 2_000.0
"""of silence in place of audio that never came"""
_MOST_MARKS = 256


@dataclass(frozen=True, slots=True)
class Piece:
    """Some mu-law. ``flows`` is False for silence that stands for no time of the call."""

    at_ms: float
    mulaw: bytes
    flows: bool = True


class CallAudio:
    """Grammar: begin at each new connection; add and pad as audio comes, take what is to be sent.

    Vendors tell times in seconds of the audio which their connection was sent. That is not the call's time: a
    connection may begin in mid-call, audio may be missing, silence may have been put in. ``at_ms`` translates.
    """

    def __init__(self, most_ms: float = MOST_MS) -> None:
        self._most = mulaw_bytes(most_ms)
        self._sent: deque[Piece] = deque()
        self._waiting: deque[Piece] = deque()
        self._bytes = 0
        self._waiting_bytes = 0
        self._media = 0
        """bytes this connection was sent"""
        self._marks_at: list[int] = []
        self._marks: list[Piece] = []
        self.heard_ms = 0.0
        """the call's time at the end of what came last"""
        self.lost_ms = 0.0
        """audio that was dropped before it could be sent, because the vendor took none"""

    @property
    def kept_bytes(self) -> int:
        """What is held in memory."""
        return self._bytes

    @property
    def waiting_ms(self) -> float:
        """Audio that is still to be sent."""
        return mulaw_ms(self._waiting_bytes)

    def add(self, at_ms: float, mulaw: bytes, missing_ms: float = 0.0) -> None:
        """The caller's next audio; ``missing_ms`` of silence before it that nobody sent."""
        if missing_ms > 0:
            fill_ms = min(missing_ms, MOST_FILL_MS)
            self._put(Piece(at_ms - fill_ms, MULAW_SILENCE * mulaw_bytes(fill_ms)))
        self._put(Piece(at_ms, mulaw))
        self.heard_ms = at_ms + mulaw_ms(len(mulaw))

    def pad(self, ms: float) -> None:
        """Silence for the vendor's sake; the call's time stands still in it."""
        self._put(Piece(self.heard_ms, MULAW_SILENCE * mulaw_bytes(ms), flows=False))

    def take(self, least_ms: float, most_ms: float) -> bytes:
        """What is to be sent next; empty while there is less than ``least_ms`` of it."""
        if not self._waiting or self._waiting_bytes < mulaw_bytes(least_ms):
            return b""
        most, size = mulaw_bytes(most_ms), 0
        taken: list[bytes] = []
        while self._waiting and (not taken or size + len(self._waiting[0].mulaw) <= most):
            piece = self._waiting.popleft()
            self._mark(piece)
            self._sent.append(piece)
            taken.append(piece.mulaw)
            size += len(piece.mulaw)
            self._media += len(piece.mulaw)
        self._waiting_bytes -= size
        return taken[0] if len(taken) == 1 else b"".join(taken)

    def begin(self, from_ms: float) -> float:
        """A new connection is sent everything since ``from_ms`` that is kept; ms of audio sent for a second time."""
        again = 0
        while self._sent:
            piece = self._sent.pop()
            if piece.at_ms + mulaw_ms(len(piece.mulaw)) <= from_ms or not piece.flows:
                self._bytes -= len(piece.mulaw)
                continue
            again += len(piece.mulaw)
            self._waiting.appendleft(piece)
        self._waiting_bytes += again
        self._media = 0
        self._marks.clear()
        self._marks_at.clear()
        return mulaw_ms(again)

    def forget(self, before_ms: float) -> None:
        """What was sent and lies before ``before_ms`` will never have to be sent again."""
        while self._sent and self._sent[0].at_ms + mulaw_ms(len(self._sent[0].mulaw)) <= before_ms:
            self._bytes -= len(self._sent.popleft().mulaw)

    def at_ms(self, media_s: float) -> float:
        """The call's ms at ``media_s`` seconds of this connection's audio."""
        position = media_s * 8_000
        index = max(0, bisect_right(self._marks_at, position) - 1)
        if not self._marks:
            return round(self.heard_ms, 1)
        mark = self._marks[index]
        return round(mark.at_ms + ((position - self._marks_at[index]) / 8 if mark.flows else 0.0), 1)

    def _put(self, piece: Piece) -> None:
        self._waiting.append(piece)
        self._waiting_bytes += len(piece.mulaw)
        self._bytes += len(piece.mulaw)
        while self._bytes > self._most:
            if self._sent:
                self._bytes -= len(self._sent.popleft().mulaw)
                continue
            lost = self._waiting.popleft()
            self._bytes -= len(lost.mulaw)
            self._waiting_bytes -= len(lost.mulaw)
            self.lost_ms += mulaw_ms(len(lost.mulaw))

    def _mark(self, piece: Piece) -> None:
        """Remember where the call's time and the connection's stop running side by side."""
        if self._marks:
            last, last_at = self._marks[-1], self._marks_at[-1]
            follows = last.at_ms + (self._media - last_at) / 8 if last.flows else last.at_ms
            # A frame's stamp may wobble; only what is clearly elsewhere begins anew.
            if last.flows == piece.flows and abs(follows - piece.at_ms) < 5.0:
                return
        self._marks.append(piece)
        self._marks_at.append(self._media)
        if len(self._marks) > _MOST_MARKS:
            del self._marks[0], self._marks_at[0]
