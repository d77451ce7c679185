"""Serving a pretended vendor's listening side: over aiohttp on loopback, or in memory, then also on virtual time."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from typing import Protocol
from urllib.parse import parse_qsl, urlsplit

from aiohttp import WSMsgType, web

from agent.hearing.stream.socket import Dial, Handshake, HandshakeRefused, VendorSocket
from calls.clock import LoopClock
from switchboard.loopback.ears import Ears, Word
from switchboard.loopback.hearing import Delays, Ended, Fault, Log, Refused, Timetable, Trouble
from switchboard.loopback.memory import MemoryServerEnd, MemorySocket, Way

_NONSENSE = ("{not json", "[1, 2]", '"text"', "null", "")


class Talk:
    """One connection. A vendor's wire overrides what stands below."""

    def __init__(self, ears: Ears, delays: Delays, faults: Sequence[Fault], log: Log) -> None:
        self.ears = ears
        self.delays = delays
        self.faults = list(faults)
        self.log = log
        self.timetable = Timetable()
        self._unless: list[tuple[int, float]] = []

    def unless_followed(self, word: Word, within_ms: float, wait_ms: float, make: Callable[[], list[str]]) -> None:
        """Due ``wait_ms`` after a word, if no other begins ``within_ms`` of its end."""
        number = self.timetable.at(word.to_ms + wait_ms, wait_ms, make)
        self._unless.append((number, word.to_ms + within_ms))

    def follows(self, word: Word) -> None:
        """Another word: what waited for its absence will not come."""
        for number, until_ms in self._unless:
            if word.from_ms < until_ms:
                self.timetable.drop(number)
        self._unless.clear()

    def has(self, trouble: Trouble) -> Fault | None:
        """The fault of this kind that is in force."""
        media_ms = self.timetable.media_ms
        return next((f for f in self.faults if f.trouble is trouble and f.after_ms <= media_ms), None)

    def heard(self, audio: bytes) -> None:
        """More audio, any length."""
        self.log.audio_bytes += len(audio)
        began, words = self.ears.hear(audio)
        for at_ms in began:
            self.began(at_ms)
        for word in words:
            self.follows(word)
            self.word(word)
        self.timetable.advance(self.log.audio_bytes / 8)

    def greeting(self) -> list[str]:
        """Said first."""
        return []

    def read(self, message: str | bytes) -> list[str]:
        """A message of the client; what is answered at once. Raises Ended."""
        raise NotImplementedError

    def began(self, at_ms: float) -> None:
        """Speech begins."""

    def word(self, word: Word) -> None:
        """A word has ended."""

    def error(self, code: str) -> str:
        """An error message."""
        raise NotImplementedError

    def unknown(self) -> str:
        """A message of a type which does not exist yet."""
        raise NotImplementedError


class ServerSocket(Protocol):
    """Our end of a client's socket."""

    async def send(self, message: str) -> None:
        """Raises ConnectionError."""

    async def receive(self) -> str | bytes | None:
        """None once the client is gone."""

    async def close(self, code: int | None) -> None:
        """None: without a close frame."""


