"""A call of half an hour with cuts, over the twin and a line with delays, jitter, loss and a clock that drifts: the
recording read back beside what sounded at the caller.

Both sides say noise of which no two milliseconds are alike, so where a piece lies is found to the sample.
"""

from __future__ import annotations

import asyncio
import random
import re
import struct
import wave
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import pairwise
from pathlib import Path

import pytest

from agent.scripted import scripted_engine
from calls.audio import AudioFrame
from calls.clock import Clock
from calls.line import IncomingCall, Line
from calls.ports import MediaSocket, PlayOut
from calls.signals import CarrierGone, PlaybackEnded, Signal
from calls.speech import Clause
from calls.virtual_time import run_virtual
from records import recording_disk
from records.recording import WavRecorder
from telephony import g711
from telephony.media import handle_media
from telephony.twin import Caller, CallResult, Twin
from telephony.twin.memory import MemorySocket
from telephony.twin.soundcheck import spans
from tests.counts import count
from tests.scenes.stage import CALLER, FRONT, LINES, TWIN, House

MINUTES = count(full=30, quick=4)
NEEDLE = 240
"""samples that are looked for: 30 ms"""
ALLOWED = 160
"""samples: 20 ms"""
LAST_MS = 500
"""What was under way when the caller hung up is not looked at."""
REACH = 3_200
"""samples a sound is looked for before and after its place"""
LOUD = bytes(byte & 0x80 | 0x10 + byte % 0x30 for byte in range(256))
"""mu-law codes of both signs, far from silence"""


def noise(chance: random.Random, ms: int) -> bytes:
    """Loud, and nowhere the same."""
    return chance.randbytes(ms * 8).translate(LOUD)


@dataclass(frozen=True)
class Road:
    """A line between carrier and server."""

    up_ms: float = 0.0
    down_ms: float = 0.0
    jitter_ms: float = 0.0
    """each way, every message by itself"""
    bursts_ms: float = 0.0
    """now and then a way is shut for up to so long; what waited comes at once"""
    loss: float = 0.0
    """of the caller's frames"""
    drift: float = 0.0
    """the carrier's clock is faster by this"""
    late_start_ms: float = 0.0
    """the call takes so long to build"""


class Shut:
    """When a way is shut: every few seconds, for a while."""

    def __init__(self, road: Road, seed: int) -> None:
        self._most_ms = road.bursts_ms
        self._chance = random.Random(seed)
        self._begins_ms = self._ends_ms = 0.0

    def until(self, now: float) -> float:
        """When it is open again."""
        while self._ends_ms <= now and self._most_ms:
            self._begins_ms = self._ends_ms + self._chance.random() * 6_000
            self._ends_ms = self._begins_ms + self._chance.random() * self._most_ms
        return self._ends_ms if self._begins_ms <= now else now


class FarSocket:
    """A socket at the end of a ``Road``: every message comes later, none overtakes another."""

    def __init__(self, near: MediaSocket, road: Road, clock: Clock, seed: int) -> None:
        self._near, self._road, self._clock = near, road, clock
        self._chance = random.Random(seed)
        self._in: asyncio.Queue[tuple[float, str | bytes | None]] = asyncio.Queue()
        self._out: asyncio.Queue[tuple[float, str]] = asyncio.Queue()
        self._shut = {"up": Shut(road, seed + 1), "down": Shut(road, seed + 2)}

    @property
    def closed(self) -> bool:
        return self._near.closed

    async def receive(self) -> str | bytes | None:
        at, message = await self._in.get()
        await self._clock.sleep_until_ms(at)
        return message

    async def send_text(self, text: str) -> None:
        self._out.put_nowait((self._due("down", self._road.down_ms), text))

    async def close(self, code: int = 1000, reason: str = "") -> None:
        await self._near.close(code, reason)

    def _due(self, way: str, ms: float) -> float:
        now = self._clock.now_ms()
        return max(now, self._shut[way].until(now)) + ms + self._chance.random() * self._road.jitter_ms

    async def carry(self) -> None:
        """Until cancelled."""
        async with asyncio.TaskGroup() as group:
            group.create_task(self._up())
            group.create_task(self._down())

    async def _up(self) -> None:
        while True:
            message = await self._near.receive()
            lost = isinstance(message, str) and '"media"' in message and self._chance.random() < self._road.loss
            if not lost:
                self._in.put_nowait((self._due("up", self._road.up_ms), message))
            if message is None:
                return

    async def _down(self) -> None:
        while True:
            at, text = await self._out.get()
            await self._clock.sleep_until_ms(at)
            if not self._near.closed:
                await self._near.send_text(text)


