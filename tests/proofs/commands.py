"""Runs a command for a proof: its output is kept in a file, and every line is timed."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[2]
LOGS = PROJECT / "var" / "proof"
_COUNTED = re.compile(r"(\d+) (passed|failed|errors?|skipped|xfailed|xpassed)")


@dataclass(frozen=True, slots=True)
class Ran:
    """A command that has ended."""

    code: int
    seconds: float
    lines: tuple[tuple[float, str], ...]
    """(seconds after the start, text)"""

    @property
    def text(self) -> str:
        """All it wrote."""
        return "\n".join(line for _, line in self.lines)

    def first(self, pattern: str) -> float | None:
        """Seconds until the first line that matches; None when none does."""
        return next((at for at, line in self.lines if re.search(pattern, line)), None)

    def number(self, pattern: str) -> float | None:
        """The first group of the first match, as a number."""
        found = re.search(pattern, self.text)
        return float(found.group(1)) if found else None

    @property
    def last(self) -> str:
        """Its last words, for a verdict that fails."""
        return next((line.strip() for _, line in reversed(self.lines) if line.strip()), "no output")

    @property
    def tests(self) -> dict[str, int]:
        """pytest's own count: passed, failed, skipped, ..."""
        return {what: int(number) for number, what in _COUNTED.findall(self.last)}


def run(
    name: str, command: Sequence[str], *, folder: Path = PROJECT, within_s: float = 1200, env: Mapping[str, str] = {}
) -> Ran:
    """Run to the end; the log is `var/proof/NAME.log`. A command that takes longer than `within_s` is ended."""
    LOGS.mkdir(parents=True, exist_ok=True)
    began = time.monotonic()
    lines: list[tuple[float, str]] = []
    with (LOGS / f"{name}.log").open("w", encoding="utf-8") as log:
        guarded = ["timeout", "--kill-after=30", str(round(within_s)), *command]
        process = subprocess.Popen(
            guarded, cwd=folder, env={**os.environ, "PYTHONUNBUFFERED": "1", **env}, text=True, errors="replace",
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        )  # fmt: skip
        assert process.stdout is not None
        for line in process.stdout:
            lines.append((time.monotonic() - began, line.rstrip()))
            log.write(f"{lines[-1][0]:8.2f}  {line}")
            log.flush()
        code = process.wait()
    return Ran(code, time.monotonic() - began, tuple(lines))


def pytest(name: str, *arguments: str, within_s: float = 1200) -> Ran:
    """Tests at full counts."""
    env = {"SWITCHBOARD_PROVE_COUNTS": "full"}
    return run(name, [sys.executable, "-m", "pytest", "-q", *arguments], env=env, within_s=within_s)
