"""The only place that knows what time it is.

Everything else is handed a ``Clock``. The monotonic side follows the running event loop, so that the very
same code runs in real time and, on a ``VirtualTimeLoop``, in no time at all.
"""

from __future__ import annotations

import asyncio
import time
from datetime import UTC, datetime, timedelta
from typing import Protocol


class Clock(Protocol):
    """Time as the project takes it: monotonic ms for deciding, wall time for the record's first line."""

    def now_ms(self) -> float:
        """Monotonic milliseconds; only differences mean something."""

    def wall(self) -> datetime:
        """Aware UTC wall time."""

    async def sleep_ms(self, ms: float) -> None:
        """Return ``ms`` later; at once for 0 or less."""

    async def sleep_until_ms(self, at: float) -> None:
        """Return when ``now_ms()`` has reached ``at``."""


_SHORTEST_S = 1e-9
"""What an event loop's clock resolves."""


class LoopClock:
    """Monotonic time of the running event loop; wall time from the machine, or from ``epoch`` when given."""

    def __init__(self, epoch: datetime | None = None) -> None:
        self._epoch = epoch
        self._loop: asyncio.AbstractEventLoop | None = None

    def now_ms(self) -> float:
        """Milliseconds of the event loop's own clock."""
        loop = self._loop
        if loop is None or loop.is_closed():
            # Asked ten times for every frame of a call, and before Python 3.12 finding the loop is a system call.
            loop = self._loop = asyncio.get_running_loop()
        return loop.time() * 1000

    def wall(self) -> datetime:
        """The machine's UTC time, or ``epoch`` plus the loop's time."""
        if self._epoch is None:
            return datetime.now(UTC)
        return self._epoch + timedelta(milliseconds=self.now_ms())

    async def sleep_ms(self, ms: float) -> None:
        """Sleep on the event loop's clock."""
        await asyncio.sleep(max(0.0, ms / 1000))

    async def sleep_until_ms(self, at: float) -> None:
        """Sleep until the event loop's clock shows ``at``; never returns early."""
        while (left := at - self.now_ms()) > 0:
            # Less than the clock can show is what rounding leaves; asked for that, the loop comes back time and again.
            await asyncio.sleep(max(left / 1000, _SHORTEST_S))


def stopwatch_ms() -> float:
    """A monotonic reading for measuring how long our own work took, outside any event loop."""
    return time.perf_counter() * 1000


def thread_ms() -> float:
    """CPU time that the calling thread has used since it began."""
    return time.thread_time() * 1000


def utc_now() -> datetime:
    """The wall time for what has no call and no loop: a command line, a migration, a token's birth."""
    return datetime.now(UTC)
