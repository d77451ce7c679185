"""How the caller's side of a line is: arrival, loss, levels. Counted per frame, looked at once in a second of audio.

Clocks: a frame's stamp is the carrier's, its arrival is ours; what differs between the two from frame to frame is
jitter. The cost is about 2 us a frame and 70 us a second of audio.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from calls.events.quality import LineDegraded, LineMeasured
from telephony.rating import rate
from telephony.sound_level import SoundLevel

MINUTE_MS: Final = 60_000.0
_LOOK_BYTES: Final = 8_000
"""Sound is looked at by the second."""
FRAME_MS: Final = 20.0
SEAM_MS: Final = 10.0
"""A carrier's stamps wobble by less; a jump above is missing audio."""
AWAY_MS: Final = 60_000.0
"""A jump of stamps above this is an error of theirs, not a gap."""
MOST_MISSING: Final = 3_000
"""And so is a jump of numbers above this."""

MOST_OPEN: Final = 32
"""Gaps which a late frame may still fill."""

LOSS: Final = 0.03
"""Above 3 % random loss G.711 without concealment falls below R = 60, 'many users dissatisfied' (G.107, annex B)."""
JITTER_MS: Final = 60.0
CLIPPED: Final = 0.02
FAINT_DBFS: Final = -40.0
NOISE_BELOW_DB: Final = 12.0
"""Speech less than this above the noise loses words in any recognizer."""
NO_AUDIO_MS: Final = 5_000.0
ONE_WAY_MS: Final = 20_000.0
"""So much digital silence from the beginning, while we speak: their microphone does not reach us."""

Tell = Callable[[LineMeasured | LineDegraded], None]


@dataclass(slots=True)
class _Stretch:
    """What was counted since ``from_ms``."""

    from_ms: float
    sound: SoundLevel
    frames: int = 0
    lost: int = 0
    bursts: int = 0
    reordered: int = 0
    gap_ms: float = 0.0
    gaps: int = 0
    stall_ms: float = 0.0
    jitter_max_ms: float = 0.0

    @property
    def loss(self) -> float:
        """Share of what should have come, by numbers or by stamps, whichever says more."""
        missing = max(self.lost, self.gap_ms / FRAME_MS)
        return missing / (self.frames + missing) if missing else 0.0

    @property
    def mean_burst(self) -> float:
        """Frames lost in a row."""
        if self.lost >= self.gap_ms / FRAME_MS:
            return self.lost / self.bursts if self.bursts else 1.0
        return self.gap_ms / FRAME_MS / self.gaps