class HearingServer:
    """A vendor. ``ears`` are made for each connection."""

    idle_ms = 10_000.0
    """nothing from the client for this long ends a connection"""

    def __init__(self, ears: Callable[[], Ears], delays: Delays | None = None, faults: Sequence[Fault] = ()) -> None:
        self.ears = ears
        self.delays = delays or Delays()
        self.faults = list(faults)
        self.logs: list[Log] = []
        self.refused = 0
        self.url = ""
        """http origin, while serving"""
        self._clock = LoopClock()

    def check(self, log: Log, headers: Mapping[str, str]) -> None:
        """Is this handshake right? Raises Refused."""
        raise NotImplementedError

    def talk(self, log: Log, faults: Sequence[Fault]) -> Talk:
        """A connection's other side."""
        raise NotImplementedError

    def admit(self, url: str, headers: Mapping[str, str]) -> Log:
        """A handshake. Raises Refused."""
        parts = urlsplit(url)
        log = Log(parts.path, parse_qsl(parts.query, keep_blank_values=True))
        number = len(self.logs) + self.refused
        for fault in self.faults:
            if fault.trouble is Trouble.REFUSE and fault.strikes(number):
                self.refused += 1
                raise Refused(fault.status, fault.headers)
        self.check(log, {name.lower(): value for name, value in headers.items()})
        self.logs.append(log)
        return log

    async def serve(self, socket: ServerSocket, log: Log) -> None:
        """One connection to its end."""
        number = self.logs.index(log) + self.refused
        talk = self.talk(log, [fault for fault in self.faults if fault.strikes(number)])

        async def send(message: str) -> None:
            kind = message[:60].partition('"')[2]
            log.sent.append((self._clock.now_ms(), kind))
            try:
                await socket.send(message)
            except ConnectionError:
                talk.timetable.mute = True

        async with asyncio.TaskGroup() as group:
            teller = group.create_task(talk.timetable.run(send))
            try:
                await self._converse(socket, talk, send)
            except TimeoutError:
                await socket.close(1011)
            except Ended as end:
                await socket.close(end.code)
            finally:
                log.ended = True
                teller.cancel()

    async def _converse(self, socket: ServerSocket, talk: Talk, send: Callable[[str], Awaitable[None]]) -> None:
        struck: set[int] = set()
        for message in talk.greeting():
            await send(message)
        while True:
            for n, fault in enumerate(talk.faults):
                if n not in struck and fault.after_ms <= talk.timetable.media_ms:
                    struck.add(n)
                    for message in await self._strike(fault, talk):
                        await send(message)
                    if fault.trouble is Trouble.ERROR:
                        raise Ended(1011)
            async with asyncio.timeout(self.idle_ms / 1000):
                received = await socket.receive()
            if received is None:
                return
            if isinstance(received, str):
                talk.log.texts.append(received)
            for message in talk.read(received):
                if not talk.timetable.mute:
                    await send(message)

    async def _strike(self, fault: Fault, talk: Talk) -> list[str]:
        match fault.trouble:
            case Trouble.LOSE:
                raise Ended(None)
            case Trouble.CLOSE:
                raise Ended(fault.code)
            case Trouble.ERROR:
                return [talk.error(fault.text)]
            case Trouble.GARBAGE:
                return [_NONSENSE[n % len(_NONSENSE)] for n in range(fault.count)]
            case Trouble.UNKNOWN:
                return [talk.unknown() for _ in range(fault.count)]
            case Trouble.MUTE:
                talk.timetable.mute = True
            case Trouble.DEAF:
                await asyncio.Event().wait()
        return []

    @asynccontextmanager
    async def network(self) -> AsyncIterator[Dial]:
        """In memory: a ``Dial`` for adapters."""
        tasks: list[asyncio.Task[None]] = []
        async with asyncio.TaskGroup() as group:

            async def dial(handshake: Handshake) -> VendorSocket:
                try:
                    log = self.admit(handshake.url, handshake.headers)
                except Refused as no:
                    headers = {name.lower(): value for name, value in no.headers.items()}
                    raise HandshakeRefused(no.status, headers) from None
                up, down = Way(), Way()
                tasks.append(group.create_task(self.serve(MemoryServerEnd(up, down), log)))
                return MemorySocket(up, down)

            try:
                yield dial
            finally:
                for task in tasks:
                    task.cancel()

    @asynccontextmanager
    async def serving(self, port: int = 0) -> AsyncIterator[HearingServer]:
        """On 127.0.0.1, over aiohttp; ``url`` says where."""
        app = web.Application()
        app.router.add_get("/{path:.*}", self._handle)
        runner = web.AppRunner(app, shutdown_timeout=0.2)
        await runner.setup()
        site = web.TCPSite(runner, "127.0.0.1", port)
        await site.start()
        host, bound = runner.addresses[0][:2]
        self.url = f"http://{host}:{bound}"
        try:
            yield self
        finally:
            await runner.cleanup()

    async def _handle(self, request: web.Request) -> web.StreamResponse:
        try:
            log = self.admit(request.path_qs, request.headers)
        except Refused as no:
            return web.Response(status=no.status, headers=no.headers, text=json.dumps({"err_msg": "refused"}))
        socket = web.WebSocketResponse(compress=False, max_msg_size=1 << 20)
        await socket.prepare(request)
        await self.serve(_AiohttpEnd(socket, request), log)
        return socket


class _AiohttpEnd:
    def __init__(self, socket: web.WebSocketResponse, request: web.Request) -> None:
        self._socket = socket
        self._request = request

    async def send(self, message: str) -> None:
        await self._socket.send_str(message)

    async def receive(self) -> str | bytes | None:
        message = await self._socket.receive()
        known = message.type in (WSMsgType.TEXT, WSMsgType.BINARY)
        data: str | bytes | None = message.data if known else None
        return data

    async def close(self, code: int | None) -> None:
        if code is None and self._request.transport is not None:
            self._request.transport.abort()
        else:
            await self._socket.close(code=code or 1011)
