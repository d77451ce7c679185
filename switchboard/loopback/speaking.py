"""What every pretended speaking vendor shares: its audio, its delays, its troubles as data, and its log.

The audio is real telephone audio whose words can be read back (``agent.tone_text``), so that a test knows exactly
which words reached the caller. Usable without pytest: ``async with ElevenLabsSpeech() as server: server.url``.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from enum import StrEnum
from types import TracebackType
from typing import Any, Self

from aiohttp import WSMsgType, web

from agent import tone_text
from agent.companding import linear_to_mulaw
from calls.audio import MULAW_SILENCE, mulaw_bytes, mulaw_ms
from calls.clock import LoopClock

KEY = "key-of-a-test-0192"
_MARK = re.compile(r"<[^<>]*>|\[[a-z ]+\]")
_BREAK = re.compile(r'<break time="([\d.]+)s" />')


class Trouble(StrEnum):
    """What a vendor can do wrong."""

    REFUSE = "refuse"
    """the handshake, or the request, with ``status``"""
    SILENT = "silent"
    """takes the text and never answers"""
    STALL = "stall"
    """stops after ``after`` pieces"""
    LOSE = "lose"
    """drops the connection after ``after`` pieces"""
    CLOSE = "close"
    """closes it with ``code`` and ``reason``"""
    ERROR = "error"
    """sends an error message with ``error``, then closes"""
    GARBAGE = "garbage"
    """a message that cannot be read"""
    UNKNOWN = "unknown"
    """a message of a type that does not exist yet; goes on"""
    WRONG_CONTEXT = "wrong_context"
    """audio of a context nobody opened"""
    UNALIGNED = "unaligned"
    """no times of characters"""
    DEAF = "deaf"
    """never answers a cut"""


@dataclass(frozen=True, slots=True)
class Fault:
    """One trouble, for the first ``times`` texts (or handshakes) it fits."""

    trouble: Trouble
    status: int = 401
    body: str = ""
    headers: tuple[tuple[str, str], ...] = ()
    code: int = 1011
    reason: str = ""
    error: str = ""
    after: int = 0
    times: int = 1


@dataclass(frozen=True, slots=True)
class Delays:
    """Fixed, for measuring."""

    first_ms: float = 80.0
    """from the flush to the first audio"""
    piece_ms: float = 5.0
    """between pieces"""
    piece_audio_ms: int = 200
    """what one piece sounds"""


@dataclass(frozen=True, slots=True)
class Piece:
    """Some audio with the characters that sound in it, in ms from its own start."""

    mulaw: bytes
    characters: tuple[str, ...] = ()
    starts_ms: tuple[float, ...] = ()
    lasts_ms: tuple[float, ...] = ()


@dataclass(slots=True)
class Log:
    """What a server received."""

    connections: int = 0
    closed: int = 0
    """connections that are over"""
    requests: list[dict[str, Any]] = field(default_factory=list)
    """messages and bodies, in order"""
    paths: list[str] = field(default_factory=list)
    queries: list[dict[str, str]] = field(default_factory=list)
    spoken: list[str] = field(default_factory=list)
    """texts whose audio was sent to its end"""
    stopped: list[str] = field(default_factory=list)
    """texts that were cut, or whose client went away"""
    violations: list[str] = field(default_factory=list)
    """what the strict wire had to refuse"""


def voiced(text: str, speed: float = 1.0, piece_ms: int = 200) -> list[Piece]:
    """The audio of a text: about 300 ms a word at speed 1; breaks are silence; marks are not spoken."""
    mulaw, times = b"", list[tuple[str, float, float]]()
    at = 0
    for found in [*_BREAK.finditer(text), None]:
        part = _MARK.sub(" ", text[at : found.start() if found else len(text)])
        spoken = tone_text.encode(part, round(tone_text.WORD_MS / speed))
        offset = mulaw_ms(len(mulaw))
        mulaw += linear_to_mulaw(spoken.pcm16)
        for word in spoken.words:
            each = (word.end_ms - word.start_ms) / len(word.word)
            times += [(c, offset + word.start_ms + n * each, each) for n, c in enumerate(word.word)]
            times.append((" ", offset + word.end_ms, 0.0))
        if found is not None:
            mulaw += MULAW_SILENCE * mulaw_bytes(float(found[1]) * 1000)
            at = found.end()
    return list(_pieces(mulaw, times, mulaw_bytes(piece_ms)))


def _pieces(mulaw: bytes, times: Sequence[tuple[str, float, float]], size: int) -> Sequence[Piece]:
    pieces = []
    for start in range(0, len(mulaw), size):
        audio = mulaw[start : start + size]
        began, ended = mulaw_ms(start), mulaw_ms(start + len(audio))
        last = start + size >= len(mulaw)
        inside = [(c, at - began, ms) for c, at, ms in times if began <= at < ended or (last and at >= ended)]
        pieces.append(
            Piece(audio, tuple(c for c, _, _ in inside), tuple(a for _, a, _ in inside), tuple(m for *_, m in inside))
        )
    return pieces


class Lost(Exception):
    """The connection is to be dropped."""


class SpeechServer:
    """A vendor on loopback. Grammar: ``async with``."""

    def __init__(self, delays: Delays | None = None, faults: Sequence[Fault] = ()) -> None:
        self.delays = delays or Delays()
        self.log = Log()
        self.clock = LoopClock()
        self.changed = asyncio.Condition()
        """notified when the log grows"""
        self._faults = tuple(faults)
        self._left = [fault.times for fault in faults]
        """of each, how often it is still to come"""
        self._runner: web.AppRunner | None = None
        self.url = ""
        """http origin"""

    def routes(self) -> list[web.RouteDef]:
        """Of the vendor."""
        raise NotImplementedError

    async def __aenter__(self) -> Self:
        application = web.Application()
        application.add_routes(self.routes())
        self._runner = web.AppRunner(application, shutdown_timeout=0.2, handler_cancellation=True)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", 0)
        await site.start()
        assert site._server is not None
        port = site._server.sockets[0].getsockname()[1]  # type: ignore[attr-defined]
        self.url = f"http://127.0.0.1:{port}"
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        assert self._runner is not None
        await self._runner.cleanup()

    def take(self, *troubles: Trouble) -> Fault | None:
        """The first of these troubles that is still to come."""
        for place, fault in enumerate(self._faults):
            if fault.trouble in troubles and self._left[place]:
                self._left[place] -= 1
                return fault
        return None

    async def note(self) -> None:
        """The log has grown."""
        async with self.changed:
            self.changed.notify_all()

    async def until(self, predicate: Any) -> None:
        """Wait for the log; at most two seconds."""
        async with asyncio.timeout(2), self.changed:
            await self.changed.wait_for(lambda: predicate(self.log))

    def refused(self, request: web.Request, key: str, expected: str) -> web.Response | None:
        """The refusal of a handshake or a request; None when it may go on."""
        self.log.paths.append(request.path)
        self.log.queries.append(dict(request.query))
        fault = self.take(Trouble.REFUSE)
        if fault is not None:
            return web.Response(status=fault.status, text=fault.body, headers=dict(fault.headers))
        if key != expected:
            return web.Response(status=401, text='{"detail":{"status":"invalid_api_key","message":"no"}}')
        return None

    @asynccontextmanager
    async def socket(self, request: web.Request) -> AsyncIterator[web.WebSocketResponse]:
        """An accepted connection."""
        socket = web.WebSocketResponse(compress=False, timeout=0.2)
        await socket.prepare(request)
        self.log.connections += 1
        try:
            yield socket
        except Lost:
            if request.transport is not None:
                request.transport.abort()
        finally:
            self.log.closed += 1
            await self.note()

    async def messages(self, socket: web.WebSocketResponse) -> AsyncIterator[dict[str, Any]]:
        """The client's JSON objects, logged; whatever else comes ends the connection with 1008."""
        async for message in socket:
            if message.type is not WSMsgType.TEXT:
                self.log.violations.append("binary")
                await socket.close(code=1008)
                return
            tree = message.json()
            self.log.requests.append(tree)
            await self.note()
            yield tree
