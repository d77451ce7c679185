"""Sockets opened when a call is announced, so that its first word waits for no handshake."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from dataclasses import dataclass

from agent.hearing.stream.socket import Dial, Handshake, HandshakeRefused, Unreachable, VendorSocket

AGE_MS = 8_000.0
"""Deepgram closes a connection that was sent nothing for 10 s; a call that comes, comes within two."""
MOST = 64
"""calls which ring at once; beyond that they connect when they are answered"""


@dataclass(slots=True)
class _Waiting:
    socket: VendorSocket
    closes: asyncio.TimerHandle


class WarmSockets:
    """Each is taken once by the next call on its line, or dropped when it has grown old."""

    def __init__(self, dial: Dial, age_ms: float = AGE_MS, most: int = MOST) -> None:
        self._dial = dial
        self.age_ms = age_ms
        self._most = most
        self._waiting: dict[str, list[_Waiting]] = {}
        self._dialling = 0

    def __len__(self) -> int:
        return sum(map(len, self._waiting.values()))

    def __iter__(self) -> Iterator[VendorSocket]:
        return (waiting.socket for sockets in self._waiting.values() for waiting in sockets)

    async def warm(self, handshake: Handshake) -> None:
        """Open one. Never raises: the call tries again by itself, and is the one to tell."""
        if len(self) + self._dialling >= self._most:
            return
        self._dialling += 1
        try:
            socket = await self._dial(handshake)
        except (HandshakeRefused, Unreachable):
            return
        finally:
            self._dialling -= 1
        timer = asyncio.get_running_loop().call_later(self.age_ms / 1000, self._drop, handshake.url, socket)
        self._waiting.setdefault(handshake.url, []).append(_Waiting(socket, timer))

    def take(self, handshake: Handshake) -> VendorSocket | None:
        """The oldest that was asked for in the same way, if there is one."""
        waiting = self._waiting.get(handshake.url)
        if not waiting:
            return None
        oldest = waiting.pop(0)
        if not waiting:
            del self._waiting[handshake.url]
        oldest.closes.cancel()
        return oldest.socket

    def _drop(self, url: str, socket: VendorSocket) -> None:
        waiting = self._waiting.get(url, [])
        self._waiting[url] = [other for other in waiting if other.socket is not socket]
        if not self._waiting[url]:
            del self._waiting[url]
        socket.abort()
