"""One media socket from its first message to its close: admits it, builds the call, runs both.

    connected? start(token) -> the call runs -> closed with 1000
    no start within 10 s, no good token, nobody known -> closed with 1008, nothing sent, nothing opened
"""

from __future__ import annotations

import asyncio
import logging
import traceback
from collections.abc import AsyncGenerator, AsyncIterator, Callable
from contextlib import aclosing, closing
from dataclasses import dataclass
from typing import Final

from calls.audio import mulaw_ms
from calls.clock import Clock
from calls.errors import CarrierError
from calls.house_ports import Admitted, CallHost, LiveCall, Sockets
from calls.ports import MediaSocket
from calls.signals import CarrierGone, Displaced, LineNoticed
from telephony.door import Door, Seat, Visit
from telephony.gathered import GatheredFrames, never_busy
from telephony.held_back import HeldBack
from telephony.media_stream import Digit, Incoming, MarkReached, Media, MediaStream, Started, Stopped
from telephony.playout import StreamPlayOut
from telephony.quality import LineMeter
from telephony.tokens import CallTokens

log = logging.getLogger(__name__)

START_MS: Final = 10_000.0
"""How long a socket may stay silent before `start`."""
BEFORE_START: Final = 100
"""Messages a socket may send before `start`."""
DISPLACED_MS: Final = 3_000.0
"""How long the call's older socket may take to leave."""
SOCKETS_S: Final = 5.0
"""How long the other processes' sockets may take to look up: as long as the call's record may."""
BURST: Final = 32
"""Messages read in a row before other calls have their turn."""
WATCH_MS: Final = 5_000.0
"""How often the line is looked at."""
KEYS: Final = frozenset("0123456789*#")

POLICY_VIOLATION: Final = 1008
UNSUPPORTED: Final = 1003
INTERNAL_ERROR: Final = 1011
TRY_AGAIN_LATER: Final = 1013


@dataclass(frozen=True, slots=True)
class MediaParts:
    """What the handler works with. Built by the wiring."""

    host: CallHost
    door: Door
    tokens: CallTokens
    clock: Clock
    lead_ms: float = 800.0
    sockets: Sockets | None = None
    """None: this is the only process"""
    busy: Callable[[], float] = never_busy
    """how much of a core this process uses, 0 to 1"""


class _Refused(CarrierError):
    """This socket gets no call."""

    def __init__(self, code: int, why: str) -> None:
        super().__init__(why)
        self.close_code = code


async def handle_media(socket: MediaSocket, parts: MediaParts) -> None:
    """Serve ``socket`` until the call has left it; closes it in every case. Raises nothing but cancellation."""
    stream = MediaStream()
    code, reason = 1000, ""
    try:
        async with aclosing(_read(socket, stream)) as messages:
            started = await _start(messages, parts)
            visit, generation = await _admit(started, parts)
            await _displace(visit, generation)
            if visit.over:
                raise _Refused(POLICY_VIOLATION, "the call ended meanwhile")
            await _carry(_Wire(socket, stream, messages), visit, generation, parts)
    except _Refused as refused:
        code, reason = refused.close_code, str(refused)
        log.warning("media socket refused: %s", refused)
    except Exception as fault:
        # Twilio asks the action next; the record decides whether the caller comes back, is put through, or is told.
        code = INTERNAL_ERROR
        log.error("media socket failed: %s", story(fault))
    finally:
        await socket.close(code, reason)


# --- before the call ----------------------------------------------------------------------------


async def _read(socket: MediaSocket, stream: MediaStream) -> AsyncGenerator[Incoming, None]:
    """What the peer says, until it closes."""
    while (message := await socket.receive()) is not None:
        read = stream.receive_text(message) if isinstance(message, str) else stream.receive_binary(message)
        for incoming in read:
            yield incoming
        if not read:
            # Rubbish arrives as fast as the wire allows; others come first.
            await asyncio.sleep(0)


async def _start(messages: AsyncIterator[Incoming], parts: MediaParts) -> Started:
    try:
        async with asyncio.timeout(START_MS / 1000):
            for _ in range(BEFORE_START):
                incoming = await anext(messages, None)
                if isinstance(incoming, Started):
                    return incoming
                if incoming is None:
                    raise _Refused(1000, "closed before start")
    except TimeoutError:
        raise _Refused(POLICY_VIOLATION, "no start within 10 s") from None
    raise _Refused(POLICY_VIOLATION, "too much before start")


async def _admit(started: Started, parts: MediaParts) -> tuple[Visit, int]:
    token = started.parameters.get("token", "")
    generation = parts.tokens.redeem(token, started.call_sid)
    visit = parts.door.find(started.call_sid)
    if generation is not None and visit is None:
        # Another process has answered the webhook; its token says whom it let in.
        incoming = parts.tokens.bearer(token)
        visit = parts.door.visit(incoming) if incoming is not None else None
    if generation is None or visit is None or visit.over:
        raise _Refused(POLICY_VIOLATION, "no good token")
    if started.account_sid and visit.incoming.account and started.account_sid != visit.incoming.account:
        raise _Refused(POLICY_VIOLATION, "another account's call")
    if started.encoding != "audio/x-mulaw" or started.rate != 8000:
        raise _Refused(UNSUPPORTED, "only audio/x-mulaw at 8000 Hz")
    if visit.seat is not None and visit.seat.generation >= generation:
        raise _Refused(POLICY_VIOLATION, "a newer socket carries this call")
    if parts.door.closing:
        raise _Refused(TRY_AGAIN_LATER, "this process is going down")
    if not isinstance(await parts.door.decide(visit, inside=True), Admitted):
        raise _Refused(TRY_AGAIN_LATER, "the line takes no more calls")
    if not await _is_newest(parts, visit.incoming.call, generation):
        raise _Refused(POLICY_VIOLATION, "this token, or a newer one, has opened a socket before")
    return visit, generation


