"""Where somebody is speaking, by energy alone: enough for a clean line, where silence is digital.

Audio is the clock: time is counted in the samples that were fed.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from telephony import g711

WINDOW_MS: Final = 10
_WINDOW: Final = WINDOW_MS * g711.BYTES_PER_MS
LOUD_DBFS: Final = -45.0
"""a window counts as sound from here on; synthetic speech lies at -15 to -30, line noise under -55"""
GAP_MS: Final = 300
"""silence inside an utterance: stops and commas"""
SHORTEST_MS: Final = 30
"""anything shorter is a click"""
_NO_SILENCE: Final = re.compile(b"[^\\x%02x]" % g711.SILENCE)


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of sound, in ms since the first sample; `end_ms` is after its last loud window."""

    start_ms: int
    end_ms: int


class SoundMeter:
    """Feed mu-law, in any chunks; see at once whether there is sound, and what has sounded so far."""

    def __init__(self, gap_ms: int = GAP_MS, loud_dbfs: float = LOUD_DBFS) -> None:
        self._gap_ms = gap_ms
        self._loud_rms = 32_768 * 10 ** (loud_dbfs / 20)
        self._rest = b""
        self._now_ms = 0
        self._start_ms: int | None = None
        self._end_ms = 0
        self.spans: list[Span] = []
        """closed stretches, oldest first"""

    @property
    def sounding_since_ms(self) -> int | None:
        """Start of the stretch that is not over yet; None in silence."""
        if self._start_ms is None or self._end_ms - self._start_ms < SHORTEST_MS:
            return None
        return self._start_ms

    @property
    def last_sound_ms(self) -> int | None:
        """End of the last sound that was no click; None when there was none."""
        if self.sounding_since_ms is not None:
            return self._end_ms
        return self.spans[-1].end_ms if self.spans else None

    def feed(self, ulaw: bytes) -> None:
        """The next samples."""
        track = self._rest + ulaw
        at, whole = 0, len(track) - len(track) % _WINDOW
        while at < whole:
            if self._start_ms is None:
                # Digital silence upon silence is most of what one side of a call sends: nothing to look at.
                sound = _NO_SILENCE.search(track, at, whole)
                passed = ((sound.start() if sound else whole) - at) // _WINDOW
                at, self._now_ms = at + passed * _WINDOW, self._now_ms + passed * WINDOW_MS
                if at == whole:
                    break
            self._window(track[at : at + _WINDOW])
            at += _WINDOW
        self._rest = track[whole:]

    def _window(self, window: bytes) -> None:
        begins, self._now_ms = self._now_ms, self._now_ms + WINDOW_MS
        if g711.rms(g711.ulaw_to_linear(window)) >= self._loud_rms:
            if self._start_ms is None:
                self._start_ms = begins
            self._end_ms = self._now_ms
        elif self._start_ms is not None and self._now_ms - self._end_ms >= self._gap_ms:
            self._close()

    def _close(self) -> None:
        if self._start_ms is not None and self._end_ms - self._start_ms >= SHORTEST_MS:
            self.spans.append(Span(self._start_ms, self._end_ms))
        self._start_ms = None

    def finish(self) -> list[Span]:
        """The audio is over: every stretch there was."""
        self._close()
        return self.spans


def spans(ulaw: bytes, gap_ms: int = GAP_MS, loud_dbfs: float = LOUD_DBFS) -> list[Span]:
    """Every stretch of sound in a recording."""
    meter = SoundMeter(gap_ms, loud_dbfs)
    meter.feed(ulaw)
    return meter.finish()
