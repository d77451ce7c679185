"""Frames that are read together: how many are waited for, what is known of those that lay there, that none stays."""

from __future__ import annotations

import asyncio
import json
import struct

import pytest
from aiohttp import ClientWebSocketResponse, WSMsgType

from calls.audio import MULAW_SILENCE, AudioFrame
from calls.clock import LoopClock
from calls.events import LineDegraded, LineMeasured
from calls.speech import Clause
from calls.virtual_time import run_virtual
from telephony import aiohttp_socket
from telephony.aiohttp_socket import AiohttpSocket
from telephony.gathered import GatheredFrames
from telephony.held_back import HeldBack, HoldsBack
from telephony.media_stream import MediaStream
from telephony.playout import StreamPlayOut
from telephony.quality import LineMeter
from tests.telephony.wire import Peer, over_the_wire

FRAME = MULAW_SILENCE * 160
MESSAGE = "0" * 300
"""about as long as a frame's on the wire"""


class System:
    """Of the port ``HoldsBack``: what it was asked for."""

    def __init__(self, able: bool = True) -> None:
        self.asked: list[int] = []
        self._able = able

    def gather(self, messages: int) -> bool:
        self.asked.append(messages)
        return self._able


class Stream:
    """A caller's frames under a strain, read in one go as often as ``read`` is called."""

    def __init__(self, system: object, busy: float = 0.8) -> None:
        self.busy = busy
        self.heard: list[AudioFrame] = []
        self.frames = GatheredFrames(self.heard.append, lambda: self.busy)
        self.held = HeldBack(system, self.frames)
        self._count = 0

    async def read(self, frames: int, mark_after: int | None = None) -> list[bool]:
        lay = []
        for n in range(frames):
            lay.append(self.held.frame())
            self.frames.take(20.0 * self._count, FRAME)
            self._count += 1
            if n + 1 == mark_after:
                self.frames.pass_on()
        await asyncio.sleep(0)
        return lay


def test_as_many_are_waited_for_as_are_heard_together() -> None:
    async def main() -> None:
        system = System()
        stream = Stream(system)
        await stream.read(1)
        assert system.asked == [4]
        assert await stream.read(4) == [True, True, True, False]
        assert await stream.read(5) == [True, True, True, True, False]
        assert system.asked == [4, 5, 5]
        assert [frame.duration_ms for frame in stream.heard] == [100.0, 100.0]

    asyncio.run(main())


def test_with_little_to_do_nothing_is_asked_for_and_a_strain_that_is_over_is_told() -> None:
    async def main() -> None:
        system = System()
        stream = Stream(system, busy=0.1)
        assert await stream.read(3) == [False, False, False]
        assert system.asked == []
        stream.busy = 0.6
        await stream.read(3)
        stream.busy = 0.1
        await stream.read(3)
        assert system.asked == [3, 1]
        assert await stream.read(2) == [False, False]

    asyncio.run(main())


def test_what_a_mark_or_a_late_loop_brings_out_of_step_is_back_in_step_with_the_next() -> None:
    async def main() -> None:
        system = System()
        stream = Stream(system)
        await stream.read(5)
        await stream.read(5, mark_after=3)
        assert system.asked == [5, 3]
        await stream.read(3)
        await stream.read(7)
        assert system.asked == [5, 3, 5, 3]
        assert stream.held.behind_ms == 40.0

    asyncio.run(main())


@pytest.mark.parametrize("system", [System(able=False), object()])
def test_where_nothing_is_held_back_every_arrival_is_seen(system: object) -> None:
    async def main() -> None:
        stream = Stream(system)
        for _ in range(7):
            assert await stream.read(1) == [False]
        assert stream.held.behind_ms == 0.0

    asyncio.run(main())


def test_frames_that_lay_there_are_neither_jitter_nor_a_stall() -> None:
    def told(together: int, stall_ms: float = 0.0) -> LineMeasured:
        meter = LineMeter()
        for n in range(500):
            newest = n // together * together + together - 1 if n else 0
            read_ms = 20.0 * newest + (stall_ms if n >= 250 else 0.0)
            meter.frame(FRAME, 20.0 * n, n + 1, read_ms, n != newest)
        facts = meter.whole()
        assert not [fact for fact in facts if isinstance(fact, LineDegraded)]
        last = facts[-1]
        assert isinstance(last, LineMeasured)
        return last

    alone, together = told(1), told(5)
    assert together.frames == alone.frames == 500
    assert together.jitter_max_ms == alone.jitter_max_ms == 0.0
    assert together.stall_ms == alone.stall_ms == 20.0
    assert told(5, 300.0).stall_ms == told(1, 300.0).stall_ms == 320.0


class Sent:
    """A media socket that takes everything."""

    closed = False

    def __init__(self) -> None:
        self.texts: list[str] = []

    async def receive(self) -> str | bytes | None:
        return None

    async def send_text(self, text: str) -> None:
        self.texts.append(text)

    async def close(self, code: int = 1000, reason: str = "") -> None:
        self.closed = True


