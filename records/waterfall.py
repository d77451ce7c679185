"""Where the time of a reply went: differences of the event times of one turn.

end of speech -> decided (endpointing and recognition) -> understood -> chosen -> voiced -> sent
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from calls import events as ev

STAGES = ("decided", "understood", "chosen", "voiced", "sent")


@dataclass(frozen=True, slots=True)
class TurnLatency:
    """One turn's reply. Every figure in ms; a stage that has not happened is None."""

    turn: int
    speech_end_ms: float
    """since answer: the caller's last sound, from which all counts"""
    decided: float | None = None
    """until the turn counted as over and its words were known"""
    understood: float | None = None
    chosen: float | None = None
    voiced: float | None = None
    """until the voice gave its first audio"""
    sent: float | None = None
    """until that audio left for the carrier"""

    @property
    def total(self) -> float | None:
        """End of the caller's speech to the first agent audio; None when nothing was sent."""
        stages = (self.decided, self.understood, self.chosen, self.voiced, self.sent)
        return None if self.sent is None else sum(stage or 0.0 for stage in stages)


@dataclass(slots=True)
class _Times:
    ends: float
    decided: float
    understood: float | None = None
    chosen: float | None = None
    voiced: float | None = None
    sent: float | None = None


def waterfall(events: Iterable[ev.CallEvent]) -> tuple[TurnLatency, ...]:
    """The latency of each turn of the caller, in order."""
    turns: dict[int, _Times] = {}
    clauses: dict[str, int] = {}
    opened: dict[str, int] = {}
    for event in events:
        at, body = event.at_ms, event.body
        if isinstance(body, ev.CallerSpoke | ev.CallerPressed):
            turns.setdefault(body.turn, _Times(body.to_ms, at))
        elif isinstance(body, ev.CommandsUnderstood) and body.turn in turns:
            turns[body.turn].understood = turns[body.turn].understood or at
        elif isinstance(body, ev.LineChosen) and body.turn in turns and turns[body.turn].chosen is None:
            # only the first reply to a turn answers it; what follows an action is another matter
            turns[body.turn].chosen = at
            clauses.update({clause.id: body.turn for clause in body.clauses})
        elif isinstance(body, ev.ReplyOpened) and body.turn in turns and turns[body.turn].chosen is None:
            opened[body.reply] = body.turn
        elif isinstance(body, ev.ClauseComposed) and body.reply in opened:
            # Chosen once there are words: until then the model is at work.
            times = turns[opened[body.reply]]
            times.chosen = times.chosen or at
            clauses[body.clause.id] = opened[body.reply]
        elif isinstance(body, ev.ClauseVoiced) and body.clause in clauses:
            times = turns[clauses[body.clause]]
            times.voiced = times.voiced or at
        elif isinstance(body, ev.AgentBegan) and body.clause in clauses:
            times = turns[clauses[body.clause]]
            times.sent = times.sent or at
    return tuple(_latency(turn, times) for turn, times in turns.items())


def _latency(turn: int, times: _Times) -> TurnLatency:
    before = times.ends
    spans: list[float | None] = []
    for at in (times.decided, times.understood, times.chosen, times.voiced, times.sent):
        if at is None:
            spans.append(None)
            continue
        # an early start (audio known beforehand) costs nothing: it never makes another stage negative
        spans.append(max(0.0, at - before))
        before = max(before, at)
    return TurnLatency(turn, times.ends, *spans)


def percentile(values: Sequence[float], share: float) -> float | None:
    """Nearest-rank percentile; None of nothing."""
    if not values:
        return None
    return sorted(values)[max(0, math.ceil(share * len(values)) - 1)]


@dataclass(frozen=True, slots=True)
class LatencySummary:
    """Over the turns that were answered, in ms."""

    turns: int
    median: float | None
    p95: float | None
    stages: tuple[tuple[str, float], ...]
    """each stage's median"""


def summarize(turns: Iterable[TurnLatency]) -> LatencySummary:
    """Median and 95th percentile of the totals, and the median of each stage."""
    answered = [turn for turn in turns if turn.total is not None]
    totals = [turn.total for turn in answered if turn.total is not None]
    stages = []
    for stage in STAGES:
        spans = [span for turn in answered if (span := getattr(turn, stage)) is not None]
        middle = percentile(spans, 0.5)
        if middle is not None:
            stages.append((stage, middle))
    return LatencySummary(len(answered), percentile(totals, 0.5), percentile(totals, 0.95), tuple(stages))
