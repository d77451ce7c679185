"""One connection to a speaking vendor: its socket, its wire, and the text it speaks now."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncIterator
from contextlib import suppress

from agent.hearing.stream.socket import Closed, HandshakeRefused, Unreachable, VendorSocket
from agent.ports import VoicePiece
from agent.providers.refusals import refusal
from agent.speaking.wire import Broken, Done, SocketVendor, Sound, VoiceWire, WireEvent
from agent.style.render.rendering import Rendering
from calls.audio import Encoding
from calls.clock import Clock
from calls.errors import ProviderError, Stage

FAREWELL_S = 0.25
"""How long a last message may take to leave."""
_STAGE: Stage = "speaking"


class Link:
    """Grammar: read() around everything else; ``say`` one text at a time."""

    def __init__(self, vendor: SocketVendor, wire: VoiceWire, socket: VendorSocket, clock: Clock) -> None:
        self._vendor = vendor
        self._wire = wire
        self._socket = socket
        self._clock = clock
        self._events: deque[WireEvent] = deque()
        self._news = asyncio.Event()
        self._saying = False
        self._ended: Broken | None = None
        self.sent_ms = clock.now_ms()
        """when our last message left"""

    @property
    def alive(self) -> bool:
        """Whether a text may be begun on it."""
        return self._ended is None

    async def read(self) -> None:
        """Take what the vendor sends, until it closes; never raises for its faults. Cancelled: says goodbye, closes."""
        try:
            while not isinstance(message := await self._socket.receive(), Closed):
                events = self._wire.receive(message)
                if self._saying and events:
                    self._events.extend(events)
                self._news.set()
            self._end(self._wire.closed(message))
        finally:
            await self.close()

    async def say(self, rendering: Rendering, deadline: float) -> AsyncIterator[VoicePiece]:
        """The audio of a text, its first by ``deadline``. Left early, the text is stopped at the vendor.

        Raises ProviderError.
        """
        limits = self._vendor.limits
        answered_by = min(deadline, self._clock.now_ms() + limits.cut_ms)
        while not self._wire.ready and self.alive:
            await self._wait(answered_by, "lost", "cut")
        self._events.clear()
        self._saying, complete, heard = True, False, False
        try:
            await self._send(self._wire.begin(rendering))
            while True:
                event = await self._next(deadline, settles=heard)
                match event:
                    case Sound():
                        dropped = () if heard else rendering.dropped
                        heard = True
                        deadline = self._clock.now_ms() + limits.stall_ms
                        yield VoicePiece(event.mulaw, event.words, Encoding.MULAW, dropped)
                    case Done():
                        complete = True
                        return
                    case Broken():
                        self._end(event)
                        raise self._fault(event)
        finally:
            self._saying = False
            if not complete and self.alive:
                await self._send_if_possible(self._wire.cut())

    async def keep_alive(self) -> None:
        """Tell the vendor that we are still there."""
        await self._send_if_possible(self._wire.alive())

    async def close(self) -> None:
        """Say goodbye; a second time does nothing."""
        if self.alive:
            await self._send_if_possible(self._wire.farewell())
            self._end(Broken("lost", "closed"))
        await self._socket.close()

    def abort(self) -> None:
        """Drop the connection, whose state is not known any more."""
        self._end(Broken("lost", "aborted"))
        self._socket.abort()

    async def _next(self, deadline: float, *, settles: bool) -> WireEvent:
        """The next event of the text; a vendor that falls silent is asked once where the text ends."""
        limits, asked = self._vendor.limits, not settles
        began = self._clock.now_ms()
        while not self._events:
            if self._ended is not None:
                raise self._fault(self._ended)
            settle_at = began + limits.settle_ms
            if not asked and self._clock.now_ms() >= settle_at:
                asked = True
                await self._send(self._wire.settle())
            await self._wait(deadline, "timeout", "stalled" if settles else "first audio", None if asked else settle_at)
        return self._events.popleft()

    async def _wait(self, deadline: float, kind: str, detail: str, at_most: float | None = None) -> None:
        """Until something comes, or ``at_most``. Raises ProviderError after ``deadline``."""
        self._news.clear()
        until = deadline if at_most is None else min(deadline, at_most)
        left_ms = until - self._clock.now_ms()
        try:
            async with asyncio.timeout(max(0.0, left_ms / 1000)):
                await self._news.wait()
        except TimeoutError:
            if until < deadline:
                return
            fault = Broken("lost", detail) if kind == "lost" else Broken("timeout", detail)
            self._end(fault)
            raise self._fault(fault) from None

    async def _send(self, messages: list[str]) -> None:
        try:
            for message in messages:
                await self._socket.send(message)
        except (ConnectionError, RuntimeError):
            # The reader may know more of why.
            self._end(self._ended or Broken("lost", "send"))
            raise self._fault(self._ended or Broken("lost", "send")) from None
        self.sent_ms = self._clock.now_ms()

    async def _send_if_possible(self, messages: list[str]) -> None:
        with suppress(ProviderError, TimeoutError):
            async with asyncio.timeout(FAREWELL_S):
                await self._send(messages)

    def _end(self, why: Broken) -> None:
        self._ended = self._ended or why
        self._news.set()

    def _fault(self, why: Broken) -> ProviderError:
        return ProviderError(_STAGE, self._vendor.provider, why.kind, why.detail, why.retry_after_ms)


def handshake_fault(provider: str, failure: HandshakeRefused | Unreachable) -> ProviderError:
    """Why no connection was opened."""
    if isinstance(failure, HandshakeRefused):
        return refusal(_STAGE, provider, failure.status, failure.headers, b"")
    return ProviderError(_STAGE, provider, "timeout" if failure.late else "lost", "handshake")
