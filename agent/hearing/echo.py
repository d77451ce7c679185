"""Echo of the agent's own voice, kept from hearing: what comes back is told from a caller who talks over us.

Two looks at every frame while something of ours sounds, or may still come back:

    level      the frame is no louder than the echo which this line is known to give: echo
               (the double-talk detector of D. L. Duttweiler, 1978, with a coupling that is learned)
    likeness   it is louder, or the line is not known yet: the last 60 to 240 ms are compared with what was played in
               the 0.8 s before. An echo is a copy, whatever the line did to it; another voice is not, nor is another
               word of the same voice

In place of echo hearing is given noise as loud as the line is when nobody speaks (``stillness``). What is louder is
passed on as it is, from its first frame; a likeness found later ends that before it can count as the onset of speech.
"""

from __future__ import annotations

from collections import deque

from agent.companding import levels
from agent.hearing.likeness import likeness
from agent.hearing.reference import Reference
from agent.hearing.stillness import Stillness
from calls.audio import FRAME_MS, AudioFrame, mulaw_bytes, mulaw_ms

LATEST_MS = 800.0
"""An echo comes no later than this after what it repeats: the network both ways, and a handset."""
EARLY_MS = 60.0
"""The play-out's clock may be late by this."""
TAIL_MS = 120.0
"""A room goes on sounding."""
ASSUMED = 0.35
"""-9 dB: what echo may be while nothing is known of the line."""
LEAST, MOST = 0.01, 0.7
MARGIN = 1.5
"""3.5 dB over the most that was seen: words differ in how a line returns them."""
CLEARLY = 2.0
"""6 dB above what is known is rather somebody who speaks"""
NEWS = 0.08
"""... and has to be more alike to be echo all the same; so has what comes with another delay than the known one"""
FORGET = 0.998
"""a frame: what was seen counts half after 7 s of our speech"""
RISE = 0.05
SETTLED_MS = 1_200.0
"""of our speech, after which the line is known."""
HANG_MS = 250.0
"""A caller who talks over us is passed on over the soft parts of their words."""
LIKE = ((60.0, 0.46, 0.0), (100.0, 0.36, 0.26), (160.0, 0.30, 0.24), (240.0, 0.27, 0.22))
"""(ms compared, from which likeness on it is echo, up to which it is none): docs/line-quality.md"""
FAITHFUL = 0.6
"""of the likeness that this line's echoes have: less is somebody else's voice with echo in it"""
KNOWN = 0.75
"""At the delay that is known already, so much of a likeness will do."""
NEAR_MS = 8.0
SOUNDING = 60
"""-55 dBFS: what we say more softly has no echo worth the name."""
LOUD = 400
"""-38 dBFS; softer parts of ours are the ends of words, whose echo is that of what was louder before"""
_FRAME = mulaw_bytes(FRAME_MS)


