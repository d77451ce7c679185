"""The agent's side of a recording: every piece where it sounded at the caller. Time is an argument, ms.

The carrier plays 8 bytes a ms by the very clock that counts the caller's frames. So what it plays without a break, a
*flow*, has one place: where its first byte landed; and where a ``clear`` landed, it ends. A mark before the one and
behind the other tells (``telephony.landing``). What sounded meanwhile is held back until it is told: as long as a
message travels there and back, and until the caller's next frame. What was taken for heard before a ``clear``, and was
not because its flow had come late, becomes silence again.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Final, TypeAlias

from calls.audio import MULAW_SILENCE, mulaw_bytes, mulaw_ms
from telephony.landing import Landing, Landings
from telephony.stream_clock import StreamClock

CLICK_MS: Final = 2.0
"""A smaller hole between two flows is an error of the clocks."""

WriteAgent: TypeAlias = Callable[[float, bytes], None]
"""(ms into the media stream, mu-law)"""


@dataclass(slots=True)
class Flow:
    """What the carrier plays without a break. ``ends``: of the ``clear`` that broke it off."""

    begins: Landing
    ends: Landing | None = None
    place_ms: float | None = None
    """of its first byte, once that is written"""


@dataclass(frozen=True, slots=True)
class Piece:
    """Of a flow, ``into_ms`` from its beginning."""

    flow: Flow
    into_ms: float
    mulaw: bytes


class AgentTrack:
    """Grammar: flow, then its pieces in their order, one flow after the other; ``cleared`` ends all there are."""

    def __init__(self, clock: StreamClock, write: WriteAgent) -> None:
        self._write = write
        self._landings = Landings(clock)
        self._pieces: deque[Piece] = deque()
        self._newest: Flow | None = None
        """of which something is written"""
        self._ends_ms = 0.0
        """of what is written"""

    @property
    def waiting(self) -> bool:
        """Whether something is held back: call ``advance`` again within 0.2 s."""
        return bool(self._pieces)

    def mark(self, name: str, now: float) -> Landing:
        """A mark is sent, to tell when it lands."""
        return self._landings.sent(name, now)

    def flow(self, begins: Landing | None, now: float) -> Flow:
        """Audio is sent to a carrier that has nothing left to play. ``begins``: of the mark before it, if any."""
        return Flow(begins or self._landings.supposed(now))

    def sounded(self, piece: Piece) -> None:
        """By the play-out's model this has sounded."""
        self._pieces.append(piece)
        self._drain()

    def cleared(self, flow: Flow, rest: Iterable[Piece], ends: Landing) -> None:
        """A ``clear`` is sent, ``flow`` being the newest.

        ``rest``: what the carrier has left to play by the play-out's model; of it sounds what comes before ``ends``.
        """
        for piece in (*rest, Piece(flow, 0.0, b"")):
            piece.flow.ends = ends
            self._pieces.append(piece)

    def returned(self, mark: str, now: float) -> None:
        """A mark is back."""
        self._landings.returned(mark, now)

    def frame(self) -> None:
        """The stream's clock had a frame of the caller."""
        if self._landings.frame():
            self._drain()

    def advance(self, now: float) -> None:
        """Time has passed; infinite: nothing will come back any more."""
        self._landings.settle(now)
        self._drain()

    def _drain(self) -> None:
        while self._pieces:
            flow = self._pieces[0].flow
            if flow.begins.at_ms is None or (flow.ends is not None and flow.ends.at_ms is None):
                return
            self._place(self._pieces.popleft(), flow.begins.at_ms)

    def _place(self, piece: Piece, begins_ms: float) -> None:
        flow, mulaw = piece.flow, piece.mulaw
        if flow.place_ms is None:
            flow.place_ms = begins_ms if begins_ms - self._ends_ms >= CLICK_MS else self._ends_ms
        at_ms = flow.place_ms + piece.into_ms
        if flow.ends is not None and flow.ends.at_ms is not None:
            stop_ms = max(flow.place_ms, flow.ends.at_ms)
            mulaw = mulaw[: max(0, mulaw_bytes(stop_ms - at_ms))]
            self._unwrite(flow, stop_ms)
        if mulaw:
            self._write(at_ms, mulaw)
            self._newest, self._ends_ms = flow, at_ms + mulaw_ms(len(mulaw))

    def _unwrite(self, flow: Flow, stop_ms: float) -> None:
        # One more: both ends are rounded to samples where they are written.
        too_much = mulaw_bytes(self._ends_ms - stop_ms) + 1
        if flow is self._newest and too_much > 1:
            self._write(stop_ms, MULAW_SILENCE * too_much)
            self._ends_ms = stop_ms
