"""Many calls at once against a server on one core, and what each frame and each sentence went through.

    python -m tests.wire.load --calls 20 --json FILE

The twin is this process, on another core where there is one. Both processes read the same monotonic clock: a frame
is timed from the moment the twin hands it to its socket to the moment the server's session hears it.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import json
import os
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import median, quantiles
from typing import Any

from telephony.twin import Caller, CallResult
from telephony.twin.web import WebNetwork, WebSocket
from tests.wire.callers import booker
from tests.wire.process import NUMBER, Server, speech, twin_of
from tests.wire.server import URGENT

APART_S = 0.35
"""between one caller's dialling and the next's: not a multiple of a frame, so that their frames interleave"""


@dataclass(frozen=True, slots=True)
class Load:
    """What was measured. ms unless the name says otherwise."""

    calls: int
    completed: int
    """calls which ended as their caller wanted"""
    call_seconds: float
    frames: int
    lost: int
    """frames sent and never heard, other than in the last 100 ms of a call"""
    frame_p50: float
    frame_p99: float
    """from the twin's socket to `hear()`"""
    frame_most: float
    starved: float
    """silence inside sentences at the caller, all calls together"""
    reply_median: float
    """end of the caller's sound to the agent's; of it 700 ms are the recognizer's and the turn's own patience"""
    stall_p99: float
    stall_most: float
    """how late a sleeping task wakes in the server"""
    cpu_per_call_second: float
    """CPU seconds of the server's process for each second of each call"""
    busy: float
    """share of its core the server used"""
    waited: float
    """share of the time in which the server was ready to run while its core did something else"""
    rss_mb: float
    most_rss_mb: float
    faults: tuple[str, ...]
    """errors found by the twin, callers who gave up, and what the server complained of"""


class TimedSocket:
    """Notes when each frame of the caller is handed to the socket."""

    def __init__(self, real: WebSocket, streams: dict[str, list[float]]) -> None:
        self._real = real
        self._streams = streams
        self._sent: list[float] = []
        self.receive, self.close, self.abort = real.receive, real.close, real.abort

    @property
    def closed(self) -> bool:
        """As the socket."""
        return self._real.closed

    @property
    def close_code(self) -> int | None:
        """As the socket."""
        return self._real.close_code

    async def send_text(self, text: str) -> None:
        """Raises CarrierLost."""
        kind = text[:20]
        if '"media"' in kind:
            self._sent.append(time.monotonic())
        elif '"start"' in kind:
            self._streams[json.loads(text)["start"]["streamSid"]] = self._sent
        await self._real.send_text(text)


class TimedNetwork(WebNetwork):
    """`WebNetwork` whose sockets note when frames leave."""

    def __init__(self) -> None:
        super().__init__()
        self.streams: dict[str, list[float]] = {}
        """streamSid -> seconds of the monotonic clock, one per frame"""

    async def open_socket(self, url: str, headers: Mapping[str, str]) -> WebSocket:
        """As the network."""
        return TimedSocket(await super().open_socket(url, headers), self.streams)  # type: ignore[return-value]


async def asks(phone: Caller) -> None:
    """About ten seconds: a greeting, a wish, an answer."""
    await phone.hears_greeting()
    await phone.says("Hi, I would like to book a cleaning.")
    await phone.waits_for_agent()
    await phone.hangs_up()


async def measure(
    calls: int, whole: bool, var: Path, urgent: bool = False, stores: Mapping[str, str] | None = None
) -> Load:
    """`calls` at once: whole bookings, or ten seconds each. The server's recordings live under `var`, its stores too
    unless there are `stores`.

    `urgent`: server and twin go before what else this machine does, so that it is they who are measured.
    """
    probe = var.parent / "probe.json"
    core = min(os.sched_getaffinity(0))
    options = ["--probe", str(probe), "--core", str(core), *(["--urgent"] if urgent else [])]
    server = Server(var, options=options, more=stores or {})
    with _on_another_core(core, urgent):
        async with server, TimedNetwork() as network:
            results = await _place(server, network, calls, whole)
    return _load(results, network.streams, json.loads(probe.read_text()), server.log[1:], whole)