class CarrierClock:
    """The carrier's own: a little faster, or slower."""

    def __init__(self, real: Clock, drift: float) -> None:
        self._real, self._pace = real, 1 + drift

    def now_ms(self) -> float:
        return self._real.now_ms() * self._pace

    def wall(self) -> datetime:
        return self._real.wall()

    async def sleep_ms(self, ms: float) -> None:
        await self._real.sleep_ms(ms / self._pace)

    async def sleep_until_ms(self, at: float) -> None:
        await self._real.sleep_until_ms(at / self._pace)


class Talker:
    """An agent that talks, falls silent, goes on and is cut, by chance."""

    def __init__(self, playout: PlayOut, recorder: WavRecorder, clock: Clock) -> None:
        self._playout, self._recorder, self._clock = playout, recorder, clock
        self._chance = random.Random(5)
        self._idle = asyncio.Event()
        self._gone = asyncio.Event()
        self.cuts = 0
        self.pauses = 0

    def hear(self, frame: AudioFrame) -> None:
        self._recorder.caller(frame.offset_ms, frame.samples)

    def signal(self, signal: Signal) -> None:
        if isinstance(signal, PlaybackEnded):
            self._idle.set()
        elif isinstance(signal, CarrierGone):
            self._gone.set()

    async def run(self) -> None:
        async with asyncio.TaskGroup() as group:
            talking = group.create_task(self._talk())
            await self._gone.wait()
            talking.cancel()
        self._playout.position()
        await self._recorder.finish()

    async def _talk(self) -> None:
        for n in range(1_000_000):
            clause = Clause(f"r{n}.1", " ".join(["word"] * 20))
            self._idle.clear()
            self._playout.begin(clause)
            self._playout.feed(clause.id, noise(self._chance, self._chance.randrange(400, 6_000)))
            self._playout.finish(clause.id)
            match self._chance.randrange(3):
                case 0:
                    await self._clock.sleep_ms(self._chance.randrange(300, 2_500))
                    self._playout.cut()
                    self.cuts += 1
                case 1:
                    await self._clock.sleep_ms(self._chance.randrange(300, 2_500))
                    self._playout.pause()
                    await self._clock.sleep_ms(self._chance.randrange(200, 1_500))
                    self._playout.resume()
                    self.pauses += 1
                    await self._idle.wait()
                case _:
                    await self._idle.wait()
            await self._clock.sleep_ms(self._chance.choice((0, 30, 400, 2_000)))


async def rambler(phone: Caller) -> None:
    """Talks over everything, and at every moment."""
    chance = random.Random(11)
    while phone.now_s < MINUTES * 60:
        await phone.says(noise(chance, chance.randrange(100, 4_000)))
        await phone.waits(chance.random() * 3)
    await phone.hangs_up()


class AlignedHost:
    """Opens talkers."""

    def __init__(self, path: Path, road: Road, clock: Clock) -> None:
        self._path, self._road, self._clock = path, road, clock
        self.talker: Talker | None = None

    async def open(self, incoming: IncomingCall, line: Line, stream_id: str, playout: PlayOut) -> Talker:
        await self._clock.sleep_ms(self._road.late_start_ms)
        recorder = WavRecorder(self._path, origin_ms=0.0)
        playout.record_to(recorder)
        self.talker = Talker(playout, recorder, self._clock)
        return self.talker


def half_an_hour(path: Path, road: Road) -> tuple[CallResult, Talker]:
    """The call over ``road``, recorded at ``path``."""

    async def main() -> tuple[CallResult, Talker]:
        house = House(7, scripted_engine(), {}, LINES)
        host = AlignedHost(path, road, house.clock)
        house.media = replace(house.media, host=host)

        async def serve(socket: MemorySocket) -> None:
            far = FarSocket(socket, road, house.clock, 3)
            async with asyncio.TaskGroup() as group:
                carrying = group.create_task(far.carry())
                await handle_media(far, house.media)
                carrying.cancel()

        house._serve = serve  # type: ignore[method-assign]
        config = replace(TWIN, limit_ms=MINUTES * 60_000 + 60_000)
        async with house.open() as network:
            twin = Twin(config, network, CarrierClock(house.clock, road.drift))
            result = await twin.place_call(to=FRONT, from_=CALLER, script=rambler)
        assert host.talker is not None
        return result, host.talker

    return run_virtual(main())


