"""Named timers on the event loop's clock."""

from __future__ import annotations

import asyncio

from calls.ports import Emit
from calls.signals import TimerRang


class Timers:
    """At most one timer per name; ringing is a ``TimerRang`` signal."""

    def __init__(self, emit: Emit) -> None:
        self._emit = emit
        self._running: dict[str, asyncio.TimerHandle] = {}

    def start(self, timer: str, ms: float) -> None:
        """Ring in ``ms``, anew if it was running."""
        self.stop(timer)
        loop = asyncio.get_running_loop()
        self._running[timer] = loop.call_later(ms / 1000, self._ring, timer)

    def stop(self, timer: str) -> None:
        """Let it not ring."""
        handle = self._running.pop(timer, None)
        if handle is not None:
            handle.cancel()

    def stop_all(self) -> None:
        """Let none ring."""
        for timer in list(self._running):
            self.stop(timer)

    def _ring(self, timer: str) -> None:
        self._running.pop(timer, None)
        self._emit(TimerRang(timer))
