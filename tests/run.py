"""All tests, as many at once as this machine has cores: `make test`.

    python -m tests.run [pytest's own arguments]

Two runs of pytest side by side: the tests that compute, on every core, and the tests that wait for real sockets and
real speech, which need little of a core but need it at once and therefore go first. What the second wrote is shown
when the first has ended. Then the few tests that measure time have the machine to themselves. The last line counts
all. Exit code: pytest's, the worst of them.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from tests.parts import ALONE, COMPUTING, COUNTED, COUNTS, PART, WAITING

PROJECT = Path(__file__).resolve().parents[1]
MOST_WORKERS = 8
WAITERS = 2
"""servers of the waiting tests that run at once"""
YIELDING = 5
"""nice value of the tests that compute"""
NO_TESTS = 5
"""pytest's exit code"""
PATIENCE_S = 30.0
FIRST_FAILURE = ("-x", "--exitfirst")


@dataclass
class Part:
    """One run of pytest."""

    name: str
    process: subprocess.Popen[str]
    counts: Path

    @property
    def failed(self) -> bool:
        """Whether it has ended, and not well."""
        return self.process.poll() not in (None, 0, NO_TESTS)

    @property
    def counted(self) -> Counter[str]:
        """passed, failed, ...; nothing when it never came to its end."""
        try:
            return Counter(json.loads(self.counts.read_text(encoding="utf-8")))
        except (OSError, ValueError):
            return Counter()


def main() -> int:
    """Run both parts, show both, and count."""
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    began = time.monotonic()
    given = sys.argv[1:]
    workers = min(MOST_WORKERS, len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else 2)
    waiters = min(WAITERS, workers)
    with tempfile.TemporaryDirectory(prefix="sb-run-") as name, tempfile.TemporaryFile("w+", encoding="utf-8") as told:
        folder = Path(name)
        waiting = _start(WAITING, folder, told, ["-n", str(waiters), "--dist=load", "--maxschedchunk=1", *given])
        computing = _start(
            COMPUTING, folder, None, ["-n", str(workers), "--dist=loadfile", "--no-loadscope-reorder", *given]
        )
        parts = [computing, waiting]
        one_is_enough = any(argument in FIRST_FAILURE for argument in given)
        try:
            _wait(parts, one_is_enough)
            told.seek(0)
            _announce("tests that wait for real sockets and real speech")
            print(told.read(), end="", flush=True)
            if not (one_is_enough and any(part.failed for part in parts)):
                _announce("tests that measure time")
                parts.append(_start(ALONE, folder, None, [*given, "-n", "0"]))
                _wait(parts, one_is_enough)
        except KeyboardInterrupt:
            _end(parts)
            return 130
        return _sum_up(parts, time.monotonic() - began)


def _start(name: str, folder: Path, output: IO[str] | None, arguments: list[str]) -> Part:
    counts = folder / f"{name}.json"
    command = [sys.executable, "-m", "pytest", *arguments, "-o", f"cache_dir=.pytest_cache/{name}"]
    if output is not None and sys.stdout.isatty():
        command.append("--color=yes")
    process = subprocess.Popen(
        command, cwd=PROJECT, env={**os.environ, PART: name, COUNTS: str(counts)}, text=True,
        stdin=subprocess.DEVNULL if output is not None else None,
        stdout=output, stderr=subprocess.STDOUT if output is not None else None,
        preexec_fn=_yield if name == COMPUTING else None,
    )  # fmt: skip
    return Part(name, process, counts)


def _yield() -> None:
    os.nice(YIELDING)


def _announce(what: str) -> None:
    print(f"\n---- {what} ----", flush=True)


def _wait(parts: Sequence[Part], one_is_enough: bool) -> None:
    """Until all have ended; with -x, until one has failed."""
    while any(part.process.poll() is None for part in parts):
        for part in parts:
            with suppress(subprocess.TimeoutExpired):
                part.process.wait(0.1)
        if one_is_enough and any(part.failed for part in parts):
            _end(parts)
            return


def _end(parts: Sequence[Part]) -> None:
    """As Ctrl-C, so that the servers are stopped; by force when that does not help."""
    for part in parts:
        if part.process.poll() is None:
            part.process.send_signal(signal.SIGINT)
    for part in parts:
        try:
            part.process.wait(PATIENCE_S)
        except subprocess.TimeoutExpired:
            part.process.kill()


def _sum_up(parts: Sequence[Part], seconds: float) -> int:
    counts = sum((part.counted for part in parts), Counter[str]())
    codes = {part.process.returncode for part in parts}
    worst = max((abs(code) for code in codes if code != NO_TESTS), default=NO_TESTS)
    told = ", ".join(f"{counts[name]} {name}" for name in COUNTED if counts[name]) or "no tests"
    print(f"\n{told} in {seconds:.0f} s", flush=True)
    return worst


if __name__ == "__main__":
    sys.exit(main())
