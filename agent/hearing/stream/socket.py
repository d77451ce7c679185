"""The vendor's socket as a session sees it, and the one way we open it: aiohttp, no compression, one shared session."""

from __future__ import annotations

import asyncio
import socket as sockets
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Protocol

import aiohttp

CONNECT_S = 1.5
"""A handshake that takes longer has failed."""
CLOSE_S = 0.25
"""How long the vendor may take to say goodbye; then the connection is dropped."""
MOST_BYTES = 1 << 20
"""of one message"""


@dataclass(frozen=True, slots=True)
class Handshake:
    """What is asked for when a socket is opened. The headers carry the key and are never shown."""

    url: str
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)


@dataclass(frozen=True, slots=True)
class Closed:
    """The peer has closed, or the connection broke."""

    code: int = 1006
    """RFC 6455, 7.4; 1006: without a close frame"""
    reason: str = field(default="", repr=False)
    """the peer's; to be compared with known ones, never shown"""


class HandshakeRefused(Exception):
    """The vendor answered with a status instead of a socket. Carries neither the request nor any text of theirs."""

    def __init__(self, status: int, headers: Mapping[str, str]) -> None:
        super().__init__(f"status {status}")
        self.status = status
        self.headers = headers
        """names in lower case"""


class Unreachable(Exception):
    """No connection at all. ``late``: there was no answer within the limit."""

    def __init__(self, *, late: bool = False) -> None:
        super().__init__("no connection")
        self.late = late


class VendorSocket(Protocol):
    """Grammar: (send | receive)*, close. One reader and one writer."""

    async def send(self, message: str | bytes) -> None:
        """Waits while the peer takes nothing. Raises ConnectionError when it is closed."""

    async def receive(self) -> str | bytes | Closed:
        """The next message; Closed for good once there are no more."""

    async def close(self) -> None:
        """Say goodbye, for at most a quarter of a second; a second time does nothing."""

    def abort(self) -> None:
        """Drop it now, without waiting."""


Dial = Callable[[Handshake], Awaitable[VendorSocket]]
"""Opens a socket. Raises HandshakeRefused and Unreachable."""


class _AiohttpSocket:
    def __init__(self, socket: aiohttp.ClientWebSocketResponse) -> None:
        self._socket = socket

    async def send(self, message: str | bytes) -> None:
        if isinstance(message, str):
            await self._socket.send_str(message)
        else:
            await self._socket.send_bytes(message)

    async def receive(self) -> str | bytes | Closed:
        message = await self._socket.receive()
        if message.type in (aiohttp.WSMsgType.TEXT, aiohttp.WSMsgType.BINARY):
            data: str | bytes = message.data
            return data
        reason = message.extra if message.type is aiohttp.WSMsgType.CLOSE else ""
        return Closed(self._socket.close_code or 1006, str(reason or ""))

    async def close(self) -> None:
        await self._socket.close()

    def abort(self) -> None:
        # The transport's own socket: the loop sees its end and cleans up, whatever the peer does.
        inner = self._socket.get_extra_info("socket")
        if inner is not None:
            try:
                inner.shutdown(sockets.SHUT_RDWR)
            except OSError:
                return  # gone already


def dial_through(session: aiohttp.ClientSession) -> Dial:
    """Sockets of the process's one client session."""
    limits = aiohttp.ClientWSTimeout(ws_receive=None, ws_close=CLOSE_S)

    async def dial(handshake: Handshake) -> VendorSocket:
        try:
            async with asyncio.timeout(CONNECT_S):
                socket = await session.ws_connect(
                    handshake.url,
                    headers=handshake.headers,
                    compress=0,
                    timeout=limits,
                    max_msg_size=MOST_BYTES,
                )
        except aiohttp.WSServerHandshakeError as refusal:
            headers = {name.lower(): value for name, value in (refusal.headers or {}).items()}
            raise HandshakeRefused(refusal.status, headers) from None
        except TimeoutError:
            raise Unreachable(late=True) from None
        except (aiohttp.ClientError, OSError, ValueError):
            raise Unreachable from None
        return _AiohttpSocket(socket)

    return dial
