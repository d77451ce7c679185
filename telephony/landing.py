"""When what we send reaches the carrier, on the media stream's clock. Time is an argument, ms.

A mark that finds nothing left to play comes back at once. How long it travelled either way is not known, and varies;
but four things bound the moment of its landing:

- it was sent, and the shortest way there and back of late has passed (the way back is within ``StreamClock``);
- it is back here;
- nothing overtakes on a socket: it landed after the end of the caller's frame that came before it,
- and before the end of the frame that came after it, however long they all were held up.

The middle of what is left is taken: with 10 ms of jitter each way at most 5 ms off, in any stall of the line 10.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from telephony.least_delay import Least
from telephony.stream_clock import StreamClock

WAIT_MS: Final = 500.0
"""A mark is not waited for any longer; then the shortest way of late has to do."""
WAY_SPAN_MS: Final = 60_000.0
"""The shortest way is that of this span, and of the one before it. No drift of clocks is in it: both ends are ours."""


@dataclass(slots=True)
class Landing:
    """Of one mark. ``at_ms``: into the media stream, None while it is not known."""

    sent_ms: float
    at_ms: float | None = None
    earliest_ms: float = 0.0
    latest_ms: float = 0.0


class Landings:
    """Grammar: (sent returned? | frame | settle)*; ``frame`` after the stream's clock had the same frame."""

    def __init__(self, clock: StreamClock) -> None:
        self._clock = clock
        self._way = Least(WAY_SPAN_MS)
        self._under_way: dict[str, Landing] = {}
        self._back: list[Landing] = []
        """returned; the frame that comes after them is waited for"""

    def sent(self, name: str, now: float) -> Landing:
        """A mark of this name leaves now."""
        landing = self._under_way[name] = Landing(now)
        return landing

    def supposed(self, now: float) -> Landing:
        """Of audio that leaves now without a mark: by the shortest way of late."""
        landing = Landing(now)
        landing.at_ms = self._shortest(landing)
        return landing

    def returned(self, name: str, now: float) -> None:
        """It is back; nothing happens when it is not waited for."""
        landing = self._under_way.pop(name, None)
        if landing is None:
            return
        self._way.add(now - landing.sent_ms, now)
        landing.earliest_ms = max(self._shortest(landing), self._clock.reached_ms)
        landing.latest_ms = self._clock.offset(now)
        self._back.append(landing)

    def frame(self) -> bool:
        """A frame of the caller came in; returns whether a landing is known by it."""
        if not self._back:
            return False
        for landing in self._back:
            landing.at_ms = (landing.earliest_ms + min(landing.latest_ms, self._clock.reached_ms)) / 2
        self._back.clear()
        return True

    def settle(self, now: float) -> None:
        """Wait no longer for what was sent ``WAIT_MS`` ago."""
        if not self._back and not self._under_way:
            return
        for landing in [landing for landing in self._back if now - landing.sent_ms >= WAIT_MS]:
            landing.at_ms = (landing.earliest_ms + landing.latest_ms) / 2
            self._back.remove(landing)
        for name in [name for name, landing in self._under_way.items() if now - landing.sent_ms >= WAIT_MS]:
            landing = self._under_way.pop(name)
            landing.at_ms = self._shortest(landing)

    def _shortest(self, landing: Landing) -> float:
        return self._clock.offset(landing.sent_ms + (self._way.value or 0.0))