class LineMeter:
    """One media stream. Grammar: ``frame`` for every frame that came, ``tick`` every few seconds, ``whole`` at its end.

    ``tell`` gets what goes on record. ``delay_ms`` answers how long the way to the caller is, one way, as far as it
    is known.
    """

    def __init__(self, delay_ms: Callable[[], float] = lambda: 0.0) -> None:
        self._delay_ms = delay_ms
        self._minute = _Stretch(0.0, SoundLevel())
        self._stream = _Stretch(0.0, SoundLevel())
        self._waiting = bytearray()
        self._jitter_ms = 0.0
        self._transit_ms: float | None = None
        self._arrived_ms: float | None = None
        self._lay_ms = 0.0
        """of frames since then whose arrival nobody saw"""
        self._first_ms = self._ends_ms = 0.0
        self._number = 0
        self._open: list[tuple[float, float]] = []
        """[from, to) by stamps: the minute's newest gaps, which late frames may still fill"""
        self._told: set[str] = set()
        self.tell: Tell = _nobody

    @property
    def jitter_ms(self) -> float:
        """RFC 3550, 6.4.1."""
        return self._jitter_ms

    def frame(self, payload: bytes, stamp_ms: float, number: int, arrived_ms: float, lay: bool = False) -> None:
        """A frame has come: its stamp (ms of the stream), its place among the frames (0: not said), our clock.

        ``lay``: in the system's hands, for others to come (``telephony.held_back``); nobody knows when it arrived.
        """
        minute = self._minute
        minute.frames += 1
        if lay and self._transit_ms is not None:
            self._lay_ms += len(payload) / 8
        else:
            self._time(stamp_ms, arrived_ms)
        if number:
            if number == self._number + 1:
                self._number = number
            else:
                self._count(number)
        gap = stamp_ms - self._ends_ms
        if abs(gap) >= AWAY_MS:
            # Their clock was set: what has been measured until now stays as long as it is.
            self._first_ms += gap
            self._ends_ms = stamp_ms
        elif gap >= SEAM_MS:
            minute.gap_ms += gap
            minute.gaps += 1
            self._open = [*self._open[1 - MOST_OPEN :], (self._ends_ms, stamp_ms)]
        elif gap < 0:
            self._came_late(stamp_ms, stamp_ms + len(payload) / 8)
        self._ends_ms = max(self._ends_ms, stamp_ms + len(payload) / 8)
        self._waiting += payload
        if len(self._waiting) >= _LOOK_BYTES:
            self._look()

    def tick(self, now_ms: float) -> None:
        """Time has passed: tells the minute when it is over, and when nothing comes any more."""
        if self._arrived_ms is None:
            return
        silent_ms = now_ms - self._arrived_ms
        if silent_ms >= NO_AUDIO_MS:
            self._degraded("no_audio", silent_ms, NO_AUDIO_MS)
        if self._ends_ms - self._first_ms - self._minute.from_ms >= MINUTE_MS:
            self._turn_over()

    def whole(self) -> tuple[LineMeasured | LineDegraded, ...]:
        """What is left to tell at the stream's end, all of the stream measured last; nothing when nothing came."""
        facts: list[LineMeasured | LineDegraded] = []
        self.tell = facts.append
        self._look()
        self._judge()
        self._add_up()
        if self._stream.frames:
            facts.append(self._measured("stream", self._stream))
        return tuple(facts)

    # --- counting -------------------------------------------------------------------------------

    def _time(self, stamp_ms: float, arrived_ms: float) -> None:
        minute, transit = self._minute, arrived_ms - stamp_ms
        if self._transit_ms is None:
            self._first_ms = self._ends_ms = stamp_ms
        else:
            self._jitter_ms += (abs(transit - self._transit_ms) - self._jitter_ms) / 16.0
            if self._jitter_ms > minute.jitter_max_ms:
                minute.jitter_max_ms = self._jitter_ms
            wait = arrived_ms - (self._arrived_ms or 0.0) - self._lay_ms
            if wait > minute.stall_ms:
                minute.stall_ms = wait
        self._transit_ms, self._arrived_ms, self._lay_ms = transit, arrived_ms, 0.0

    def _count(self, number: int) -> None:
        step = number - self._number if self._number else 1
        if 1 < step <= MOST_MISSING:
            self._minute.lost += step - 1
            self._minute.bursts += 1
        elif step <= 0:
            self._minute.reordered += 1
            if -MOST_MISSING < step < 0 and self._minute.lost:
                self._minute.lost -= 1  # it was late, not lost
                self._minute.bursts = min(self._minute.bursts, self._minute.lost)
        self._number = max(self._number, number)

    def _came_late(self, from_ms: float, to_ms: float) -> None:
        """Audio before what has come already: as far as it was counted as missing, it is not."""
        minute = self._minute
        for at, (first, last) in enumerate(self._open):
            begin, end = max(first, from_ms), min(last, to_ms)
            if begin < end:
                left = [(a, b) for a, b in ((first, begin), (end, last)) if b - a >= SEAM_MS]
                self._open[at : at + 1] = left
                minute.gaps += len(left) - 1
                missing = minute.gap_ms - (last - first) + sum(b - a for a, b in left)
                minute.gap_ms = missing if minute.gaps else 0.0
                return

    def _look(self) -> None:
        """Measure the sound that waits."""
        self._minute.sound.add(bytes(self._waiting))
        self._waiting.clear()

    def _turn_over(self) -> None:
        self._look()
        measured = self._measured("minute", self._minute)
        self._judge()
        self._add_up()
        self.tell(measured)

    def _add_up(self) -> None:
        """The minute goes into the stream, and another begins."""
        minute, stream = self._minute, self._stream
        for name in ("frames", "lost", "bursts", "reordered", "gap_ms", "gaps"):
            setattr(stream, name, getattr(stream, name) + getattr(minute, name))
        stream.stall_ms = max(stream.stall_ms, minute.stall_ms)
        stream.jitter_max_ms = max(stream.jitter_max_ms, minute.jitter_max_ms)
        stream.sound.join(minute.sound)
        self._minute = _Stretch(self._ends_ms - self._first_ms, SoundLevel())
        self._open = []

    def _measured(self, span: str, of: _Stretch) -> LineMeasured:
        # On top of the way: the packet itself, and what a buffer against this jitter costs (G.107 wants mouth to ear).
        delay_ms = FRAME_MS + 2 * self._jitter_ms + self._delay_ms()
        rating = rate(of.loss, of.mean_burst, delay_ms)
        sound = of.sound
        return LineMeasured(
            span=span,
            from_ms=round(of.from_ms, 1),
            to_ms=round(self._ends_ms - self._first_ms, 1),
            frames=of.frames,
            lost=of.lost,
            reordered=of.reordered,
            gap_ms=round(of.gap_ms, 1),
            stall_ms=round(of.stall_ms, 1),
            jitter_ms=round(self._jitter_ms, 2),
            jitter_max_ms=round(of.jitter_max_ms, 2),
            level_dbfs=round(sound.speech_dbfs, 1),
            noise_dbfs=round(sound.noise_dbfs, 1),
            clipped=round(sound.clipped, 5),
            delay_ms=round(delay_ms, 1),
            rating=rating.r,
            mos=rating.mos,
        )

    # --- what is bad ----------------------------------------------------------------------------

    def _judge(self) -> None:
        minute = self._minute
        sound = minute.sound
        if minute.loss > LOSS:
            self._degraded("loss", minute.loss, LOSS)
        if minute.jitter_max_ms > JITTER_MS:
            self._degraded("jitter", minute.jitter_max_ms, JITTER_MS)
        if sound.clipped > CLIPPED:
            self._degraded("clipping", sound.clipped, CLIPPED)
        if sound.spoken_ms >= 1_000:
            self._judge_speech(sound.speech_dbfs, sound.noise_dbfs)
        elif minute.from_ms == 0 and sound.total_ms >= ONE_WAY_MS and sound.nothing_ms == sound.total_ms:
            self._degraded("one_way", sound.nothing_ms, ONE_WAY_MS)

    def _judge_speech(self, speech_dbfs: float, noise_dbfs: float) -> None:
        if speech_dbfs < FAINT_DBFS:
            self._degraded("faint", speech_dbfs, FAINT_DBFS)
        if speech_dbfs - noise_dbfs < NOISE_BELOW_DB:
            self._degraded("noise", noise_dbfs, speech_dbfs - NOISE_BELOW_DB)

    def _degraded(self, cause: str, value: float, limit: float) -> None:
        if cause not in self._told:
            self._told.add(cause)
            self.tell(LineDegraded(cause, round(value, 4), round(limit, 4)))


def _nobody(_fact: LineMeasured | LineDegraded) -> None:
    """Before the call is built nobody listens."""
