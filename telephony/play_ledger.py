"""What was voiced, what was sent, what was heard: the play-out's books, without input, output or clock.

A model of the carrier's buffer (it plays 8 bytes per ms) says where the caller's ear is; marks that come back
correct it. Time is an argument, ms. Four truths, each no larger than the one before: voiced, sent, heard.

    take(now)* gives what to send next, in order: Clear | Audio | Mark; None = nothing before due(now)

A ``clear`` begins a new generation. Marks carry theirs; one that returns under an older generation was pushed
out by the ``clear`` (Twilio sends those back at once) and says nothing about hearing.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import inf
from typing import Final, TypeAlias

from calls.audio import MULAW_SILENCE, mulaw_bytes, mulaw_ms
from calls.errors import EngineError
from calls.ports import WordTime
from calls.speech import Clause, Played
from telephony.agent_track import AgentTrack, Flow
from telephony.landing import Landing
from telephony.voiced import FRAME_BYTES, Stretch, Voiced

OVERDUE_MS: Final = 2_000.0
"""A mark later than this is not waited for."""
MAX_WAITING_BYTES: Final = 300_000 * 8
"""Five minutes of speech waiting to be heard; no reply is that long."""

PROBE: Final = "distance"
"""How marks are called that the carrier returns at once (Twilio: "if there is no audio buffered"). The time the first
took is what the ear is behind the model, known before the first word has sounded; for a recording there is one before
everything that begins to sound, and one behind every ``clear``."""
PROBE_MS: Final = 500.0
"""It is not waited for any longer."""
CLEARED_MS: Final = 300.0
"""At most so much still sounds after we ask for silence: until the ``clear`` is there."""

Herald: TypeAlias = Callable[[float, bytes], None]
"""(when it will sound by our clock, mu-law)"""


@dataclass(frozen=True, slots=True)
class Audio:
    """Send this audio. ``first``: the clause's first."""

    clause: str
    mulaw: bytes
    first: bool


@dataclass(frozen=True, slots=True)
class Mark:
    """Send a mark of this name."""

    name: str


@dataclass(frozen=True, slots=True)
class Clear:
    """Empty the carrier's buffer."""


@dataclass(frozen=True, slots=True)
class Ended:
    """A clause was heard to its end."""

    clause: str
    heard_ms: float


