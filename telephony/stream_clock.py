"""Where a media stream's sample clock stands on ours. Time is an argument, ms.

A frame comes when it has been spoken, and then it travels: the one that was delayed least tells when the stream began.
Looked at over the last seconds only, because the carrier's clock and ours drift apart (50 ppm are 90 ms in half an
hour). The way here is contained in it, as it is in the marks that come back: what is placed by both stands right.
"""

from __future__ import annotations

from typing import Final

from telephony.least_delay import Least

SPAN_MS: Final = 5_000.0


class StreamClock:
    """Grammar: frame* while ``offset`` is asked at any time; before the first frame the stream begins at ``start``."""

    def __init__(self, start_ms: float) -> None:
        self._start_ms = start_ms
        self._began = Least(SPAN_MS)
        self.reached_ms = 0.0
        """ms into the stream: the end of the newest frame"""

    def frame(self, offset_ms: float, duration_ms: float, now: float) -> None:
        """A frame of the caller, from ``offset_ms`` into the stream on, came in."""
        ends_ms = offset_ms + duration_ms
        self._began.add(now - ends_ms, now)
        if ends_ms > self.reached_ms:
            self.reached_ms = ends_ms

    def offset(self, at_ms: float) -> float:
        """``at_ms`` of our clock as ms into the stream."""
        began = self._began.value
        return at_ms - (self._start_ms if began is None else began)
