"""A media socket from upgrade to close: start, token, session, frames. Knows no web server."""

from __future__ import annotations

import asyncio
import logging
from dataclasses import dataclass, field

from calls import signals as sg
from calls.audio import AudioFrame
from calls.clock import Clock
from calls.errors import CarrierLost
from calls.ports import CallHost, LiveCall, MediaSocket
from telephony.media_stream import Digit, MarkReached, Media, MediaStream, Started, Stopped
from telephony.playout import StreamPlayOut
from telephony.tokens import CallTokens, Claim

START_WITHIN_MS = 10_000.0
"""from the upgrade to ``start``"""
LEAVE_WITHIN_S = 5.0
"""what a displaced session gets to finish its record"""
REFUSED = 1008
"""close code: policy violation (RFC 6455, 7.4.1)"""

log = logging.getLogger(__name__)


@dataclass(slots=True)
class _Live:
    """A call with a session."""

    call: LiveCall
    gone: asyncio.Event = field(default_factory=asyncio.Event)


class MediaDoor:
    """Takes sockets. ``serve`` once per socket, all calls beside one another."""

    def __init__(self, tokens: CallTokens, host: CallHost, clock: Clock) -> None:
        self._tokens = tokens
        self._host = host
        self._clock = clock
        self._live: dict[str, _Live] = {}

    @property
    def live(self) -> int:
        """Calls with a session right now."""
        return len(self._live)

    async def serve(self, socket: MediaSocket) -> None:
        """Until the call has left this socket. Never raises for what the other side does."""
        codec = MediaStream()
        try:
            started = await self._started(socket, codec)
            claim = self._claim(started)
            if started is None or claim is None:
                await socket.close(REFUSED, "not admitted")
                return
            await self._displace(started.call_sid)
            await self._carry(socket, codec, started, claim)
        except CarrierLost:
            log.info("a media socket went away before its call began")
        finally:
            await socket.close()

    async def gone(self, call: str, within_s: float = 2.0) -> None:
        """Return when ``call`` has no session, or after ``within_s``."""
        live = self._live.get(call)
        if live is not None:
            await _within(live.gone, within_s)

    def over(self, call: str) -> None:
        """The carrier says the call is over, whatever its socket does."""
        live = self._live.get(call)
        if live is not None:
            live.call.signal(sg.CarrierGone(True, "status"))

    async def drain(self) -> None:
        """Return when no call has a session."""
        while self._live:
            await next(iter(self._live.values())).gone.wait()

    async def _started(self, socket: MediaSocket, codec: MediaStream) -> Started | None:
        try:
            async with asyncio.timeout(START_WITHIN_MS / 1000):
                while (message := await socket.receive()) is not None:
                    for incoming in _read(codec, message):
                        if isinstance(incoming, Started):
                            return incoming
        except TimeoutError:
            log.warning("a media socket said no start within %d s", START_WITHIN_MS // 1000)
        return None

    def _claim(self, started: Started | None) -> Claim | None:
        if started is None or (started.encoding, started.rate) != ("audio/x-mulaw", 8_000):
            return None
        claim = self._tokens.redeem(started.parameters.get("token", ""), started.call_sid)
        if claim is None:
            log.warning("a media socket was refused: its token is wrong, used, expired or of another call")
        return claim

    async def _displace(self, call: str) -> None:
        """A newer socket with a valid token wins: the carrier has come back before we noticed it had gone."""
        live = self._live.get(call)
        if live is not None:
            live.call.signal(sg.Displaced())
            await _within(live.gone, LEAVE_WITHIN_S)

    async def _carry(self, socket: MediaSocket, codec: MediaStream, started: Started, claim: Claim) -> None:
        playout = StreamPlayOut(codec, socket.send_text, self._clock)
        call = await self._host.open(claim.incoming, claim.line, started.stream_sid, playout)
        playout.emit = call.signal
        live = self._live[started.call_sid] = _Live(call)
        try:
            async with asyncio.TaskGroup() as group:
                reading = group.create_task(_read_all(socket, codec, call, playout))
                playing = group.create_task(_play(playout))
                await call.run()
                playout.flush()
                reading.cancel()
                playing.cancel()
        except* Exception as faults:
            # Class names only: a message could carry what a caller said.
            names = ", ".join(sorted({type(fault).__name__ for fault in faults.exceptions}))
            log.error("a call ended by a fault of ours: %s", names)
        finally:
            live.gone.set()
            if self._live.get(started.call_sid) is live:
                del self._live[started.call_sid]


def _read(codec: MediaStream, message: str | bytes) -> list[object]:
    return [*(codec.receive_text(message) if isinstance(message, str) else codec.receive_binary(message))]


async def _play(playout: StreamPlayOut) -> None:
    try:
        await playout.run()
    except CarrierLost:
        return  # the reader finds the same, and says so


async def _read_all(socket: MediaSocket, codec: MediaStream, call: LiveCall, playout: StreamPlayOut) -> None:
    """Frames to the call, in the order they came, until the socket ends."""
    first_ms: int | None = None
    while (message := await socket.receive()) is not None:
        for incoming in _read(codec, message):
            match incoming:
                case Media():
                    first_ms = incoming.timestamp_ms if first_ms is None else first_ms
                    call.hear(AudioFrame(incoming.payload, float(incoming.timestamp_ms - first_ms)))
                case MarkReached():
                    playout.mark(incoming.name)
                case Digit():
                    call.signal(sg.KeyPressed(incoming.digit))
                case Stopped():
                    call.signal(sg.CarrierGone(True, "stop", codec.counts.as_dict()))
                    return
    call.signal(sg.CarrierGone(False, "socket closed", codec.counts.as_dict()))


async def _within(event: asyncio.Event, seconds: float) -> None:
    try:
        async with asyncio.timeout(seconds):
            await event.wait()
    except TimeoutError:
        log.warning("a session took longer than %.0f s to leave", seconds)
