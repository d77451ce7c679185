"""A server with a softphone on loopback, and a call whose ears, mouth and record a test holds in its hands."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import aiohttp
from aiohttp import web

from calls.audio import AudioFrame
from calls.clock import LoopClock
from calls.house_ports import Admitted, Declined
from calls.line import IncomingCall, Line
from calls.randomness import SeededRandomness
from calls.signals import CarrierGone, KeyPressed, PlaybackEnded, Signal
from telephony.door import Door
from telephony.media import MediaParts
from telephony.phone import Row, Softphone
from telephony.phone.routes import Handler
from telephony.playout import StreamPlayOut
from telephony.tokens import CallTokens

NUMBER = "+15550100"
LINES = (
    Line("front", NUMBER, "book", "Robin", "Harbour & Sons <Dental>", "Hello."),
    Line("help", "+15550101", "support", "Sam", "Harbour Support", "Hello."),
)


class Guard:
    """Implements ``Admission``: any of LINES, unless ``declined`` says otherwise."""

    def __init__(self) -> None:
        self.declined: Declined | None = None
        self.inside: list[str] = []
        self.asked: list[IncomingCall] = []
        self.left = asyncio.Event()

    async def admit(self, call: IncomingCall) -> Admitted | Declined:
        self.asked.append(call)
        if self.declined is not None:
            return self.declined
        line = next((line for line in LINES if line.number == call.called), None)
        if line is None:
            return Declined("unknown_line", "The number is not in service.")
        self.inside.append(call.call)
        return Admitted(line)

    async def readmit(self, call: IncomingCall) -> Admitted | Declined:
        return await self.admit(call)

    def release(self, call: str) -> None:
        if call in self.inside:
            self.inside.remove(call)
        self.left.set()


@dataclass
class Conversation:
    """Implements ``LiveCall``: notes everything, ends when the line is gone or when told to."""

    incoming: IncomingCall
    playout: StreamPlayOut
    frames: list[AudioFrame] = field(default_factory=list)
    signals: list[Signal] = field(default_factory=list)
    marks: list[tuple[float, str]] = field(default_factory=list)
    """(s on the loop's clock, name) as they came back"""
    gone: asyncio.Event = field(default_factory=asyncio.Event)
    changed: asyncio.Event = field(default_factory=asyncio.Event)

    def __post_init__(self) -> None:
        pass_on = self.playout.mark_returned

        def mark_returned(name: str) -> None:
            self.marks.append((asyncio.get_running_loop().time(), name))
            pass_on(name)
            self.changed.set()

        self.playout.mark_returned = mark_returned  # type: ignore[method-assign]

    def hear(self, frame: AudioFrame) -> None:
        self.frames.append(frame)
        self.changed.set()

    def press(self, digit: str) -> None:
        self.signal(KeyPressed(digit))

    def signal(self, signal: Signal) -> None:
        self.signals.append(signal)
        self.changed.set()
        if isinstance(signal, CarrierGone):
            self.gone.set()

    async def run(self) -> None:
        await self.gone.wait()

    async def until(self, met: object, within_s: float = 10.0) -> None:
        """Wait until ``met()`` is true; looked at whenever something comes in."""
        assert callable(met)
        async with asyncio.timeout(within_s):
            while not met():
                self.changed.clear()
                await self.changed.wait()

    @property
    def keys(self) -> str:
        return "".join(signal.digit for signal in self.signals if isinstance(signal, KeyPressed))

    @property
    def ended(self) -> list[str]:
        """Clauses heard to their end, in order."""
        return [signal.clause for signal in self.signals if isinstance(signal, PlaybackEnded)]

    @property
    def farewell(self) -> CarrierGone:
        return next(signal for signal in self.signals if isinstance(signal, CarrierGone))


class Host:
    """Implements ``CallHost``."""

    def __init__(self) -> None:
        self.calls: list[Conversation] = []
        self.opened = asyncio.Event()
        self.broken = False

    async def open(self, incoming: IncomingCall, line: Line, stream_id: str, playout: object) -> Conversation:
        assert isinstance(playout, StreamPlayOut)
        if self.broken:
            raise LookupError("a fault made by a test")
        self.calls.append(Conversation(incoming, playout))
        self.opened.set()
        return self.calls[-1]


@dataclass
class House:
    """What a test works with."""

    url: str
    guard: Guard
    host: Host
    phone: Softphone
    tokens: CallTokens
    session: aiohttp.ClientSession
    rows: dict[str, list[Row]] = field(default_factory=dict)
    over: list[str] = field(default_factory=list)
    over_told: asyncio.Event = field(default_factory=asyncio.Event)
    transports: list[asyncio.Transport] = field(default_factory=list)
    """of the media sockets"""

    def cut_sockets(self) -> None:
        """The network goes away, without a word."""
        for transport in self.transports:
            transport.abort()

    @property
    def origin(self) -> dict[str, str]:
        return {"Origin": self.url}

    async def ticket(self, number: str = NUMBER) -> dict[str, str]:
        async with self.session.post(
            f"{self.url}/phone/ticket", json={"line": number}, headers=self.origin
        ) as answer:
            assert answer.status == 200, await answer.text()
            found: dict[str, str] = await answer.json()
            return found

    async def call(self) -> Conversation:
        """The call which is placed next."""
        async with asyncio.timeout(10):
            await self.host.opened.wait()
        return self.host.calls[-1]


async def tap(_request: web.Request) -> web.Response:
    """An audio worklet that tells what flows into it, for tests which listen to the loudspeaker."""
    script = """registerProcessor("tap", class extends AudioWorkletProcessor {
        process([input]) {
            if (input.length) this.port.postMessage(input[0].slice());
            return true;
        }
    });"""
    return web.Response(text=script, content_type="text/javascript")


@asynccontextmanager
async def serving(public_url: str = "http://localhost:8080", ticket_ttl_s: float = 30.0) -> AsyncIterator[House]:
    """The softphone's routes over aiohttp on a free port of 127.0.0.1."""
    guard, host, clock, randomness = Guard(), Host(), LoopClock(), SeededRandomness("phone")
    parts = MediaParts(host, Door(guard, clock), CallTokens(randomness, clock), clock)

    async def transcript(call: str, after: int) -> Sequence[Row]:
        return [row for row in house.rows.get(call, []) if row.seq > after]

    async def over(call: str) -> None:
        house.over.append(call)
        house.over_told.set()

    phone = Softphone(parts, lambda: LINES, randomness, public_url, transcript, over, ticket_ttl_s)
    @web.middleware
    async def note_sockets(request: web.Request, handler: Handler) -> web.StreamResponse:
        if request.path == "/phone/media" and request.transport is not None:
            house.transports.append(request.transport)
        return await handler(request)

    application = web.Application(middlewares=[note_sockets])
    for method, path, handler, _permission in phone.routes():
        application.router.add_route(method, path, handler)
    application.router.add_get("/tap.js", tap)
    runner = web.AppRunner(application, shutdown_timeout=2)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    try:
        async with aiohttp.ClientSession() as session:
            house = House(f"http://127.0.0.1:{runner.addresses[0][1]}", guard, host, phone, parts.tokens, session)
            yield house
    finally:
        phone.close()
        await runner.cleanup()


def start(given: dict[str, str], *, call: str | None = None, token: str | None = None) -> str:
    """The page's ``start`` message, for a ticket that was given."""
    parameters = {"token": given["ticket"] if token is None else token}
    body = {"callSid": call or given["call"], "streamSid": "MZ1", "customParameters": parameters}
    return json.dumps({"event": "start", "sequenceNumber": "1", "streamSid": "MZ1", "start": body})