async def _place(server: Server, network: TimedNetwork, calls: int, whole: bool) -> list[CallResult]:
    twin = twin_of(server.url, network, voice=speech, linger_ms=30_000)

    async def one(ordinal: int) -> CallResult:
        await asyncio.sleep(ordinal * APART_S)
        script = booker(ordinal) if whole else asks
        return await twin.place_call(to=NUMBER, from_=f"+1212555{100 + ordinal:04}", script=script)

    async with asyncio.TaskGroup() as group:
        tasks = [group.create_task(one(ordinal)) for ordinal in range(calls)]
    return [task.result() for task in tasks]


@contextlib.contextmanager
def _on_another_core(core: int, urgent: bool) -> Iterator[None]:
    cores, nice = os.sched_getaffinity(0), os.getpriority(os.PRIO_PROCESS, 0)
    # The child is started inside and inherits this until its first call; its stores for good.
    os.sched_setaffinity(0, cores - {core} or cores)
    if urgent:
        with contextlib.suppress(PermissionError):
            os.setpriority(os.PRIO_PROCESS, 0, URGENT)
    try:
        yield
    finally:
        os.sched_setaffinity(0, cores)
        with contextlib.suppress(PermissionError):
            os.setpriority(os.PRIO_PROCESS, 0, nice)


def _load(
    results: Sequence[CallResult], sent: Mapping[str, list[float]], seen: Mapping[str, Any], log: list[str], whole: bool
) -> Load:
    heard: Mapping[str, list[float]] = seen["streams"]
    delays, lost = [], 0
    for stream, leaving in sent.items():
        arrivals = heard.get(stream, [])
        delays += [(there - here) * 1000 for here, there in zip(leaving, arrivals, strict=False)]
        lost += max(0, len(leaving) - len(arrivals) - 5)
    seconds = sum(result.duration_ms for result in results) / 1000
    faults = [f"{result.call_sid}: {finding}" for result in results for finding in result.errors]
    faults += [f"{result.call_sid}: {result.gave_up}" for result in results if result.gave_up]
    wanted = ("server_hung_up", "twiml_ended") if whole else ("caller_hung_up",)
    replies = [ms for result in results for ms in result.response_ms]
    hundredths = quantiles(delays, n=100) if len(delays) > 1 else [0.0] * 99
    stalls: list[float] = seen["stalls_ms"]
    return Load(
        calls=len(results),
        completed=sum(1 for result in results if result.end_reason in wanted and not result.gave_up),
        call_seconds=round(seconds, 1),
        frames=len(delays),
        lost=lost,
        frame_p50=round(hundredths[49], 2),
        frame_p99=round(hundredths[98], 2),
        frame_most=round(max(delays, default=0.0), 2),
        starved=sum(result.starved_ms for result in results),
        reply_median=round(median(replies)) if replies else 0.0,
        stall_p99=round(quantiles(stalls, n=100)[98], 2),
        stall_most=round(max(stalls), 2),
        cpu_per_call_second=round(seen["cpu_s"] / seconds, 4),
        busy=round(seen["cpu_s"] / seen["wall_s"], 3),
        waited=round(seen["waited_s"] / seen["wall_s"], 3),
        rss_mb=round(seen["rss_mb"]),
        most_rss_mb=round(seen["most_rss_mb"]),
        faults=tuple(faults + [line for line in log if "ERROR" in line or "WARNING" in line]),
    )


def main() -> int:
    """Exit code 0 when every call was what its caller wanted."""
    arguments = argparse.ArgumentParser(prog="python -m tests.wire.load", description="Many calls at once.")
    arguments.add_argument("--calls", type=int, default=20)
    arguments.add_argument("--short", action="store_true", help="ten seconds each instead of whole bookings")
    arguments.add_argument("--json", type=Path, metavar="FILE", help="write the figures there, too")
    arguments.add_argument("--urgent", action="store_true", help="go before what else this machine does")
    chosen = arguments.parse_args()
    with tempfile.TemporaryDirectory(prefix="sb-") as folder:
        load = asyncio.run(measure(chosen.calls, not chosen.short, Path(folder) / "var", urgent=chosen.urgent))
    told = json.dumps(asdict(load), indent=2)
    print(told)
    if chosen.json is not None:
        chosen.json.write_text(told)
    return 0 if load.completed == load.calls and not load.faults else 1


if __name__ == "__main__":
    raise SystemExit(main())