def sides(path: Path) -> tuple[list[bytes], ...]:
    with wave.open(str(path)) as file:
        samples = struct.unpack(f"<{file.getnframes() * 2}h", file.readframes(file.getnframes()))
    return tuple(g711.linear_to_ulaw(struct.pack(f"<{len(s)}h", *s)) for s in (samples[0::2], samples[1::2]))


def shifts(truth: bytes, taped: bytes, about: int, until_ms: float) -> Iterator[float | None]:
    """For the beginning of every stretch of sound, and for what was heard 20 ms before its end: ms it lies late."""
    for span in spans(truth, 20):
        first, stop = span.start_ms * 8, span.end_ms * 8
        if span.end_ms > until_ms - LAST_MS:
            continue  # the call ended in the middle of it
        for at in {first, max(first, stop - NEEDLE - ALLOWED)}:
            if len(truth[at : at + NEEDLE]) == NEEDLE and g711.SILENCE not in truth[at : at + NEEDLE]:
                # Where two sentences meet, a hole of a few ms may part what is looked for: half of it is enough.
                halves = (_place(truth, taped, at + half, about) for half in (0, NEEDLE // 2))
                yield next((place for place in halves if place is not None), None)


def _place(truth: bytes, taped: bytes, at: int, about: int) -> float | None:
    """How many ms later than it was heard a piece of sound lies on the tape; None when it is not there."""
    begin = max(0, at + about - REACH)
    needle = re.escape(truth[at : at + NEEDLE // 2])
    # A word that was cut is said again: of two places the nearer one is meant.
    places = [begin + found.start() - at - about for found in re.finditer(needle, taped[begin : at + about + REACH])]
    return min(places, key=abs) / 8 if places else None


def unheard(truth: bytes, taped: bytes, about: int) -> int:
    """Pauses of the truth in which something sounds on the tape more than 20 ms after the cut."""
    count = 0
    for before, after in pairwise(spans(truth, 20)):
        begin, end = (before.end_ms + 30) * 8 + about, (after.start_ms - 30) * 8 + about
        count += end > begin and taped[begin:end].strip(bytes([g711.SILENCE])) != b""
    return count


ROADS = {
    "at once": Road(),
    "far": Road(up_ms=40.0, down_ms=60.0, late_start_ms=300.0),
    "shaky": Road(up_ms=35.0, down_ms=25.0, jitter_ms=10.0, loss=0.01, drift=50e-6, late_start_ms=120.0),
    "bursts": Road(up_ms=25.0, down_ms=35.0, jitter_ms=10.0, bursts_ms=300.0, loss=0.01, drift=-50e-6),
    "slow clock": Road(up_ms=20.0, down_ms=20.0, drift=-50e-6),
}


@pytest.mark.parametrize("road", list(ROADS))
def test_every_sound_lies_within_20_ms_of_where_it_was_heard(
    tmp_path: Path, road: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Half an hour goes by in seconds: no disk keeps up, and here none has to.
    monkeypatch.setattr(recording_disk, "MOST_QUEUED", 1 << 30)
    result, talker = half_an_hour(tmp_path / "a.wav", ROADS[road])
    assert min(talker.cuts, talker.pauses) > MINUTES
    caller, agent = sides(tmp_path / "a.wav")
    begins = -round(result.streams[0].start_ms * 8)
    until_ms = result.streams[0].end_ms
    said = shifts(result.tape.whole("caller"), caller, begins, until_ms)
    sent = {shift for shift in said if shift is not None}
    assert len(sent) == 1, "the caller's side lies as it was sent, to the sample"
    begins += round(sent.pop() * 8)
    heard = result.tape.whole("agent")
    off = list(shifts(heard, agent, begins, until_ms))
    assert None not in off
    found = sorted(shift for shift in off if shift is not None)
    middle = found[len(found) // 2]
    print(f"{road}: {talker.cuts} cuts, {len(found)} places, {found[0]:+.1f} .. {middle:+.1f} .. {found[-1]:+.1f} ms")
    assert len(found) > 15 * MINUTES
    assert max(abs(found[0]), abs(found[-1])) <= ALLOWED / 8
    assert unheard(heard, agent, begins) == 0
