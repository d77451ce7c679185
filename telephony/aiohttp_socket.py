"""The port ``MediaSocket`` over a WebSocket that aiohttp serves."""

from __future__ import annotations

import asyncio
import socket
from typing import Final

from aiohttp import WSMsgType, web

from calls.errors import CarrierLost
from telephony.media_stream import MAX_TEXT_BYTES

HEARTBEAT_S: Final = 20.0
CLOSE_S: Final = 2.0
"""How long a peer may take to answer our close frame."""
DEFAULT_CLOSE: Final = 1006


class AiohttpSocket:
    """Make one with ``accept``. Messages over 64 KiB end the connection (close 1009)."""

    def __init__(self, response: web.WebSocketResponse) -> None:
        self._response = response
        self._gone = False

    @classmethod
    async def accept(cls, request: web.Request) -> AiohttpSocket:
        """Answer the upgrade: no compression (mu-law does not deflate), no Nagle (20 ms frames)."""
        response = web.WebSocketResponse(
            heartbeat=HEARTBEAT_S, max_msg_size=MAX_TEXT_BYTES, compress=False, timeout=CLOSE_S
        )
        await response.prepare(request)
        wire = request.transport.get_extra_info("socket") if request.transport else None
        if wire is not None and wire.family in (socket.AF_INET, socket.AF_INET6):
            wire.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return cls(response)

    @property
    def response(self) -> web.WebSocketResponse:
        """What the request's handler returns at the end."""
        return self._response

    @property
    def closed(self) -> bool:
        """True once either side has closed."""
        return self._gone or self._response.closed

    @property
    def close_code(self) -> int:
        """How it was closed; 1006 when the peer vanished."""
        return self._response.close_code or DEFAULT_CLOSE

    async def receive(self) -> str | bytes | None:
        """The next message; None for good once the peer has closed."""
        if self._gone:
            return None
        message = await self._response.receive()
        if message.type is WSMsgType.TEXT or message.type is WSMsgType.BINARY:
            content: str | bytes = message.data
            return content
        self._gone = True
        return None

    async def send_text(self, text: str) -> None:
        """Raises CarrierLost when the socket is closed."""
        if self.closed:
            raise CarrierLost("the media socket is closed")
        try:
            await self._response.send_str(text)
        except (ConnectionError, RuntimeError) as lost:
            raise CarrierLost("the media socket closed while sending") from lost

    async def close(self, code: int = 1000, reason: str = "") -> None:
        """Close; a second time does nothing."""
        try:
            async with asyncio.timeout(2 * CLOSE_S):
                await self._response.close(code=code, message=reason.encode()[:123])
        except (TimeoutError, ConnectionError, RuntimeError):
            pass  # gone already, which is what was wanted
        finally:
            self._gone = True