class PlayLedger:
    """See the module. ``lead_ms``: how far to be ahead of the ear (60 for a person speaking live)."""

    def __init__(self, lead_ms: float = 800.0, chunk_ms: float = 200.0) -> None:
        self._lead_ms = lead_ms
        self._chunk = max(FRAME_BYTES, mulaw_bytes(min(chunk_ms, lead_ms / 3)) // FRAME_BYTES * FRAME_BYTES)
        self._clauses: dict[str, Voiced] = {}
        self._stretches: deque[Stretch] = deque()
        self._dry_ms = 0.0
        self._lag_ms = 0.0
        self._probed_ms: float | None = None
        """when the first probe left, while it is waited for"""
        self._probes = 0
        self._begins: Landing | None = None
        """of the probe before what is sent next"""
        self._flow: Flow | None = None
        self._flowed = 0
        """bytes of the flow that were sent"""
        self._sentence_over = True
        """what was sent last was no audio"""
        self._paused = False
        self._owed: deque[Clear | Mark] = deque()
        self.track: AgentTrack | None = None
        self.herald: Herald | None = None
        """told ahead: what is sent, and when it will sound; without audio: from then on nothing does"""
        self.generation = 1
        self.faults = 0
        """marks that never came, or came too late"""
        self.strays = 0
        """marks of an older generation, or of nothing we know"""

    @property
    def lag_ms(self) -> float:
        """How long after audio was due its mark came back: the way to the caller and back."""
        return self._lag_ms

    # --- from the voice -------------------------------------------------------------------------

    def begin(self, clause: Clause) -> None:
        """Announce a clause. Raises ValueError when one of this id is still being played."""
        if clause.id in self._clauses:
            raise ValueError(f"clause {clause.id} was begun twice: each stretch of speech needs an id of its own")
        self._clauses[clause.id] = Voiced(clause)

    def feed(self, clause: str, mulaw: bytes, words: Sequence[WordTime] = ()) -> None:
        """More of a clause; nothing happens when it was cut. Raises EngineError when far too much is waiting."""
        voiced = self._clauses.get(clause)
        if voiced is None or voiced.finished:
            return
        waiting = sum(other.length - other.sounded for other in self._clauses.values())
        if waiting + len(mulaw) > MAX_WAITING_BYTES:
            raise EngineError("speaking", "more than 300 s of speech are waiting to be heard")
        voiced.mulaw += mulaw
        voiced.length += len(mulaw)
        voiced.words.extend(words)

    def finish(self, clause: str) -> None:
        """The clause is complete; its last frame is filled up with silence."""
        voiced = self._clauses.get(clause)
        if voiced is not None and not voiced.finished:
            voiced.finished = True
            voiced.mulaw += MULAW_SILENCE * (-len(voiced.mulaw) % FRAME_BYTES)

    # --- to the carrier -------------------------------------------------------------------------

    def take(self, now: float) -> Audio | Mark | Clear | None:
        """What to send now; counts as sent."""
        self._advance(now, whole=True)
        if self._owed:
            return self._owed.popleft()
        voiced = self._next_to_send()
        if voiced is None or self._paused:
            return None
        if voiced.sent < voiced.end:
            if now + 1 < self._send_at(voiced):
                return None
            return self._probe_before(now) or self._send(voiced, now)
        if not voiced.finished:
            return None
        voiced.marked, voiced.ends_ms = True, max(self._dry_ms, now)
        self._sentence_over = True
        return Mark(f"{voiced.clause.id}#{self.generation}")

    def due(self, now: float) -> float | None:
        """When to come back if nothing happens before; None = no need to."""
        times = [voiced.ends_ms + self._lag_ms + OVERDUE_MS for voiced in self._clauses.values() if voiced.marked][:1]
        voiced = self._next_to_send()
        if voiced is not None and voiced.sent < voiced.end and not self._paused:
            times.append(self._send_at(voiced))
        if self.track is not None and (self._stretches or self.track.waiting):
            times.append(now + mulaw_ms(self._chunk))
        return min(times, default=None)

    def _next_to_send(self) -> Voiced | None:
        return next((voiced for voiced in self._clauses.values() if not voiced.marked), None)

    def _send_at(self, voiced: Voiced) -> float:
        whole = voiced.finished or voiced.end - voiced.sent >= self._chunk
        # Scraps of a clause in the making are gathered while the carrier still has half of the lead.
        return self._dry_ms - (self._lead_ms if whole else self._lead_ms / 2)

    def _send(self, voiced: Voiced, now: float) -> Audio:
        begin, end = voiced.sent, min(voiced.end, voiced.sent + self._chunk)
        starts = max(now, self._dry_ms)
        if self.track is not None and (self._flow is None or self._dry_ms <= now):
            self._flow, self._flowed = self.track.flow(self._begins, now), 0
        self._begins, self._sentence_over = None, False
        self._dry_ms = starts + mulaw_ms(end - begin)
        self._stretches.append(Stretch(voiced, begin, end, starts, self._flow, self._flowed))
        self._flowed += end - begin
        voiced.sent = end
        first, voiced.began = not voiced.began, True
        mulaw = voiced.slice(begin, end)
        if self.herald is not None:
            self.herald(starts + self._lag_ms, mulaw)
        return Audio(voiced.clause.id, mulaw, first)

    def _probe_before(self, now: float) -> Mark | None:
        """The mark that goes before this audio, if one does; never within a sentence, where a gap would be a fault."""
        if self._dry_ms > now or not self._sentence_over or (self.track is None and self._probes):
            return None
        if not self._probes:
            self._probed_ms = now
        self._sentence_over = False
        mark, self._begins = self._probe(now)
        return mark

    def _probe(self, now: float) -> tuple[Mark, Landing | None]:
        self._probes += 1
        mark = Mark(f"{PROBE}.{self._probes}#{self.generation}")
        return mark, self.track.mark(mark.name, now) if self.track is not None else None

    # --- from the carrier -----------------------------------------------------------------------

    def frame(self) -> None:
        """The media stream's clock had a frame of the caller."""
        if self.track is not None:
            self.track.frame()

    def mark_returned(self, name: str, now: float) -> list[Ended]:
        """A mark came back; returns the clauses which were heard to their end."""
        if name.startswith(PROBE):
            if self._probed_ms is not None:
                self._lag_ms, self._probed_ms = min(now - self._probed_ms, OVERDUE_MS), None
            if self.track is not None:
                self.track.returned(name, now)
            return []
        clause, _, generation = name.rpartition("#")
        voiced = self._clauses.get(clause)
        if voiced is None or not voiced.marked or generation != str(self.generation):
            self.strays += 1
            return []
        self._advance(now)
        self._correct(now - voiced.ends_ms)
        return self._end_with(voiced)

    def overdue(self, now: float) -> list[Ended]:
        """Clauses whose mark is more than 2 s late by the play clock; counted as heard, and as faults."""
        ended: list[Ended] = []
        while (voiced := next(iter(self._clauses.values()), None)) is not None and voiced.marked:
            if now < voiced.ends_ms + self._lag_ms + OVERDUE_MS:
                break
            self._advance(now)
            self.faults += 1
            ended += self._end_with(voiced)
        return ended

    def _correct(self, late_ms: float) -> None:
        if late_ms >= 0:
            # The way there and back: the ear is that much behind the model.
            self._lag_ms = min(late_ms, OVERDUE_MS)
            return
        self._lag_ms = 0.0
        self._dry_ms += late_ms
        for stretch in self._stretches:
            stretch.starts_ms += late_ms
        for voiced in self._clauses.values():
            voiced.ends_ms += late_ms

    def _end_with(self, last: Voiced) -> list[Ended]:
        """``last`` was heard, so was everything before it."""
        ended: list[Ended] = []
        for voiced in list(self._clauses.values()):
            while self._stretches and self._stretches[0].voiced is voiced:
                stretch = self._stretches.popleft()
                self._sound(stretch, stretch.end)
            del self._clauses[voiced.clause.id]
            ended.append(Ended(voiced.clause.id, mulaw_ms(voiced.length)))
            if voiced is last:
                break
            self.faults += 1
        return ended

    # --- from the conversation ------------------------------------------------------------------

    def position(self, now: float) -> Played | None:
        """What is under the caller's ear."""
        self._advance(now)
        if self._paused:
            return None
        at_carrier = [voiced for voiced in self._clauses.values() if voiced.sent]
        sounding = [voiced for voiced in at_carrier if voiced.sounded]
        if sounding:
            return sounding[-1].played()
        return at_carrier[0].played() if at_carrier else None

    def pause(self, now: float) -> None:
        """Fall silent; keep what was not heard."""
        if self._paused:
            return
        self._advance(now)
        self._clear(now)
        self._paused = True
        for voiced in self._clauses.values():
            voiced.rewind()

    def resume(self) -> None:
        """Go on, from the start of the word that was cut."""
        self._paused = False

    def cut(self, now: float) -> None:
        """Fall silent; drop everything."""
        self._advance(now)
        if not self._paused:
            self._clear(now)
        self._clauses.clear()
        self._paused = False

    def _clear(self, now: float) -> None:
        # Also when the model says all has sounded: the carrier may be behind it.
        if any(voiced.sent or voiced.marked for voiced in self._clauses.values()):
            self.generation += 1
            self._owed.append(Clear())
            if self.track is not None:
                self._end_flows(self.track, now)
            # Until the clear is there, the carrier plays on.
            self._sound_until(now - self._lag_ms + min(self._lag_ms, CLEARED_MS))
            if self.herald is not None:
                self.herald(now + self._lag_ms, b"")
        self._stretches.clear()
        self._dry_ms, self._sentence_over = now, True

    def _end_flows(self, track: AgentTrack, now: float) -> None:
        """How much still sounded is told by the mark behind the ``clear``: the recording waits for it."""
        mark, ends = self._probe(now)
        self._owed.append(mark)
        if ends is not None and self._flow is not None:
            rest = (piece for it in self._stretches for piece in it.piece(max(it.begin, it.voiced.sounded), it.end))
            track.cleared(self._flow, rest, ends)
        for stretch in self._stretches:
            stretch.flow = None

    # --- the ear --------------------------------------------------------------------------------

    def close(self, now: float) -> None:
        """The stream is over: no mark comes back any more, and what sounded until now goes to the recording."""
        self._advance(now)
        if self.track is not None:
            self.track.advance(inf)

    def _advance(self, now: float, whole: bool = False) -> None:
        """``whole``: only what was sent as one and has sounded to its end, which is enough while nobody asks."""
        if self.track is not None:
            self.track.advance(now)
        if self._probed_ms is not None:
            if now - self._probed_ms < PROBE_MS:
                return
            self._probed_ms = None
        self._sound_until(now - self._lag_ms, whole)

    def _sound_until(self, at: float, whole: bool = False) -> None:
        """``at``: by the model's clock."""
        while self._stretches:
            stretch = self._stretches[0]
            reach = min(stretch.end, stretch.begin + mulaw_bytes(max(0.0, at - stretch.starts_ms)))
            if not (whole and reach < stretch.end):
                self._sound(stretch, reach)
            if reach < stretch.end:
                break
            self._stretches.popleft()

    def _sound(self, stretch: Stretch, reach: int) -> None:
        voiced = stretch.voiced
        begin = max(voiced.sounded, stretch.begin)
        if reach <= begin:
            return
        if self.track is not None:
            for piece in stretch.piece(begin, reach):
                self.track.sounded(piece)
        voiced.sounded = reach
        voiced.heard = max(voiced.heard, reach)
        voiced.forget_past()
