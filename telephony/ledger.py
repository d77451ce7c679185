"""What was voiced, sent and heard, clause by clause. Pure: time (ms) is an argument, nothing is sent here.

The carrier plays what it is sent at 8 bytes a millisecond, after what it still has. So the moment a byte is sent
tells when it sounds; a mark that comes back corrects the estimate by what the network adds.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field

from calls.ports import WordTime
from calls.speech import Clause, Played

BYTES_PER_MS = 8
CHUNK = 160 * BYTES_PER_MS
"""bytes sent at once: between 100 and 200 ms of sound"""
LEAD_MS = 800.0
"""sent ahead of real time: outlasts a stall of the loop, and is little to lose with the socket"""
LIVE_LEAD_MS = 60.0
"""for a human voice, where every millisecond is heard as delay"""
LATE_MARK_MS = 2_000.0
"""a mark overdue by more than this is taken for lost"""
NEARLY_MS = 40.0
"""less than this unheard is no rest worth resuming"""


@dataclass(slots=True)
class _Track:
    """The audio of one clause."""

    clause: Clause
    audio: bytearray = field(default_factory=bytearray)
    words: list[WordTime] = field(default_factory=list)
    finished: bool = False
    sent: int = 0
    """bytes sent and not taken back"""
    announced: bool = False
    marked: bool = False
    ends_ms: float = 0.0
    """when its last sent byte will have sounded, before the skew"""

    @property
    def complete(self) -> bool:
        """Everything it has is sent, and nothing more will come."""
        return self.finished and self.sent == len(self.audio)


@dataclass(frozen=True, slots=True)
class _Span:
    """A chunk on its way through the carrier."""

    clause: str
    start: int
    """byte within the clause"""
    audio: bytes
    from_ms: float
    """when its first byte sounds, before the skew"""

    @property
    def to_ms(self) -> float:
        return self.from_ms + len(self.audio) / BYTES_PER_MS


@dataclass(frozen=True, slots=True)
class Chunk:
    """Audio to send now."""

    clause: str
    audio: bytes
    first: bool
    """the first that leaves of this clause"""


@dataclass(frozen=True, slots=True)
class Mark:
    """A mark to send now."""

    name: str


Outgoing = Chunk | Mark


@dataclass(frozen=True, slots=True)
class Ended:
    """A clause was heard to its end."""

    clause: str
    heard_ms: float


class Ledger:
    """The play-out's memory. Grammar per clause: begin, feed+, finish."""

    def __init__(self, lead_ms: float = LEAD_MS) -> None:
        self.generation = 1
        self.late_marks = 0
        self._lead_ms = lead_ms
        self._tracks: deque[_Track] = deque()
        self._spans: deque[_Span] = deque()
        self._plays_until_ms = 0.0
        self._skew_ms = 0.0
        self._paused = False
        self._told = 0
        """bytes of the first span which the recorder has"""

    # --- from the voice -----------------------------------------------------------------------------

    def begin(self, clause: Clause) -> None:
        """Announce a clause."""
        self._tracks.append(_Track(clause))

    def feed(self, clause: str, audio: bytes, words: Sequence[WordTime] = ()) -> None:
        """More of a clause; one that was cut is ignored."""
        track = self._track(clause)
        if track is not None:
            track.audio += audio
            track.words += words

    def finish(self, clause: str) -> None:
        """No more of a clause."""
        track = self._track(clause)
        if track is not None:
            track.finished = True

    # --- to the carrier -----------------------------------------------------------------------------

    def next(self, now_ms: float) -> Outgoing | None:
        """The one thing to send now, if any. Counts as sent."""
        if self._paused:
            return None
        for track in self._tracks:
            if track.sent < len(track.audio):
                if self._plays_until_ms - now_ms > self._lead_ms - CHUNK / BYTES_PER_MS:
                    return None
                return self._send(track, now_ms)
            if not track.complete:
                return None
            if not track.marked:
                track.marked = True
                track.ends_ms = max(self._plays_until_ms, now_ms)
                return Mark(f"{track.clause.id}#{self.generation}")
        return None

    def _send(self, track: _Track, now_ms: float) -> Chunk:
        audio = bytes(track.audio[track.sent : track.sent + CHUNK])
        # Nothing left at the carrier: this sounds on arrival, and there is no gap to be counted before it.
        begins = max(self._plays_until_ms, now_ms)
        self._spans.append(_Span(track.clause.id, track.sent, audio, begins))
        self._plays_until_ms = begins + len(audio) / BYTES_PER_MS
        track.sent += len(audio)
        first, track.announced = not track.announced, True
        return Chunk(track.clause.id, audio, first)

    def due_in_ms(self, now_ms: float) -> float | None:
        """How long until there may be something to send, or a mark is overdue; None = only after a change."""
        if self._paused or not self._tracks:
            return None
        if any(track.sent < len(track.audio) for track in self._tracks):
            ahead = self._plays_until_ms - now_ms
            return max(0.0, ahead - self._lead_ms + CHUNK / BYTES_PER_MS)
        first = self._tracks[0]
        return max(0.0, first.ends_ms + LATE_MARK_MS - now_ms) if first.marked else None

    # --- from the carrier ---------------------------------------------------------------------------

    def mark(self, name: str, now_ms: float) -> Ended | None:
        """A mark came back; None when it is of an earlier generation, and so says nothing of hearing."""
        clause, _, generation = name.rpartition("#")
        track = self._track(clause)
        if generation != str(self.generation) or track is None or not track.marked:
            return None
        # The mark is the truth; what comes after it sounds that much later than estimated, never earlier.
        self._skew_ms = min(max(0.0, now_ms - track.ends_ms), LATE_MARK_MS)
        return self._ended(track)

    def overdue(self, now_ms: float) -> Ended | None:
        """A clause whose mark did not come; taken as heard, and counted."""
        first = self._tracks[0] if self._tracks else None
        if self._paused or first is None or not first.marked or now_ms < first.ends_ms + LATE_MARK_MS:
            return None
        self.late_marks += 1
        return self._ended(first)

    def _ended(self, track: _Track) -> Ended:
        self._tracks.remove(track)
        return Ended(track.clause.id, len(track.audio) / BYTES_PER_MS)

    # --- what the caller hears ----------------------------------------------------------------------

    def position(self, now_ms: float) -> Played | None:
        """The clause that sounds now and how far into it the caller is."""
        heard_at = now_ms - self._skew_ms
        for span in self._spans:
            if span.from_ms <= heard_at < span.to_ms:
                return self._played(span.clause, span.start + int((heard_at - span.from_ms) * BYTES_PER_MS))
        return None

    def _played(self, clause: str, count: int) -> Played | None:
        track = self._track(clause)
        if track is None:
            return None
        ms = count / BYTES_PER_MS
        return Played(clause, ms, " ".join(word.word for word in _words(track) if word.end_ms <= ms))

    @property
    def sounding(self) -> bool:
        """Something was sent which the recorder does not have yet."""
        return bool(self._spans)

    def sounded(self, now_ms: float) -> list[tuple[float, bytes]]:
        """What sounded since the last call: (when, mu-law)."""
        out: list[tuple[float, bytes]] = []
        while self._spans:
            span = self._spans[0]
            reached = int((now_ms - self._skew_ms - span.from_ms) * BYTES_PER_MS)
            upto = min(max(reached, self._told), len(span.audio))
            if upto > self._told:
                begins = span.from_ms + self._skew_ms + self._told / BYTES_PER_MS
                out.append((begins, span.audio[self._told : upto]))
            if upto < len(span.audio):
                self._told = upto
                return out
            self._spans.popleft()
            self._told = 0
        return out

    # --- interruptions ------------------------------------------------------------------------------

    def pause(self, now_ms: float) -> list[Ended]:
        """Take back what was not heard, to the start of the word that was cut. Call ``sounded`` before.

        Returns clauses of which so little was missing that they count as heard.
        """
        heard = self._heard_bytes(now_ms)
        ended: list[Ended] = []
        for track in list(self._tracks):
            count = heard.get(track.clause.id, track.sent if track.marked else 0)
            if track.complete and track.sent and len(track.audio) - count < NEARLY_MS * BYTES_PER_MS:
                ended.append(self._ended(track))
                continue
            track.sent = _word_start(track, count)
            track.marked = False
        self._clear(now_ms)
        self._paused = True
        return ended

    def resume(self) -> None:
        """Send the rest, under the new generation."""
        self._paused = False

    def cut(self, now_ms: float) -> None:
        """Drop everything. What is begun after this is new. Call ``sounded`` before."""
        self._tracks.clear()
        self._clear(now_ms)
        self._paused = False

    def _clear(self, now_ms: float) -> None:
        self.generation += 1
        self._spans.clear()
        self._told = 0
        self._plays_until_ms = now_ms

    def _heard_bytes(self, now_ms: float) -> dict[str, int]:
        """Per clause with anything at the carrier: bytes that have sounded."""
        heard_at = now_ms - self._skew_ms
        heard: dict[str, int] = {}
        for span in self._spans:
            count = min(max(int((heard_at - span.from_ms) * BYTES_PER_MS), 0), len(span.audio))
            if count or span.clause not in heard:
                heard[span.clause] = span.start + count
        return heard

    def _track(self, clause: str) -> _Track | None:
        return next((track for track in self._tracks if track.clause.id == clause), None)


def _words(track: _Track) -> list[WordTime]:
    """The voice's word times, or an even share of the audio for each word, by length."""
    if track.words:
        return track.words
    words = track.clause.text.split()
    letters = sum(len(word) + 1 for word in words) or 1
    per_letter = len(track.audio) / BYTES_PER_MS / letters
    out, at = [], 0.0
    for word in words:
        end = at + (len(word) + 1) * per_letter
        out.append(WordTime(word, at, end))
        at = end
    return out


def _word_start(track: _Track, count: int) -> int:
    """The byte where the word begins that sounds at byte ``count``."""
    starts = [word.start_ms for word in _words(track)]
    index = bisect_right(starts, count / BYTES_PER_MS) - 1
    return min(int(starts[index] * BYTES_PER_MS), count) if index >= 0 else 0
