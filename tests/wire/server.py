"""`switchboard serve` in a process of its own, with the scripted engine instead of the models.

    python -m tests.wire.server [--core N] [--urgent] [--probe FILE] [--word-ms MS] serve [--insecure-dev]

Everything else is what `serve` runs: aiohttp, signatures, our own Postgres and Valkey, recordings. `--core` keeps
every thread of the process on one core from the first call on (the stores, started before, stay where they are);
`--urgent` lets them go before what else this machine has to do on that core, where that is permitted.
`--probe` writes what `Probe` saw as JSON when the process is told to end.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import json
import os
import resource
import sys
import time
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import psutil

from agent import tone_text
from agent.cascade import CascadeEngine
from agent.scripted import ScriptedVoice, scripted_engine
from calls.audio import AudioFrame
from calls.house_ports import LiveCall
from calls.line import IncomingCall, Line
from calls.ports import PlayOut
from switchboard import house
from switchboard.cli import main
from switchboard.host import Host
from switchboard.settings import Settings

URGENT = -15
"""nice value"""


def waited_s() -> float:
    """How long the main thread was ready to run while the core did something else (Linux, sched-stats)."""
    try:
        return int(Path("/proc/self/schedstat").read_text().split()[1]) / 1e9
    except (OSError, IndexError):
        return 0.0


class Spoken:
    """How the agent speaks in this process."""

    word_ms = tone_text.WORD_MS
    """for an ordinary word"""


class Probe:
    """Notes when each inbound frame reached `hear()`, and what the process used meanwhile."""

    def __init__(self, core: int | None, urgent: bool) -> None:
        self.streams: dict[str, list[float]] = {}
        """streamSid -> seconds of the monotonic clock, one per frame; the twin notes the same clock"""
        self.stalls_ms: list[float] = []
        self._core = core
        self._urgent = urgent
        self._began = (0.0, 0.0, 0.0)
        self._watching: asyncio.Task[None] | None = None

    def install(self) -> None:
        """Stand in front of every session the host builds."""
        build = Host.open

        async def open_probed(host: Host, incoming: IncomingCall, line: Line, stream: str, out: PlayOut) -> LiveCall:
            self._first_call()
            live: Any = await build(host, incoming, line, stream, out)
            arrivals = self.streams.setdefault(stream, [])
            hear = live.hear

            def heard(frame: AudioFrame) -> None:
                arrivals.append(time.monotonic())
                hear(frame)

            live.hear = heard
            return live  # type: ignore[no-any-return]

        Host.open = open_probed  # type: ignore[method-assign, assignment]

    def _first_call(self) -> None:
        if self._watching is not None:
            return
        for thread in map(int, os.listdir("/proc/self/task")):
            with contextlib.suppress(OSError):
                if self._core is not None:
                    os.sched_setaffinity(thread, {self._core})
                if self._urgent:
                    os.setpriority(os.PRIO_PROCESS, thread, URGENT)
        self._began = (time.monotonic(), time.process_time(), waited_s())
        self._watching = asyncio.get_running_loop().create_task(self._watch())

    async def _watch(self) -> None:
        """How late a sleeper of 10 ms wakes: what the loop was busy with instead."""
        while True:
            due = time.monotonic() + 0.010
            await asyncio.sleep(0.010)
            self.stalls_ms.append((time.monotonic() - due) * 1000)

    def write(self, path: Path) -> None:
        """For the parent."""
        found = {
            "streams": self.streams,
            "stalls_ms": self.stalls_ms,
            "cpu_s": time.process_time() - self._began[1],
            "wall_s": time.monotonic() - self._began[0],
            "waited_s": waited_s() - self._began[2],
            "rss_mb": psutil.Process().memory_info().rss / 1e6,
            "most_rss_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e3,
        }
        path.write_text(json.dumps(found))


@contextlib.asynccontextmanager
async def _scripted(_settings: Settings, _progress: object) -> AsyncIterator[CascadeEngine]:
    # The tones are read with numpy. Offline, the speech detector has loaded it long before the first call.
    tone_text.decode(b"")
    yield scripted_engine(voice=ScriptedVoice(word_ms=Spoken.word_ms))


def run() -> int:
    """The command line after our own options is `switchboard`'s."""
    arguments = argparse.ArgumentParser()
    arguments.add_argument("--core", type=int)
    arguments.add_argument("--urgent", action="store_true")
    arguments.add_argument("--probe", type=Path)
    arguments.add_argument("--word-ms", type=int, default=tone_text.WORD_MS)
    ours, theirs = arguments.parse_known_args()
    Spoken.word_ms = ours.word_ms
    house.offline_engine = _scripted  # type: ignore[assignment]
    if ours.probe is None:
        return main(theirs)
    probe = Probe(ours.core, ours.urgent)
    probe.install()
    code = main(theirs)
    probe.write(ours.probe)
    return code


if __name__ == "__main__":
    sys.exit(run())