class EchoGate:
    """One call's. Grammar: ``played`` whenever something is sent to the caller, ``pass_on`` for every frame."""

    def __init__(self) -> None:
        self._reference = Reference()
        self._kept: deque[tuple[float, bytes]] = deque(maxlen=13)
        """the latest 20 ms each, with their offsets, while something of ours may come back"""
        self._line = _Coupling()
        self._still = Stillness()
        self._delay_ms: float | None = None
        self._open_until_ms = float("-inf")
        self._run_ms = 0.0
        """since when what comes is passed on, or held in doubt"""
        self._looked = 0
        """of ``LIKE``, in this run"""
        self._loudest = 0.0
        """ratio, in this run"""
        self._alike = 0.0
        """the last likeness"""
        self._faithful = 0.0
        """how alike this line's echoes are to what they repeat"""
        self.held = 0
        """frames in whose place noise was passed on"""
        self.looks = 0
        """comparisons of likeness"""

    @property
    def delay_ms(self) -> float | None:
        """How late this line's echo comes, by our clocks; None while none is known."""
        return self._delay_ms

    @property
    def coupling(self) -> float:
        """Level of this line's echo to that of what it repeats, at most."""
        return self._line.most

    def played(self, offset_ms: float, mulaw: bytes) -> None:
        """What sounds at the caller from ``offset_ms`` on; see ``calls.ports.PlayOut.reference_to``."""
        self._reference.add(offset_ms, mulaw)

    def pass_on(self, frame: AudioFrame) -> AudioFrame:
        """The frame as hearing is to have it: mu-law at 8 kHz, at its own offset."""
        at_ms, samples = frame.offset_ms, frame.samples
        self._still.hear(frame)
        if at_ms > self._reference.until_ms + LATEST_MS:
            return frame
        pieces: list[bytes] = []
        held = self.held
        for heard in levels(frame):
            piece = samples[_FRAME * len(pieces) : _FRAME * (len(pieces) + 1)]
            pieces.append(self._still.frame(self.held, len(piece)) if self._holds(at_ms, piece, heard) else piece)
            at_ms += FRAME_MS
        return AudioFrame(b"".join(pieces), frame.offset_ms) if self.held > held else frame

    # --- deciding -------------------------------------------------------------------------------

    def _holds(self, at_ms: float, piece: bytes, heard: int) -> bool:
        """Whether 20 ms of the caller's, as loud as that, are echo."""
        self._kept.append((at_ms, piece))
        ours = self._ours(at_ms)
        if ours < SOUNDING:
            return False
        # What stands on the line anyway is no part of an echo, and where we are soft it would be most of it.
        above = heard - self._still.loud
        if not self._is_echo(at_ms, max(0.0, above) / max(ours, LOUD), above > 0):
            return False
        self.held += 1
        return True

    def _is_echo(self, at_ms: float, ratio: float, sounds: bool) -> bool:
        open_before = at_ms <= self._open_until_ms
        if sounds and ratio > self._line.most:
            if not open_before:
                self._begin_run(at_ms)
            self._open_until_ms = at_ms + HANG_MS
        if at_ms <= self._open_until_ms:
            self._loudest = max(self._loudest, ratio)
            # A little louder than any echo so far, on a line that has one: the first look decides.
            doubtful = self._delay_ms is not None and self._loudest <= CLEARLY * self._line.most
            return self._turns_out_echo(at_ms) or (doubtful and not self._looked)
        self._line.learn(ratio)
        if self._line.settled or not sounds:
            self._run_ms = at_ms
            return True
        return not self._turns_out_caller(at_ms, ratio)

    def _begin_run(self, at_ms: float) -> None:
        self._run_ms, self._looked, self._loudest = at_ms, 0, 0.0

    def _turns_out_echo(self, at_ms: float) -> bool:
        """What is passed on looks like a copy of ours."""
        if self._looked >= len(LIKE) or self._loudest > MOST:
            return False
        ms, enough, _ = LIKE[self._looked]
        if at_ms + 20 - self._run_ms < ms:
            return False
        self._looked += 1
        if self._loudest > CLEARLY * self._line.most:
            # Of a line known to give less, that much is news: a short likeness is no proof.
            return ms >= 100 and self._look(ms, enough + NEWS) is not None
        return self._look(ms, enough) is not None

    def _turns_out_caller(self, at_ms: float, ratio: float) -> bool:
        """What is held because the line is not known yet looks like no copy of ours."""
        if at_ms - self._run_ms > 400:
            self._begin_run(at_ms)
        self._loudest = max(self._loudest, ratio)
        ms, enough, unlike = LIKE[min(self._looked, len(LIKE) - 1)]
        if at_ms + 20 - self._run_ms < 60.0 * (self._looked + 1):
            return False
        self._looked += 1
        self._look(ms, enough)
        if self._alike >= unlike:
            return False
        self._open_until_ms = at_ms + HANG_MS
        return True

    # --- against what was played ----------------------------------------------------------------

    def _ours(self, at_ms: float) -> int:
        """The loudest of what may come back now."""
        if self._delay_ms is None:
            return self._reference.loudest(at_ms - LATEST_MS, at_ms + EARLY_MS)
        from_ms = at_ms - self._delay_ms
        return self._reference.loudest(from_ms - TAIL_MS, from_ms + 2 * NEAR_MS + 20)

    def _look(self, ms: float, enough: float) -> float | None:
        """How much later than what was played the last ``ms`` came, which are a copy of it; None: they are none."""
        self.looks += 1
        frames = list(self._kept)[-round(ms / 20) :]
        mulaw = b"".join(piece for _, piece in frames)
        from_ms = frames[0][0]
        to_ms = from_ms + mulaw_ms(len(mulaw))
        # Where a line returns faithful copies, half of a copy is somebody's voice with our echo in it.
        enough = max(enough, FAITHFUL * self._faithful)
        if self._delay_ms is not None:
            begin_ms = from_ms - self._delay_ms - NEAR_MS
            near = self._reference.between(begin_ms, to_ms - self._delay_ms + NEAR_MS)
            self._alike, place = likeness(mulaw, near)
            if self._alike >= max(enough * KNOWN, FAITHFUL * self._faithful):
                return self._found(from_ms - begin_ms - place / 8)
            enough += NEWS  # a line's delay seldom changes in a call
        self._alike, place = likeness(mulaw, self._reference.between(from_ms - LATEST_MS, to_ms + EARLY_MS))
        return self._found(LATEST_MS - place / 8) if self._alike >= enough else None

    def _found(self, delay_ms: float) -> float:
        self._delay_ms = delay_ms
        self._faithful += (self._alike - self._faithful) * (0.2 if self._faithful else 1.0)
        self._line.found(self._loudest)
        self._open_until_ms = float("-inf")
        return delay_ms


class _Coupling:
    """How much of what we say a line gives back, at most."""

    def __init__(self) -> None:
        self._seen = LEAST
        self._seen_ms = 0.0
        self.most = ASSUMED
        """ratio of levels up to which a frame is echo"""

    @property
    def settled(self) -> bool:
        """Enough was said to know."""
        return self._seen_ms >= SETTLED_MS

    def learn(self, ratio: float) -> None:
        """A frame that counts as echo. It may be a soft caller: what was seen rises slowly, unless by ``found``."""
        if ratio > self._seen:
            self._seen += RISE * (ratio - self._seen)
        else:
            self._seen = max(self._seen * FORGET, LEAST)
        self._seen_ms += 20.0
        if self.settled:
            self.most = min(MOST, self._seen * MARGIN)

    def found(self, ratio: float) -> None:
        """Echo was recognized, as loud as this."""
        self._seen = max(self._seen, min(ratio, MOST))
        self.most = min(MOST, max(self._seen * MARGIN, ASSUMED if not self.settled else LEAST))
