"""What hearing at a vendor costs us: ``python -m tests.contracts.hearing.measure [--calls 20] [--seconds 20]``.

The vendor runs in a process of its own; calls run in real time, a caller speaks 40 % of it (12 words in 9 s), and the
session is told what to expect once a turn. Printed: processor time for each second of a call, and what of it is left
when nothing is sent anywhere (making the frames, sleeping).
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import subprocess
import sys
import time
import tracemalloc
from collections.abc import AsyncIterator

import aiohttp

from agent.ports import CallContext, HearingSession
from calls.audio import AudioFrame
from calls.signals import CallerSaid, Signal
from switchboard.loopback.ears import TimedEars, Word
from tests.contracts.hearing.stand import CLOCK, LINE, PHONE, VENDORS, hearing_of, server_of
from tests.loopback.tape import Tape

PHRASE = "I would like to book a table for four at seven please."
TAPE = Tape([(1_000.0, PHRASE)], 9_000.0)
TURN_MS = 9_000.0


def words(seconds: float) -> list[Word]:
    turns = range(int(seconds * 1000 / TURN_MS) + 1)
    return [Word(w.text, w.from_ms + n * TURN_MS, w.to_ms + n * TURN_MS) for n in turns for w in TAPE.words]


async def serve(kind: str, seconds: float) -> None:
    server = server_of(kind, lambda: TimedEars(words(seconds)))
    async with server.serving():
        print(server.url, flush=True)
        await asyncio.Event().wait()


@contextlib.asynccontextmanager
async def vendor(kind: str, seconds: float) -> AsyncIterator[str]:
    command = [sys.executable, "-m", "tests.contracts.hearing.measure", "--serve", kind, "--seconds", str(seconds)]
    process = await asyncio.create_subprocess_exec(*command, stdout=subprocess.PIPE)
    assert process.stdout is not None
    try:
        yield (await process.stdout.readline()).decode().strip()
    finally:
        process.kill()
        await process.wait()


async def call(session: HearingSession | None, seconds: float, signals: list[Signal]) -> None:
    frames = [frame.samples for frame in TAPE.frames()]
    async with asyncio.TaskGroup() as group:
        running = group.create_task(session.run(signals.append)) if session else None
        began_ms = CLOCK.now_ms()
        for n in range(int(seconds * 50)):
            await CLOCK.sleep_until_ms(began_ms + 20.0 * n)
            frame = AudioFrame(frames[n % len(frames)], 20.0 * n)
            if session is not None:
                session.hear(frame)
                if n % 450 == 300:
                    session.expect(PHONE if n % 900 == 300 else LINE_GUIDANCE)
        if running is not None:
            running.cancel()


LINE_GUIDANCE = PHONE.__class__("topic")


async def measure(kind: str, calls: int, seconds: float) -> None:
    async with vendor(kind, seconds) as url, aiohttp.ClientSession() as client:
        signals: list[list[Signal]] = [[] for _ in range(calls)]
        costs = []
        for counted in (False, True):
            hearing = hearing_of(kind, None, url=url, session=client) if counted else None
            began = time.process_time()
            async with asyncio.TaskGroup() as group:
                for n in range(calls):
                    context = CallContext(f"call-{n}", LINE, CLOCK, signals[n].append)
                    session = hearing.open(context) if hearing else None
                    group.create_task(call(session, seconds, signals[n]))
            costs.append((time.process_time() - began) * 1000 / (calls * seconds))
    turns = sum(isinstance(signal, CallerSaid) for told in signals for signal in told)
    print(
        f"{kind:20} {costs[1] - costs[0]:5.2f} ms a call-second "
        f"({costs[1]:.2f} in all, {costs[0]:.2f} without hearing), {turns} turns in {calls} calls of {seconds:g} s"
    )


async def memory(kind: str) -> None:
    """Python's memory of one call's session while it waits in silence; the socket's own buffers included."""
    async with vendor(kind, 60.0) as url, aiohttp.ClientSession() as client:
        hearing = hearing_of(kind, None, url=url, session=client)
        sessions = 20
        tracemalloc.start()
        before = tracemalloc.get_traced_memory()[0]
        async with asyncio.TaskGroup() as group:
            tasks = []
            for n in range(sessions):
                session = hearing.open(CallContext(f"call-{n}", LINE, CLOCK, lambda _: None))
                tasks.append(group.create_task(call(session, 6.0, [])))
            await CLOCK.sleep_ms(5_500)
            now = tracemalloc.get_traced_memory()[0]
        tracemalloc.stop()
    print(f"{kind:20} {(now - before) / sessions / 1024:5.0f} KiB a call")


def main() -> None:
    arguments = argparse.ArgumentParser()
    arguments.add_argument("--serve", default="")
    arguments.add_argument("--calls", type=int, default=20)
    arguments.add_argument("--seconds", type=float, default=20.0)
    chosen = arguments.parse_args()
    if chosen.serve:
        asyncio.run(serve(chosen.serve, chosen.seconds))
        return
    for kind in VENDORS:
        asyncio.run(measure(kind, chosen.calls, chosen.seconds))
    for kind in VENDORS:
        asyncio.run(memory(kind))


if __name__ == "__main__":
    main()
