"""A socket in memory: what is sent waits to be read, up to a limit; runs on virtual time."""

from __future__ import annotations

import asyncio
from collections import deque

from agent.hearing.stream.socket import Closed

_UNREAD = 64_000
"""bytes that may be on their way; then a sender waits"""


class Way:
    """One direction."""

    def __init__(self) -> None:
        self._messages: deque[str | bytes] = deque()
        self._unread = 0
        self._changed = asyncio.Event()
        self.closed: int | None = None

    async def put(self, message: str | bytes) -> None:
        while self.closed is None and self._unread > _UNREAD:
            self._changed.clear()
            await self._changed.wait()
        if self.closed is not None:
            raise ConnectionResetError("closed")
        self._messages.append(message)
        self._unread += len(message)
        self._changed.set()

    async def get(self) -> str | bytes | None:
        while not self._messages and self.closed is None:
            self._changed.clear()
            await self._changed.wait()
        if not self._messages:
            return None
        message = self._messages.popleft()
        self._unread -= len(message)
        self._changed.set()
        return message

    def close(self, code: int) -> None:
        self.closed = code if self.closed is None else self.closed
        self._changed.set()


class MemorySocket:
    """The client's end; a ``VendorSocket``."""

    def __init__(self, up: Way, down: Way) -> None:
        self._up, self._down = up, down

    async def send(self, message: str | bytes) -> None:
        await self._up.put(message)

    async def receive(self) -> str | bytes | Closed:
        message = await self._down.get()
        return Closed(self._down.closed or 1006) if message is None else message

    async def close(self) -> None:
        self._up.close(1000)
        self._down.close(1000)

    def abort(self) -> None:
        self._up.close(1006)
        self._down.close(1006)


class MemoryServerEnd:
    """The server's end."""

    def __init__(self, up: Way, down: Way) -> None:
        self._up, self._down = up, down

    async def send(self, message: str) -> None:
        await self._down.put(message)

    async def receive(self) -> str | bytes | None:
        return await self._up.get()

    async def close(self, code: int | None) -> None:
        self._down.close(code or 1006)
        self._up.close(code or 1006)
