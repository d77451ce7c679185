"""Frames that are read together: how many are waited for, what is known of those that lay there, that none stays."""

from __future__ import annotations

import asyncio
import json
from itertools import pairwise

import aiohttp
import pytest
from aiohttp import web

from calls.audio import MULAW_SILENCE, AudioFrame
from calls.clock import LoopClock
from calls.events import LineDegraded, LineMeasured
from calls.speech import Clause
from calls.virtual_time import run_virtual
from telephony.aiohttp_socket import AiohttpSocket
from telephony.gathered import GatheredFrames
from telephony.held_back import HeldBack, HoldsBack
from telephony.media_stream import MediaStream
from telephony.playout import StreamPlayOut
from telephony.quality import LineMeter

FRAME = MULAW_SILENCE * 160


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


def over_the_wire(serve, visit) -> None:  # type: ignore[no-untyped-def]
    async def handler(request: web.Request) -> web.StreamResponse:
        async with AiohttpSocket.accepted(request) as socket:
            await serve(socket)
        return socket.response

    async def main() -> None:
        app = web.Application()
        app.router.add_get("/", handler)
        runner = web.AppRunner(app)
        await runner.setup()
        try:
            await web.TCPSite(runner, "127.0.0.1", 0).start()
            url = f"http://127.0.0.1:{runner.addresses[0][1]}/"
            async with asyncio.timeout(10), aiohttp.ClientSession() as session, session.ws_connect(url) as far:
                await visit(far)
        finally:
            await runner.cleanup()

    asyncio.run(main())


@pytest.mark.wire
def test_the_system_tells_of_five_at_once_and_of_fewer_when_nothing_follows() -> None:
    reads: list[float] = []

    async def serve(socket: AiohttpSocket) -> None:
        clock = asyncio.get_running_loop().time
        assert await socket.receive() == "0" * 300
        assert socket.gather(5)
        await socket.send_text("go")
        for _ in range(7):
            assert await socket.receive() == "0" * 300
            reads.append(clock())

    async def visit(far: aiohttp.ClientWebSocketResponse) -> None:
        await far.send_str("0" * 300)
        assert await far.receive_str() == "go"
        for _ in range(7):
            await far.send_str("0" * 300)
            await asyncio.sleep(0.005)
        await far.receive()

    over_the_wire(serve, visit)
    waits = [later - sooner for sooner, later in pairwise(reads)]
    # Five in one go though they came 5 ms apart; two that wait in vain for three more.
    assert max(waits[:4]) < 0.004
    assert waits[4] > 0.05


@pytest.mark.wire
def test_who_leaves_is_not_held_back() -> None:
    async def serve(socket: AiohttpSocket) -> None:
        assert await socket.receive() == "hello"
        assert socket.gather(1000)
        assert await socket.receive() == "bye"
        assert await socket.receive() is None
        assert not socket.gather(5)

    async def visit(far: aiohttp.ClientWebSocketResponse) -> None:
        await far.send_str("hello")
        await far.send_str("bye")
        await far.close()

    over_the_wire(serve, visit)


@pytest.mark.wire
def test_we_leave_at_once_though_more_is_waited_for() -> None:
    took: list[float] = []

    async def serve(socket: AiohttpSocket) -> None:
        assert await socket.receive() == "hello"
        assert socket.gather(1000)
        began = asyncio.get_running_loop().time()
        await socket.close()
        took.append(asyncio.get_running_loop().time() - began)

    async def visit(far: aiohttp.ClientWebSocketResponse) -> None:
        await far.send_str("hello")
        await far.receive()

    over_the_wire(serve, visit)
    assert took[0] < 0.1
