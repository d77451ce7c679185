"""The agent's voice in a rehearsal: clauses that take as long as their words, and can be cut at a word."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass

from calls import signals as sg
from calls.speech import Clause, Played
from switchboard.rehearsal.schedule import Schedule
from switchboard.rehearsal.timing import Said, Timing

VOICE, PLAY = "voice", "play"
"""Tags of what the mouth and the play-out still have to do."""


@dataclass(slots=True)
class _Sounding:
    clause: Clause
    words: tuple[str, ...]
    word_ms: float
    ready_ms: float
    """when its audio is there"""
    begun: bool = False
    from_ms: float = 0.0
    """when it was first heard"""
    since_ms: float = 0.0
    """when what sounds now began"""
    offset_ms: float = 0.0
    """how much of it had been heard by then"""

    @property
    def length_ms(self) -> float:
        return len(self.words) * self.word_ms

    def heard_ms(self, now_ms: float) -> float:
        return min(self.length_ms, self.offset_ms + max(0.0, now_ms - self.since_ms))

    def heard_words(self, now_ms: float) -> int:
        # A word counts once all of it has sounded; half a millisecond takes care of rounding.
        return int((self.heard_ms(now_ms) + 0.5) // self.word_ms)


class Playback:
    """Mouth and play-out at once. Emits Voiced, PlaybackBegan and PlaybackEnded through the schedule."""

    def __init__(self, schedule: Schedule, timing: Timing) -> None:
        self._schedule = schedule
        self._timing = timing
        self._queue: deque[_Sounding] = deque()
        self._mouth_free_ms = 0.0
        self._playing = False
        self.heard: list[Said] = []
        """everything the caller has heard so far"""
        self.span_words = 0
        """words of whole clauses heard since ``new_span``"""
        self.span_began_ms: float | None = None
        """when the first of them set in"""

    def say(self, clause: Clause) -> None:
        """Voice ``clause`` after those before it."""
        now = self._schedule.now_ms
        ready = max(now, self._mouth_free_ms) + self._timing.voice_ms
        self._mouth_free_ms = ready
        words = tuple(clause.text.split())
        word_ms = self._timing.agent_ms(1, clause.style.pace)
        self._queue.append(_Sounding(clause, words, word_ms, ready))
        self._schedule.put(ready, sg.Voiced(clause.id, self._timing.voice_ms), VOICE)
        if not self._playing and len(self._queue) == 1:
            self._play()

    def _play(self) -> None:
        """Let the first clause of the queue sound, from where it was left."""
        if not self._queue:
            self._playing = False
            return
        self._playing = True
        head = self._queue[0]
        head.since_ms = max(self._schedule.now_ms, head.ready_ms)
        if not head.begun:
            self._schedule.put(head.since_ms, sg.PlaybackBegan(head.clause.id), PLAY)
        left_ms = head.length_ms - head.offset_ms
        self._schedule.put(head.since_ms + left_ms, sg.PlaybackEnded(head.clause.id, round(head.length_ms, 3)), PLAY)

    def began(self) -> None:
        """The clause at the front sounds now."""
        head = self._queue[0]
        head.begun, head.from_ms = True, self._schedule.now_ms
        if self.span_began_ms is None:
            self.span_began_ms = self._schedule.now_ms

    def ended(self) -> None:
        """The clause at the front has been heard to its end."""
        head = self._queue.popleft()
        self.span_words += len(head.words)
        self._keep(head, head.words)
        self._play()

    def _keep(self, sounding: _Sounding, words: tuple[str, ...]) -> None:
        clause = sounding.clause
        whole = len(words) == len(sounding.words)
        said = Said(clause.id, clause.line, " ".join(words), whole, sounding.from_ms, self._schedule.now_ms)
        self.heard.append(said)

    # --- the caller's side ------------------------------------------------------------------------------

    def new_span(self) -> None:
        """The caller has spoken: what comes now is an answer to that."""
        self.span_words, self.span_began_ms = 0, None

    @property
    def sounding(self) -> bool:
        """Whether the caller hears the agent right now."""
        return self._playing and bool(self._queue) and self._queue[0].begun

    def position(self) -> Played | None:
        """What sounds at the caller; None when nothing does."""
        if not self.sounding:
            return None
        head, now = self._queue[0], self._schedule.now_ms
        words = head.words[: head.heard_words(now)]
        return Played(head.clause.id, round(head.heard_ms(now), 3), " ".join(words))

    def word_at_ms(self, number: int) -> float | None:
        """When the caller will have heard so many words since ``new_span``; None when this clause ends before."""
        if not self.sounding:
            return None
        head = self._queue[0]
        wanted = number - self.span_words
        if wanted > len(head.words):
            return None
        return head.since_ms + max(0.0, wanted * head.word_ms - head.offset_ms)

    def pause(self) -> None:
        """Fall silent; keep what was not heard."""
        self._schedule.cancel(PLAY)
        if self._playing and self._queue:
            head = self._queue[0]
            if head.begun:
                # It goes on with the word that was cut.
                head.offset_ms = head.heard_words(self._schedule.now_ms) * head.word_ms
        self._playing = False

    def resume(self) -> None:
        """Say the rest."""
        if not self._playing:
            self._play()

    def cut(self) -> None:
        """Drop everything; what was heard of the first clause stays heard."""
        if self._queue and self._queue[0].begun:
            head = self._queue[0]
            # Paused before: only what had sounded until then counts.
            words = head.heard_words(self._schedule.now_ms) if self._playing else int(head.offset_ms // head.word_ms)
            if words:
                self._keep(head, head.words[:words])
        self._schedule.cancel(PLAY)
        self._schedule.cancel(VOICE)
        self._queue.clear()
        self._playing = False
        self._mouth_free_ms = self._schedule.now_ms
