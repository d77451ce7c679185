"""A voice behind a vendor's socket: one connection per call, opened ahead, kept alive, opened again when it is lost."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import suppress

from agent.hearing.stream.socket import Dial, HandshakeRefused, Unreachable, VendorSocket
from agent.hearing.stream.warm import WarmSockets
from agent.ports import CallContext, VoicePiece, VoiceTraits
from agent.speaking.link import Link, handshake_fault
from agent.speaking.plain import close_stream
from agent.speaking.wire import SocketVendor
from agent.speaking.words import plain
from agent.style.render.rendering import Control
from calls.clock import Clock
from calls.errors import EngineError, ProviderError
from calls.line import Line
from calls.ports import Emit
from calls.signals import ProviderNoticed, Signal, UsageCounted
from calls.speech import NEUTRAL, SpeechStyle

MOST_LINKS = 2
"""Connections of one call: some settings hold for a whole connection, and a caller who asked for slow speech stays."""

Fixed = tuple[tuple[str, Control], ...]


class SocketVoice:
    """Implements ``Voice``. ``dial`` opens sockets; shared by all calls."""

    def __init__(self, vendor: SocketVendor, dial: Dial, clock: Clock) -> None:
        self._vendor = vendor
        self._dial = dial
        self._clock = clock
        self._warm = WarmSockets(dial)

    @property
    def traits(self) -> VoiceTraits:
        """What it is and can do."""
        return self._vendor.traits

    async def warm(self, line: Line) -> None:
        """Open a connection for the call to come; never raises."""
        await self._warm.warm(self._vendor.handshake({}))

    def open(self, context: CallContext) -> SocketSession:
        """A call's session; connects in its run()."""
        tell_unused(self._vendor.provider, self.traits, context.emit)
        return SocketSession(self._vendor, self._dial, self._warm, context.clock, context.emit)

    async def speak(self, text: str, style: SpeechStyle) -> AsyncIterator[VoicePiece]:
        """The whole text at once, over a connection of its own. Raises ProviderError."""
        session = SocketSession(self._vendor, self._dial, self._warm, self._clock, _unheard)
        pieces, failed = list[VoicePiece](), list[EngineError]()
        async with asyncio.TaskGroup() as group:
            holding = group.create_task(session.run())
            try:
                pieces = [piece async for piece in session.speak(text, style)]
            except EngineError as fault:
                failed.append(fault)  # past the group, which would wrap it
            holding.cancel()
        if failed:
            raise failed[0]
        for piece in pieces:
            yield piece


class SocketSession:
    """Implements ``VoiceSession``. Grammar: run() around everything else."""

    def __init__(self, vendor: SocketVendor, dial: Dial, warm: WarmSockets, clock: Clock, emit: Emit) -> None:
        self._vendor = vendor
        self._dial = dial
        self._warm = warm
        self._clock = clock
        self._emit = emit
        self._turn = asyncio.Lock()
        self._linking = asyncio.Lock()
        self._links: dict[Fixed, Link] = {}
        """the one used last is last"""
        self._held: asyncio.TaskGroup | None = None
        self._holds = asyncio.Event()
        self._fixed: Mapping[str, Control] = vendor.render("", NEUTRAL).fixed

    async def speak(self, text: str, style: SpeechStyle) -> AsyncIterator[VoicePiece]:
        """The audio of ``text``. Raises ProviderError.

        A connection lost before any audio came is opened again, once; all of it within the limit for first audio.
        """
        rendering = self._vendor.render(text, style)
        async with self._turn:
            deadline = self._clock.now_ms() + self._vendor.limits.first_ms
            for last in (False, True):
                heard = False
                try:
                    link = await self._link_by(deadline, rendering.fixed)
                    said = link.say(rendering, deadline)
                    try:
                        async for piece in said:
                            if not heard:
                                heard = True
                                self._began(len(plain(rendering.text)), again=last)
                            yield piece
                    finally:
                        await close_stream(said)
                        if not link.alive:
                            self._forget(link)
                    return
                except ProviderError as fault:
                    if heard or last or fault.kind != "lost":
                        raise

    async def run(self) -> None:
        """Until cancelled; then the connection is closed, and the vendor is told so."""
        try:
            async with asyncio.TaskGroup() as group:
                self._held = group
                self._holds.set()
                while True:
                    # A vendor that cannot be reached now is asked again when there is something to say.
                    with suppress(ProviderError):
                        await self._link(self._fixed)
                    await self._clock.sleep_ms(self._vendor.limits.keep_alive_ms / 2)
                    await self._tend()
        finally:
            self._held, self._links = None, {}

    async def _tend(self) -> None:
        now = self._clock.now_ms()
        for link in list(self._links.values()):
            if not link.alive:
                self._forget(link)
            elif now - link.sent_ms >= self._vendor.limits.keep_alive_ms / 2:
                await link.keep_alive()

    async def _link(self, fixed: Mapping[str, Control]) -> Link:
        """The connection for these settings, opened if there is none. Raises ProviderError."""
        key = tuple(sorted(fixed.items()))
        async with self._linking:
            link = self._links.pop(key, None)
            if link is None or not link.alive:
                await self._holds.wait()  # nobody but run() closes what is opened here
                socket = await self._open(fixed)
                link = Link(self._vendor, self._vendor.wire(fixed), socket, self._clock)
                if self._held is None:
                    link.abort()
                    raise ProviderError("speaking", self._vendor.provider, "lost", "hung up")
                self._held.create_task(link.read())
            self._links[key] = link
            while len(self._links) > MOST_LINKS:
                await self._links.pop(next(iter(self._links))).close()
            return link

    async def _link_by(self, deadline: float, fixed: Mapping[str, Control]) -> Link:
        try:
            async with asyncio.timeout(max(0.0, (deadline - self._clock.now_ms()) / 1000)):
                return await self._link(fixed)
        except TimeoutError:
            raise ProviderError("speaking", self._vendor.provider, "timeout", "handshake") from None

    async def _open(self, fixed: Mapping[str, Control]) -> VendorSocket:
        handshake = self._vendor.handshake(fixed)
        waiting = self._warm.take(handshake)
        if waiting is not None:
            return waiting
        try:
            return await self._dial(handshake)
        except (HandshakeRefused, Unreachable) as failure:
            raise handshake_fault(self._vendor.provider, failure) from None

    def _forget(self, link: Link) -> None:
        self._links = {key: other for key, other in self._links.items() if other is not link}
        link.abort()

    def _began(self, characters: int, *, again: bool) -> None:
        """Vendors charge for the words they were given, heard or not."""
        provider = self._vendor.provider
        if again:
            self._emit(ProviderNoticed("speaking", provider, "reconnected", "lost"))
        self._emit(UsageCounted("speaking", provider, {"characters": characters}))


def tell_unused(provider: str, traits: VoiceTraits, emit: Emit) -> None:
    """That the line gives pronunciations which this voice cannot be told."""
    if traits.unused_terms:
        emit(ProviderNoticed("speaking", provider, "unused", f"{len(traits.unused_terms)} pronunciations"))


def _unheard(_signal: Signal) -> None:
    """Outside a call nobody listens."""