async def _is_newest(parts: MediaParts, call: str, generation: int) -> bool:
    if parts.sockets is None:
        return True
    try:
        async with asyncio.timeout(SOCKETS_S):
            return await parts.sockets.newest(call, generation)
    except Exception as why:
        # A replayed token must open nothing, and without the database no call is built anyway.
        log.warning("opened sockets cannot be compared between processes (%s)", type(why).__name__)
        raise _Refused(TRY_AGAIN_LATER, "whether a newer socket carries this call cannot be known") from None


async def _displace(visit: Visit, generation: int) -> None:
    """The newer token wins: the older socket's session ends before the new one reads the record."""
    while (old := visit.seat) is not None:
        if old.generation >= generation:
            raise _Refused(POLICY_VIOLATION, "a newer socket carries this call")
        old.tell(Displaced())
        try:
            async with asyncio.timeout(DISPLACED_MS / 1000):
                await old.empty.wait()
        except TimeoutError:
            # What it would still write is refused: the new session claims a newer epoch.
            if old.task is not None:
                old.task.cancel()
            if visit.seat is old:
                visit.seat = None


# --- the call -----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Wire:
    """The socket after its `start`."""

    socket: MediaSocket
    stream: MediaStream
    messages: AsyncIterator[Incoming]


async def _carry(wire: _Wire, visit: Visit, generation: int, parts: MediaParts) -> None:
    seat = visit.seat = Seat(generation)
    try:
        async with asyncio.TaskGroup() as group:
            # A task of its own: a newer socket may have to end it, and then this one closes in good order.
            seat.task = group.create_task(_converse(wire, visit, seat, parts))
    finally:
        seat.empty.set()
        if visit.seat is seat:
            visit.seat = None
        if seat.stopped:
            # A status callback may never come: nobody has to configure one.
            parts.door.free(visit)


async def _converse(wire: _Wire, visit: Visit, seat: Seat, parts: MediaParts) -> None:
    line = visit.line
    assert line is not None, "admitted"
    playout = StreamPlayOut(wire.stream, wire.socket, parts.clock, lead_ms=parts.lead_ms)
    live = await parts.host.open(visit.incoming, line, wire.stream.stream_sid, playout)
    playout.tell(live.signal)
    seat.take(live)
    async with asyncio.TaskGroup() as group:
        pacing = group.create_task(playout.run())
        reading = group.create_task(_listen(wire, live, playout, seat, parts))
        watching = group.create_task(_watch(playout.meter, live, parts.clock))
        await live.run()
        pacing.cancel()
        reading.cancel()
        watching.cancel()


async def _listen(wire: _Wire, live: LiveCall, playout: StreamPlayOut, seat: Seat, parts: MediaParts) -> None:
    with closing(GatheredFrames(live.hear, parts.busy, asyncio.get_running_loop().call_later)) as frames:
        await _take_all(wire, live, frames, playout, seat, parts.clock)


async def _take_all(
    wire: _Wire, live: LiveCall, frames: GatheredFrames, playout: StreamPlayOut, seat: Seat, clock: Clock
) -> None:
    counts = wire.stream.counts
    held = HeldBack(wire.socket, frames)
    playout.behind_ms = lambda: held.behind_ms
    first_ms: int | None = None
    in_a_row = 0
    async for incoming in wire.messages:
        if isinstance(incoming, Media):
            payload, timestamp_ms, now_ms = incoming.payload, incoming.timestamp_ms, clock.now_ms()
            if first_ms is None:
                first_ms = timestamp_ms
            offset_ms = float(max(0, timestamp_ms - first_ms))
            playout.caller_heard(offset_ms, mulaw_ms(len(payload)), now_ms)
            playout.meter.frame(payload, float(timestamp_ms), incoming.chunk, now_ms, held.frame())
            frames.take(offset_ms, payload)
        else:
            frames.pass_on()
            match incoming:
                case MarkReached(name):
                    playout.mark_returned(name)
                case Digit(digit):
                    if digit in KEYS:
                        live.press(digit)
                case Stopped():
                    seat.stopped = True
                    live.signal(CarrierGone(True, "stop", counts.as_dict()))
                    return
        in_a_row += 1
        if in_a_row >= BURST:
            in_a_row = 0
            await asyncio.sleep(0)
    frames.pass_on()
    live.signal(CarrierGone(False, "socket_lost", counts.as_dict()))


async def _watch(meter: LineMeter, live: LiveCall, clock: Clock) -> None:
    """Tell how the line is, until cancelled."""
    meter.tell = lambda fact: live.signal(LineNoticed(fact))
    while True:
        await clock.sleep_ms(WATCH_MS)
        meter.tick(clock.now_ms())


def story(fault: BaseException) -> str:
    """What went wrong and where, without the message: it may hold what a caller said."""
    if isinstance(fault, BaseExceptionGroup):
        return "; ".join(story(inner) for inner in fault.exceptions)
    frames = traceback.extract_tb(fault.__traceback__)[-3:]
    where = " < ".join(f"{frame.filename.rpartition('/')[2]}:{frame.lineno} {frame.name}" for frame in reversed(frames))
    return f"{type(fault).__name__} at {where}"
