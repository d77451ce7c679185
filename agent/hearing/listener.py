"""One caller's hearing without I/O: audio and recognized words in, decisions out.

The call's ear runs it on what comes from the carrier, ``listen`` on a recording, the lab on both: audio is the clock,
so the same sound gives the same decisions, however fast it comes.
"""

from __future__ import annotations

from dataclasses import replace

from agent.hearing.decisions import Decision, Grew, Lasts, Resumed, SpeechStarted, TurnEnded
from agent.hearing.nearness import NearDetector
from agent.hearing.pace import WENT_ON_MS
from agent.hearing.patience import WordPatience
from agent.hearing.timeline import Timeline
from agent.hearing.tuning import DEFAULT, Tuning
from agent.hearing.turns import Turns
from agent.ports import SpeechDetector
from calls.guidance import Guidance

JUMP_MS = 500.0
"""After a gap this long the detector's memory is of another sound."""
_EXPECTED_TO_GO_ON = frozenset({"dangling", "thinking", "greeting"})
"""Pauses after such words are long with everybody, and say nothing of this caller."""


class Listener:
    """Grammar: ``hear`` for each piece of audio in order, ``recognized`` or ``failed`` once for each ``Recognize``,
    ``expect`` at any time. Times in ms on the scale of the offsets."""

    def __init__(self, detector: SpeechDetector, patience: WordPatience, tuning: Tuning = DEFAULT) -> None:
        self._detector = detector
        self._near = detector if isinstance(detector, NearDetector) else None
        self.patience = patience
        self._tuning = tuning
        self._timeline = Timeline()
        self._turns: Turns | None = None
        self._ended: TurnEnded | None = None
        self._ended_grouped = False
        """the last turn was of a value said piece by piece"""
        self._went_on_ms = 0.0
        """... and this long after its last word they went on; 0.0: they did not"""

    @property
    def in_speech(self) -> bool:
        """Something that may be a turn is under way."""
        return self._turns is not None and self._turns.in_speech

    @property
    def now_ms(self) -> float:
        """End of the audio heard."""
        return self._turns.now_ms if self._turns else 0.0

    def expect(self, guidance: Guidance) -> None:
        """What the script wants next: tunes how long a pause may be."""
        self.patience.expect(guidance)

    def hear(self, at_ms: float, pcm16_8k: bytes, duration_ms: float) -> list[Decision]:
        """Audio that begins at ``at_ms``; what comes twice or late is dropped, gaps are measured."""
        if self._turns is None:
            self._turns = Turns(self.patience, at_ms, self._tuning, self.patience.is_useful)
        lost_ms = self._timeline.place(at_ms, duration_ms)
        if lost_ms is None:
            return []
        decisions: list[Decision] = []
        if lost_ms > 0:
            if lost_ms >= JUMP_MS:
                self._detector.reset()
            decisions += self._turns.lose(lost_ms)
        speech = self._detector.push(pcm16_8k)
        noisy = self._near is not None and self._near.noisy
        decisions += self._turns.push(pcm16_8k, speech, self._detector.window_ms, noisy)
        return self._learn(decisions)

    def recognized(self, ticket: int, text: str, confidence: float) -> list[Decision]:
        """The words of a ``Recognize``."""
        return self._learn(self._turns.recognized(ticket, text, confidence)) if self._turns else []

    def failed(self, ticket: int) -> list[Decision]:
        """There are no words for a ``Recognize``."""
        return self._learn(self._turns.failed(ticket)) if self._turns else []

    def stall(self, ms: float) -> list[Decision]:
        """No audio at all came for ``ms``."""
        return self._learn(self._turns.stall(ms)) if self._turns else []

    def _learn(self, decisions: list[Decision]) -> list[Decision]:
        for decision in decisions:
            match decision:
                case SpeechStarted(from_ms):
                    self._began(from_ms)
                case Resumed(_, paused_ms, text):
                    if text is None or self.patience(text).reason not in _EXPECTED_TO_GO_ON:
                        self.patience.pace.paused(paused_ms, grouped=self.patience.grouped)
                case TurnEnded():
                    self._over(decision)
        if self._near is None:
            # Loudness alone knows nothing of speech: a drill would be sure.
            return [decision for decision in decisions if not isinstance(decision, Lasts)]
        return [self._measured(decision) for decision in decisions]

    def _measured(self, decision: Decision) -> Decision:
        """How much softer than before the caller spoke, where there are words."""
        assert self._near is not None
        caller = self._near.caller
        match decision:
            case SpeechStarted():
                caller.begin()
            case Grew():
                return replace(decision, softer_db=caller.softer_db)
            case TurnEnded():
                decision = replace(decision, softer_db=caller.softer_db)
                caller.end()
        return decision

    def _began(self, from_ms: float) -> None:
        last = self._ended
        on = last is not None and from_ms - last.decided_ms <= WENT_ON_MS
        self._went_on_ms = from_ms - last.to_ms if last is not None and on else 0.0

    def _over(self, ended: TurnEnded) -> None:
        """Words show that it was speech: now it is sure that the turn before was cut."""
        if self._went_on_ms > 0:
            self.patience.pace.cut(self._went_on_ms, grouped=self._ended_grouped)
        self.patience.turned()
        self._ended, self._ended_grouped, self._went_on_ms = ended, self.patience.grouped, 0.0
