"""What a vendor's protocol has to answer: the port between a session, which has the socket, and a vendor's wire."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from agent.hearing.stream.audio import CallAudio
from agent.hearing.stream.loudness import Loudness
from agent.hearing.stream.socket import Handshake
from agent.hearing.stream.telling import Telling
from calls.errors import ProviderFault
from calls.guidance import Guidance

Json = None | bool | int | float | str | list["Json"] | dict[str, "Json"]
Message = str | bytes


class Garbage(ValueError):
    """A message that cannot be read; its text is not kept."""


class Unknown(ValueError):
    """A message of a type we do not know: vendors add some. Counted, and otherwise nothing."""


class VendorFault(Exception):
    """The vendor says in mid-stream that it cannot go on. ``detail``: a code of theirs, never free text."""

    def __init__(self, kind: ProviderFault, detail: str) -> None:
        super().__init__(detail)
        self.kind: ProviderFault = kind
        self.detail = detail


@dataclass(frozen=True, slots=True)
class Now:
    """The moment something is judged at."""

    heard_ms: float
    """ms since answer that the caller's audio has reached"""
    clock_ms: float
    """monotonic"""


@dataclass(frozen=True, slots=True)
class WireTraits:
    """What a session must know to feed a wire."""

    chunk_ms: float = 20.0
    """the least audio that is worth a message"""
    keep_alive: Message | None = None
    """sent when there is no audio; None: silence serves"""
    keep_alive_ms: float = 4_000.0
    silent_limit_ms: float = 3_000.0
    """somebody speaks and the vendor says nothing for this long: it has stalled"""
    least_loud_ms: float = 1_500.0
    """... of loud audio in that time"""


class Wire(Protocol):
    """One call's side of a vendor's protocol: no socket, no clock.

    Grammar: (begin, (take | expect | tick)*)*; ``begin`` again for every new connection of the same call.
    """

    telling: Telling
    loudness: Loudness | None = None
    """kept up by the session, where a vendor gives no times"""
    unused: tuple[str, ...] = ()
    """key terms of the line which the vendor cannot be told"""

    @property
    def traits(self) -> WireTraits:
        """What it is."""

    def handshake(self) -> Handshake:
        """How a connection is asked for; the same for every call on a line, so that it can be opened ahead."""

    def resume_ms(self) -> float | None:
        """ms since answer from which a new connection must hear the call; None: nothing was heard yet, all of it."""

    def begin(self, audio: CallAudio, now: Now) -> list[Message]:
        """A connection is there and will be sent ``audio``; what goes out first."""

    def audio(self, mulaw: bytes) -> Message:
        """How audio is written."""

    def take(self, text: str, now: Now) -> list[Message]:
        """A message has come; what is answered at once. Raises Garbage, Unknown and VendorFault."""

    def expect(self, guidance: Guidance) -> list[Message]:
        """What the script wants next."""

    def tick(self, now: Now) -> list[Message]:
        """Time has passed."""

    def farewell(self) -> Message | None:
        """Sent before the connection is closed."""
