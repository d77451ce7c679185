"""How much of a core this process's event loop uses: what tells that calls begin to wait for each other."""

from __future__ import annotations

from typing import Final

from calls.clock import Clock, thread_ms

EVERY_MS: Final = 250.0
_WEIGHT: Final = 0.25
"""of the newest look: a second counts"""


class Strain:
    """Grammar: run() until cancelled, in the loop's own thread; ``busy`` at any time."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._busy = 0.0

    def busy(self) -> float:
        """Share of a core over the last second, 0 to 1."""
        return self._busy

    async def run(self) -> None:
        """Look at what the thread has used, four times a second."""
        used_ms, at_ms = thread_ms(), self._clock.now_ms()
        while True:
            await self._clock.sleep_ms(EVERY_MS)
            used, now = thread_ms(), self._clock.now_ms()
            share = (used - used_ms) / max(1.0, now - at_ms)
            self._busy += _WEIGHT * (min(1.0, share) - self._busy)
            used_ms, at_ms = used, now
