"""How the twin reaches a server: over the web, or in memory. And the voice and ear it is lent."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol, TypeAlias

from calls.errors import CarrierError
from calls.ports import MediaSocket

Voice: TypeAlias = Callable[[str], Awaitable[bytes]]
"""Words -> mu-law at 8000 Hz."""
Ear: TypeAlias = Callable[[bytes], Awaitable[str]]
"""mu-law at 8000 Hz -> words."""
Form: TypeAlias = Sequence[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Reply:
    """What a webhook answered."""

    status: int
    body: str = ""
    location: str = ""
    """where a 3xx points"""


class Unreachable(CarrierError):
    """Nothing answered at this address; the message says which and why."""

    code = "carrier.unreachable"


class UpgradeRefused(CarrierError):
    """The WebSocket handshake got another answer than 101 (Twilio error 31920)."""

    code = "carrier.upgrade_refused"

    def __init__(self, status: int) -> None:
        super().__init__(f"the upgrade was answered with {status} instead of 101")
        self.status = status


class TwinSocket(MediaSocket, Protocol):
    """The carrier's end of a media socket."""

    @property
    def close_code(self) -> int | None:
        """How the peer closed, once it has."""

    async def abort(self) -> None:
        """Lose the connection without a close frame."""


class Network(Protocol):
    """Requests out, and sockets."""

    async def request(self, method: str, url: str, form: Form, headers: Mapping[str, str]) -> Reply:
        """POST the form, or GET with it in the query. Follows no redirect. Raises Unreachable."""

    async def open_socket(self, url: str, headers: Mapping[str, str]) -> TwinSocket:
        """Upgrade. Raises UpgradeRefused or Unreachable."""
