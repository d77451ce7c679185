"""A network in memory: a socket pair with the contract of a real one, and webhooks that are function calls."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from types import TracebackType
from typing import Final, Self

from calls.errors import CarrierLost
from telephony.twin.ports import Form, Reply, UpgradeRefused

_WINDOW: Final = 512
"""messages in flight before a sender waits, as TCP makes it wait"""


class MemorySocket:
    """One end of a socket pair. Implements `MediaSocket` and `TwinSocket`."""

    def __init__(self) -> None:
        self._inbox: asyncio.Queue[str | bytes | None] = asyncio.Queue()
        self._room = asyncio.Semaphore(_WINDOW)
        self._peer: MemorySocket | None = None
        self._closed = False
        self._drained = False
        self.close_code: int | None = None
        """how the peer closed: 1006 when it vanished"""
        self.close_reason = ""

    @property
    def closed(self) -> bool:
        """True once either side has closed."""
        return self._closed

    async def receive(self) -> str | bytes | None:
        """The next message; what the peer sent before closing still arrives. None for good after that."""
        if self._drained:
            return None
        message = await self._inbox.get()
        if message is None:
            self._drained = True
        else:
            self._room.release()
        return message

    async def send_text(self, text: str) -> None:
        """Raises CarrierLost when the socket is closed."""
        await self._send(text)

    async def send_bytes(self, message: bytes) -> None:
        """A binary frame: no server should; the twin must notice."""
        await self._send(message)

    async def close(self, code: int = 1000, reason: str = "") -> None:
        """Close both ends; a second time does nothing."""
        self._end(code, reason)

    async def abort(self) -> None:
        """Vanish: the peer finds out with code 1006."""
        self._end(1006, "")

    async def _send(self, message: str | bytes) -> None:
        peer = self._open_peer()
        await peer._room.acquire()
        try:
            peer = self._open_peer()
        except CarrierLost:
            peer._room.release()  # whoever else waits here must find out, too
            raise
        peer._inbox.put_nowait(message)

    def _open_peer(self) -> MemorySocket:
        if self._closed or self._peer is None:
            raise CarrierLost("the media socket is closed")
        return self._peer

    def _end(self, code: int, reason: str) -> None:
        peer = self._peer
        if self._closed or peer is None:
            return
        self._closed = peer._closed = True
        peer.close_code, peer.close_reason = code, reason
        for end in (self, peer):
            end._inbox.put_nowait(None)
            end._room.release()


def memory_pair() -> tuple[MemorySocket, MemorySocket]:
    """Two ends of one socket."""
    near, far = MemorySocket(), MemorySocket()
    near._peer, far._peer = far, near
    return near, far


Answer = Callable[[str, str, Form, Mapping[str, str]], Awaitable[Reply]]
"""(method, url, form, headers) -> reply"""
Accept = Callable[[str, Mapping[str, str]], int]
"""(url, headers) -> 101, or the status that refuses the upgrade"""
Serve = Callable[[MemorySocket], Awaitable[None]]
"""a server's media handler, for one socket"""


class MemoryNetwork:
    """`Network` straight into a server's functions. Use as `async with`; handlers that raise fail the block."""

    def __init__(self, answer: Answer, serve: Serve, accept: Accept = lambda url, headers: 101) -> None:
        self._answer, self._serve, self._accept = answer, serve, accept
        self._group = asyncio.TaskGroup()

    async def __aenter__(self) -> Self:
        await self._group.__aenter__()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._group.__aexit__(kind, error, trace)

    async def request(self, method: str, url: str, form: Form, headers: Mapping[str, str]) -> Reply:
        """Calls `answer`."""
        return await self._answer(method, url, form, headers)

    async def open_socket(self, url: str, headers: Mapping[str, str]) -> MemorySocket:
        """Asks `accept`, then runs `serve` with the other end."""
        status = self._accept(url, headers)
        if status != 101:
            raise UpgradeRefused(status)
        ours, theirs = memory_pair()
        self._group.create_task(self._handle(theirs))
        return ours

    async def _handle(self, socket: MemorySocket) -> None:
        try:
            await self._serve(socket)
        finally:
            await socket.close()
