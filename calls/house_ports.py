"""What the carrier's side and the console ask of the house: who may come in, who builds a call, who ends or steers one.

Each port is implemented by its owner and passed in by ``switchboard/``.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, Protocol

from calls.audio import AudioFrame
from calls.line import IncomingCall, Line
from calls.ports import PlayOut
from calls.signals import Signal


@dataclass(frozen=True, slots=True)
class Admitted:
    """The call may come in on this line."""

    line: Line


@dataclass(frozen=True, slots=True)
class Declined:
    """The call may not; what the caller hears instead. No vendor is touched."""

    reason: str
    """``paused | busy | blocked | too_many_calls | over_budget | unknown_line``"""
    message: str = ""
    dial: str = ""
    """a number, SIP address or queue of the line; preferred to the message"""
    dial_kind: str = "number"
    digits: str = ""
    """keys sent to the number, once it answers"""


class Admission(Protocol):
    """Decides at the door."""

    async def admit(self, call: IncomingCall) -> Admitted | Declined:
        """Called once per call; a repeated webhook is answered from memory."""

    async def readmit(self, call: IncomingCall) -> Admitted | Declined:
        """A call that is inside already, and new to this process only: no limit and no pause keeps it out."""

    def release(self, call: str) -> None:
        """The call is over; its place is free."""


class Sockets(Protocol):
    """Which media sockets were opened, in all processes."""

    async def newest(self, call: str, generation: int) -> bool:
        """True once for each generation, and only while no newer one has opened a socket for ``call``."""

    async def close(self, call: str) -> None:
        """The call is over: no generation opens a socket for it any more."""


class LiveCall(Protocol):
    """A call as the carrier's handler sees it."""

    def hear(self, frame: AudioFrame) -> None:
        """One frame of the caller, at its offset in the media stream. Never waits."""

    def press(self, digit: str) -> None:
        """One key, ``0-9 * #``. Never waits; while the caller keys in secret it becomes no signal."""

    def signal(self, signal: Signal) -> None:
        """Tell the conversation. Never waits."""

    async def run(self) -> None:
        """Until the conversation has left the line. Returns when its record is durable."""


class CallHost(Protocol):
    """Builds calls: implemented by the wiring."""

    async def open(self, incoming: IncomingCall, line: Line, stream_id: str, playout: PlayOut) -> LiveCall:
        """A new call, or one taken up again where its record says it stands."""


class CallControl(Protocol):
    """What only the carrier's REST interface can do."""

    async def hang_up(self, call: str) -> None:
        """End a live call; a call already gone is a success."""


@dataclass(frozen=True, slots=True)
class OrderAnswer:
    """What became of an order."""

    state: Literal["accepted", "refused", "expired"]
    reason: str = ""
    """for a person; empty when accepted"""

    @property
    def accepted(self) -> bool:
        """Whether it is carried out."""
        return self.state == "accepted"


class OrderGiver(Protocol):
    """Has a supervisor's order carried out in a live call, whichever process has it."""

    async def give(self, call: str, author: str, kind: str, body: str = "") -> OrderAnswer:
        """``say`` (the words in ``body``), ``hand_over`` or ``end``; ``author`` stands on the call's record.

        Answered within seconds. Raises ConfigurationError for what is no order.
        """
