"""The process under test: ``python -m switchboard.bench.server``, told what to do by lines on its standard input.

It is `switchboard serve` without its greeting. Commands, each answered with one line of JSON:

    pin CORE    every thread to this core     stall MS    nothing runs on the loop for so long
    figures     what the process has used so far
"""

from __future__ import annotations

import asyncio
import contextlib
import gc
import json
import logging
import os
import resource
import sys
import threading
from pathlib import Path

from calls.memory_sink import MemorySink
from switchboard import settings
from switchboard.collector import settle
from switchboard.house import open_house
from switchboard.server import listening
from switchboard.web import access_to, application

URGENT = -15
"""nice value, where permitted: it is we who are to be measured, and not who else uses the machine"""
_PAGE = os.sysconf("SC_PAGE_SIZE") if hasattr(os, "sysconf") else 4096


def resident_mb() -> float:
    """Memory of this process; where the system does not tell, the most it ever was."""
    try:
        return int(Path("/proc/self/statm").read_text().split()[1]) * _PAGE / 1e6
    except (OSError, IndexError):
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e3


def pin(core: int) -> bool:
    """Every thread of this process to one core, and before others; False where the system has no such thing."""
    threads = [int(name) for name in os.listdir("/proc/self/task")] if os.path.isdir("/proc/self/task") else []
    for thread in threads:
        with contextlib.suppress(OSError):
            os.sched_setaffinity(thread, {core})
        with contextlib.suppress(OSError):
            os.setpriority(os.PRIO_PROCESS, thread, URGENT)
    return bool(threads)


def obey(line: str) -> dict[str, object]:
    """Carry out one command."""
    command, _, argument = line.strip().partition(" ")
    match command:
        case "pin":
            return {"pinned": pin(int(argument))}
        case "stall":
            # Blocks the thread of the loop, as a slow disk or a long computation would.
            threading.Event().wait(float(argument) / 1000)
            return {"stalled_ms": float(argument)}
        case "figures":
            gc.collect()
            used = resource.getrusage(resource.RUSAGE_SELF)
            return {"cpu_s": used.ru_utime + used.ru_stime, "resident_mb": resident_mb()}
    return {"unknown": command}


async def serve(memory: bool) -> None:
    """Until the standard input ends. ``memory``: the record is kept in memory alone."""
    chosen = settings.read()
    logging.basicConfig(level=chosen.log_level, format="%(levelname)s %(name)s: %(message)s")
    loop = asyncio.get_running_loop()
    commands = asyncio.StreamReader()
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(commands), sys.stdin)
    async with (
        open_house(chosen, None, keep=lambda sink: MemorySink() if memory else sink) as house,
        listening(application(house, access_to(house)), chosen) as listener,
    ):
        settle()
        print(json.dumps({"port": listener.port}), flush=True)
        while line := await commands.readline():
            print(json.dumps(obey(line.decode())), flush=True)


if __name__ == "__main__":
    asyncio.run(serve("--memory" in sys.argv))
