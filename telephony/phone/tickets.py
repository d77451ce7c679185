"""One-use tickets: the right to open one media socket for one admitted browser call."""

from __future__ import annotations

import asyncio
import hashlib
from dataclasses import dataclass
from typing import Final

from calls.ports import MediaSocket
from telephony.door import Door, Visit
from telephony.media_stream import MediaStream, Started
from telephony.tokens import CallTokens

TTL_S: Final = 30.0
"""The page opens its socket at once; a ticket nobody comes with must not hold a place on the line."""
POLICY_VIOLATION: Final = 1008
"""close code (RFC 6455, 7.4.1)"""


@dataclass(frozen=True, slots=True)
class _Waiting:
    visit: Visit
    expiry: asyncio.TimerHandle


class Tickets:
    """Call tokens whose call leaves the line again when nobody presents them in time."""

    def __init__(self, tokens: CallTokens, door: Door, ttl_s: float) -> None:
        self._tokens = tokens
        self._door = door
        self._ttl_s = ttl_s
        self._waiting: dict[bytes, _Waiting] = {}

    def issue(self, visit: Visit) -> str:
        """A ticket for an admitted call."""
        ticket = self._tokens.mint(visit.incoming.call)
        digest = _digest(ticket)
        expiry = asyncio.get_running_loop().call_later(self._ttl_s, self._expire, digest)
        self._waiting[digest] = _Waiting(visit, expiry)
        return ticket

    def take(self, ticket: str, call: str) -> Visit | None:
        """The call the ticket admits; None when it is wrong, used, expired or of another call. Uses it up."""
        waiting = self._waiting.pop(_digest(ticket), None)
        if waiting is None:
            return None
        waiting.expiry.cancel()
        if waiting.visit.incoming.call != call:
            self._drop(waiting.visit)
            return None
        return waiting.visit

    def close(self) -> None:
        """No ticket is good any more; for shutdown."""
        for digest in list(self._waiting):
            self._waiting[digest].expiry.cancel()
            self._expire(digest)

    def _expire(self, digest: bytes) -> None:
        self._drop(self._waiting.pop(digest).visit)

    def _drop(self, visit: Visit) -> None:
        self._tokens.revoke(visit.incoming.call)
        self._door.leave(visit)


class TicketedSocket:
    """``MediaSocket`` that lets a ``start`` through only with a browser ticket; ``visit`` is whose it was.

    A token of a carrier's call opens nothing here, and a refused socket learns nothing of any call.
    """

    def __init__(self, socket: MediaSocket, tickets: Tickets) -> None:
        self._socket = socket
        self._tickets = tickets
        self._look = MediaStream()
        self.visit: Visit | None = None

    @property
    def closed(self) -> bool:
        """True once either side has closed."""
        return self._socket.closed

    async def receive(self) -> str | bytes | None:
        """The next message; None for good once the peer has closed or was refused (close 1008)."""
        message = await self._socket.receive()
        if self.visit is None and isinstance(message, str):
            for incoming in self._look.receive_text(message):
                if not isinstance(incoming, Started):
                    continue
                self.visit = self._tickets.take(incoming.parameters.get("token", ""), incoming.call_sid)
                if self.visit is None:
                    await self._socket.close(POLICY_VIOLATION, "no good ticket")
                    return None
        return message

    async def send_text(self, text: str) -> None:
        """Raises CarrierLost when the socket is closed."""
        await self._socket.send_text(text)

    async def close(self, code: int = 1000, reason: str = "") -> None:
        """Close; a second time does nothing."""
        await self._socket.close(code, reason)


def _digest(ticket: str) -> bytes:
    return hashlib.sha256(ticket.encode("utf-8", "surrogatepass")).digest()
