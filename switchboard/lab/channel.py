"""What lies between a caller's mouth and our socket: noise around them, echo, level, codecs; loss and jitter of frames.

Pure and seeded: the same conditions, seed and sound give the same bytes. Audio is the clock.

    mouth -> level -> + noise around -> + echo of the agent -> clipping -> band -> codecs -> frames -> loss -> jitter
"""

from __future__ import annotations

import random
from dataclasses import dataclass
from typing import Final, Literal

import numpy as np

from switchboard.lab import sound
from switchboard.lab.sound import Samples
from telephony import g711

Codec = Literal["mulaw", "alaw", "mobile"]
"""mulaw: G.711 mu-law once. alaw: A-law on the way, as from abroad (ITU-T G.711 tandem). mobile: narrow band, as from
an old handset (GSM full rate passes about 300-3000 Hz), then A-law."""
Around = Literal["", "babble", "music", "street"]
SPEECH_DBFS: Final = -20.0
"""active speech of a caller who speaks into the telephone; ITU-T P.56 would call -26 dBov nominal"""
HUM_DBFS: Final = -66.0
"""what is never missing on an analogue leg"""
BURST_FRAMES: Final = 3.0
"""mean length of a burst of loss: 60 ms"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Conditions:
    """One line. The defaults are a good one."""

    codec: Codec = "mulaw"
    loss: float = 0.0
    """share of frames lost, in bursts"""
    jitter_ms: float = 0.0
    """the most a frame is late"""
    echo_db: float | None = None
    """of what the agent plays, against what it plays; None: no echo"""
    echo_ms: float = 100.0
    """round trip, 20 (a frame) at least"""
    around: Around = ""
    snr_db: float = 20.0
    """active speech against the noise around"""
    level_db: float = 0.0
    """against ``SPEECH_DBFS``: a low voice, or one so loud that it clips"""

    @property
    def name(self) -> str:
        """Short, for a table."""
        parts = [] if self.codec == "mulaw" else [{"alaw": "A-law", "mobile": "mobile"}[self.codec]]
        parts += [f"{self.loss:.0%} loss"] if self.loss else []
        parts += [f"{self.jitter_ms:.0f} ms jitter"] if self.jitter_ms else []
        parts += [f"echo {self.echo_db:.0f} dB {self.echo_ms:.0f} ms"] if self.echo_db is not None else []
        parts += [f"{self.around} {self.snr_db:.0f} dB"] if self.around else []
        parts += [f"level {self.level_db:+.0f} dB"] if self.level_db else []
        return ", ".join(parts) or "clean"


GOOD_LINE: Final = Conditions()


class Air:
    """One call's way from the mouth to the frame. Grammar: (capture, played)*, each 20 ms.

    ``around`` is the clip of what is heard around the caller, which goes round from a place drawn by ``chance``.
    """

    def __init__(self, conditions: Conditions, around: Samples, chance: random.Random) -> None:
        self._conditions = conditions
        level = SPEECH_DBFS + conditions.level_db
        self._speech = sound.factor(conditions.level_db)
        self._around = sound.at_level(around, level - conditions.snr_db) if conditions.around else sound.silence(0)
        self._around_at = chance.randrange(max(1, len(self._around)))
        self._hum = np.random.default_rng(chance.getrandbits(32))
        self._band = sound.BandLimit(300, 3000) if conditions.codec == "mobile" else None
        self._delay = round(conditions.echo_ms * sound.PER_MS)
        self._agent = np.zeros(self._delay, dtype=np.float32)
        """what was played and has not come back yet"""

    def capture(self, mouth: Samples) -> bytes:
        """20 ms of the caller's own sound, at ``SPEECH_DBFS`` -> the frame that leaves: 160 bytes of mu-law."""
        heard = mouth * self._speech
        if len(self._around):
            heard = heard + sound.looped(self._around, self._around_at, len(mouth))
            self._around_at += len(mouth)
        if self._conditions.echo_db is not None:
            heard = heard + self._agent[: len(mouth)] * sound.factor(self._conditions.echo_db)
        hum = self._hum.standard_normal(len(mouth), dtype=np.float32) * sound.factor(HUM_DBFS)
        heard = np.clip(heard + hum, -1.0, 1.0).astype(np.float32)
        if self._band is not None:
            heard = self._band.push(heard)
        coded = sound.to_mulaw(heard)
        return coded if self._conditions.codec == "mulaw" else tandem(heard)

    def played(self, frame: bytes) -> None:
        """What sounds at the caller in the same 20 ms: mu-law."""
        if self._conditions.echo_db is not None:
            self._agent = np.concatenate((self._agent, sound.from_mulaw(frame)))[len(frame) :]


def tandem(samples: Samples) -> bytes:
    """Through A-law, as a call from abroad comes, then mu-law."""
    linear = (np.clip(samples, -1.0, 1.0) * 32767.0).round().astype("<i2").tobytes()
    return g711.alaw_to_ulaw(g711.linear_to_alaw(linear))


class BurstLoss:
    """Gilbert's model (E. N. Gilbert, Bell System Technical Journal 39, 1960): in the bad state every frame is lost."""

    def __init__(self, rate: float, chance: random.Random, burst_frames: float = BURST_FRAMES) -> None:
        if not 0.0 <= rate < 1.0 or burst_frames < 1.0:
            raise ValueError(f"a loss of {rate} in bursts of {burst_frames} frames is not possible")
        self._chance = chance
        self._recovers = 1.0 / burst_frames
        self._fails = rate / (1.0 - rate) * self._recovers
        self._bad = False

    def lost(self) -> bool:
        """Whether the next frame is."""
        turn = self._chance.random()
        self._bad = turn >= self._recovers if self._bad else turn < self._fails
        return self._bad


class Jitter:
    """How late frames come: mostly little, now and then all at once after a stall. TCP keeps their order."""

    def __init__(self, most_ms: float, chance: random.Random) -> None:
        self._most_ms = most_ms
        self._chance = chance
        self._late_ms = 0.0

    def late_ms(self) -> float:
        """Of the next frame."""
        if self._most_ms <= 0:
            return 0.0
        stalls, little = self._chance.random() < 0.01, self._chance.random() ** 3 * self._most_ms / 2
        # After a stall the frames that waited come at once: each is 20 ms less late than the one before.
        self._late_ms = self._most_ms if stalls else max(little, self._late_ms - g711.FRAME_MS)
        return self._late_ms
