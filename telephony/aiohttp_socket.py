"""The port ``MediaSocket`` over a WebSocket that aiohttp serves.

The heartbeat is ours: aiohttp's sets its timer anew for every frame, fifty times a second and call, where a carrier
that sends shows by that alone that it lives.
"""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Final

from aiohttp import WSMsgType, web

from calls.clock import Clock, LoopClock
from calls.errors import CarrierLost
from telephony.media_stream import MAX_TEXT_BYTES

LOOK_MS: Final = 5_000.0
SILENT_LOOKS: Final = 3
"""So many looks in a row without anything from the peer, 15 to 20 s, and it is asked whether it is there."""
PONG_MS: Final = 10_000.0
"""No answer by then, 25 to 30 s after its last sign, and it has vanished."""
HELD_S: Final = 0.15
"""What lies in the system and is followed by nothing is asked for after one to two of these."""
_FRAMING: Final = 8
"""bytes of a message's header"""
CLOSE_S: Final = 2.0
"""How long a peer may take to answer our close frame."""
DEFAULT_CLOSE: Final = 1006


class AiohttpSocket:
    """Make one with ``accepted``. Messages over 64 KiB end the connection (close 1009)."""

    def __init__(self, response: web.WebSocketResponse, transport: asyncio.BaseTransport | None, clock: Clock) -> None:
        self._response = response
        self._transport = transport
        self._clock = clock
        self._gone = False
        self._vanished = False
        self._heard = False
        """something came since the last look"""
        wire = transport.get_extra_info("socket") if transport is not None else None
        self._wire = wire if wire is not None and wire.family in (socket.AF_INET, socket.AF_INET6) else None
        self._size = 0
        """characters of a message of late; a mark among them does not make it much less"""
        self._least = 1
        """bytes that the system waits for"""
        self._came = self._came_before = 0
        self._held: asyncio.TimerHandle | None = None

    @classmethod
    @asynccontextmanager
    async def accepted(cls, request: web.Request, clock: Clock | None = None) -> AsyncIterator[AiohttpSocket]:
        """Answer the upgrade, and see to it that a peer which vanishes is noticed, until the block is left.

        No compression (mu-law does not deflate), no Nagle (20 ms frames).
        """
        response = web.WebSocketResponse(max_msg_size=MAX_TEXT_BYTES, compress=False, timeout=CLOSE_S, autoping=False)
        await response.prepare(request)
        accepted = cls(response, request.transport, clock or LoopClock())
        if accepted._wire is not None:
            accepted._wire.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        async with asyncio.TaskGroup() as group:
            beat = group.create_task(accepted._watch())
            try:
                yield accepted
            finally:
                beat.cancel()

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
        return DEFAULT_CLOSE if self._vanished else self._response.close_code or DEFAULT_CLOSE

    async def receive(self) -> str | bytes | None:
        """The next message; None for good once the peer has closed."""
        while not self._gone:
            message = await self._response.receive()
            self._heard = True
            self._came += 1
            if message.type is WSMsgType.TEXT or message.type is WSMsgType.BINARY:
                content: str | bytes = message.data
                self._size = max(len(content), self._size * 7 // 8)
                return content
            if message.type is WSMsgType.PING:
                await self._answer(message.data)
            elif message.type is not WSMsgType.PONG:
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
        self._wait_for(1)
        try:
            async with asyncio.timeout(2 * CLOSE_S):
                await self._response.close(code=code, message=reason.encode()[:123])
        except (TimeoutError, ConnectionError, RuntimeError):
            pass  # gone already, which is what was wanted
        finally:
            self._gone = True

    def gather(self, messages: int) -> bool:
        """See ``telephony.held_back.HoldsBack``."""
        least = round((messages - 0.5) * (self._size + _FRAMING)) if messages > 1 else 1
        if self.closed or not self._wait_for(least):
            return False
        if self._held is None and least > 1:
            self._held = asyncio.get_running_loop().call_later(HELD_S, self._look)
        return True

    def _look(self) -> None:
        """Whether anything came since the last look while more is waited for."""
        self._held = None
        if self._least == 1 or self.closed:
            return
        if self._came == self._came_before:
            self._wait_for(1)
            return
        self._came_before = self._came
        self._held = asyncio.get_running_loop().call_later(HELD_S, self._look)

    def _wait_for(self, least: int) -> bool:
        """So many bytes are to be there before we are told of any; False when the system does not do that."""
        if self._wire is None:
            return False
        if least != self._least:
            try:
                self._wire.setsockopt(socket.SOL_SOCKET, socket.SO_RCVLOWAT, least)
            except OSError:
                return False
            self._least = least
        return True

    async def _answer(self, ping: bytes) -> None:
        try:
            await self._response.pong(ping)
        except (ConnectionError, RuntimeError):
            self._gone = True

    async def _watch(self) -> None:
        """Until the peer has vanished, or cancelled."""
        silent = 0
        while not self.closed:
            self._heard = False
            await self._clock.sleep_ms(LOOK_MS)
            silent = 0 if self._heard else silent + 1
            if silent < SILENT_LOOKS:
                continue
            try:
                async with asyncio.timeout(PONG_MS / 1000):
                    await self._response.ping()
                await self._clock.sleep_ms(PONG_MS)
            except TimeoutError:
                pass  # not even our ping gets away: the peer takes nothing any more
            except (ConnectionError, RuntimeError):
                return  # whoever receives is told the same
            silent = 0
            if not self._heard:
                self._vanished = True
                if isinstance(self._transport, asyncio.WriteTransport):
                    # Nobody is there to say goodbye to; who receives sees the end.
                    self._transport.abort()
                return