@pytest.mark.parametrize(("behind_ms", "delay_ms"), [(0.0, 90.0), (60.0, 60.0)])
def test_a_mark_counts_as_come_before_the_frames_that_lay_behind_it(behind_ms: float, delay_ms: float) -> None:
    async def main() -> float:
        stream, socket, clock = MediaStream(), Sent(), LoopClock()
        started = {"callSid": "CA" + "1" * 32, "streamSid": "MZ" + "1" * 32}
        stream.receive_text(json.dumps({"event": "start", "start": started}))
        playout = StreamPlayOut(stream, socket, clock)
        async with asyncio.TaskGroup() as group:
            sending = group.create_task(playout.run())
            playout.begin(Clause("r1.1", "Hello."))
            playout.feed("r1.1", FRAME * 20)
            await clock.sleep_ms(140.0)
            playout.behind_ms = lambda: behind_ms
            playout.mark_returned(json.loads(socket.texts[0])["mark"]["name"])
            sending.cancel()
        playout.meter.frame(FRAME, 0.0, 1, clock.now_ms())
        last = playout.measured()[-1]
        assert isinstance(last, LineMeasured)
        return last.delay_ms

    # The packet's 20 ms, and half of the way there and back: of 140 ms, or of the 80 that it really took.
    assert run_virtual(main()) == delay_ms


# --- the system's own --------------------------------------------------------------------------------


def test_a_wrapped_socket_holds_nothing_back() -> None:
    assert issubclass(AiohttpSocket, HoldsBack)
    assert not isinstance(object(), HoldsBack)


@pytest.fixture
def nothing_is_asked_for_in_between(monkeypatch: pytest.MonkeyPatch) -> None:
    """What lies in the system stays there until enough does: no timer brings it, and none ends a close."""
    monkeypatch.setattr(aiohttp_socket, "HELD_S", 3600.0)
    monkeypatch.setattr(aiohttp_socket, "CLOSE_S", 3600.0)


@pytest.mark.wire
@pytest.mark.usefixtures("nothing_is_asked_for_in_between")
def test_the_system_tells_of_five_at_once() -> None:
    got: list[str | bytes | None] = []

    async def serve(socket: AiohttpSocket) -> None:
        assert await socket.receive() == MESSAGE
        assert socket.gather(5)
        await socket.send_text("go")
        for _ in range(5):
            got.append(await socket.receive())

    async def visit(peer: Peer) -> None:
        await peer.send(MESSAGE)
        assert await peer.receive() == "go"
        for _ in range(4):
            await peer.send(MESSAGE)
        # A slow machine can only make this see less than it would.
        await asyncio.sleep(0.05)
        assert got == []
        await peer.send(MESSAGE)

    asyncio.run(over_the_wire(serve, visit))
    assert got == [MESSAGE] * 5


@pytest.mark.wire
def test_fewer_are_told_of_when_nothing_follows(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(aiohttp_socket, "HELD_S", 0.01)
    got: list[str | bytes | None] = []

    async def serve(socket: AiohttpSocket) -> None:
        assert await socket.receive() == MESSAGE
        assert socket.gather(5)
        await socket.send_text("go")
        for _ in range(2):
            got.append(await socket.receive())

    async def visit(peer: Peer) -> None:
        await peer.send(MESSAGE)
        assert await peer.receive() == "go"
        for _ in range(2):
            await peer.send(MESSAGE)

    asyncio.run(over_the_wire(serve, visit))
    assert got == [MESSAGE] * 2


@pytest.mark.wire
def test_who_leaves_is_not_held_back(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(aiohttp_socket, "HELD_S", 0.01)

    async def serve(socket: AiohttpSocket) -> None:
        assert await socket.receive() == "hello"
        assert socket.gather(1000)
        await socket.send_text("go")
        assert await socket.receive() == "bye"
        assert await socket.receive() is None
        assert not socket.gather(5)

    async def visit(peer: Peer) -> None:
        await peer.send("hello")
        assert await peer.receive() == "go"
        await peer.send("bye")
        await peer.close()

    asyncio.run(over_the_wire(serve, visit))


@pytest.mark.wire
@pytest.mark.usefixtures("nothing_is_asked_for_in_between")
def test_we_leave_at_once_though_more_is_waited_for() -> None:
    async def serve(socket: AiohttpSocket) -> None:
        assert await socket.receive() == "hello"
        assert socket.gather(1000)
        await socket.close()

    async def visit(peer: Peer) -> None:
        await peer.send("hello")
        assert await peer.receive() is None
        # A good peer answers a close, and leaves the wire to who began it.
        assert isinstance(peer.end, ClientWebSocketResponse)
        await peer.end.send_frame(struct.pack("!H", 1000), WSMsgType.CLOSE)

    asyncio.run(over_the_wire(serve, visit, bare=True))
