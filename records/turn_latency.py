"""What a turn's reply took, stage by stage, and whose time it was."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final, Literal, get_args

Stage = Literal[
    "decided", "first_token", "understood", "acted", "chosen", "composed", "cleared", "voiced", "sent"
]
STAGES: Final[tuple[Stage, ...]] = get_args(Stage)
OURS: Final = "switchboard"
"""whose time the stages are in which nobody else has a part"""
READY: Final = "ready"
"""whose time voicing is where the audio was known beforehand"""
FAST: Final = ("grammar", "keys")
"""paths of understanding that need no model, on any line"""


@dataclass(frozen=True, slots=True)
class Span:
    """How long a stage of a turn kept the caller waiting."""

    stage: Stage
    provider: str
    ms: float


@dataclass(frozen=True, slots=True)
class TurnLatency:
    """One turn's reply. Every figure in ms; a stage that has not happened is None."""

    turn: int
    speech_end_ms: float
    """since answer: the caller's last sound, from which all counts"""
    decided: float | None = None
    """until the turn counted as over and its words were known"""
    first_token: float | None = None
    """until the model began to answer; only where one was asked for the commands"""
    understood: float | None = None
    acted: float | None = None
    """until an action answered, where the reply waited for one"""
    chosen: float | None = None
    """until the script knew what to say, or that a model is to find the words"""
    composed: float | None = None
    """until the model had found the first clause"""
    cleared: float | None = None
    """until the speech gate had let the first clause pass"""
    voiced: float | None = None
    """until the voice gave its first audio"""
    sent: float | None = None
    """until that audio left for the carrier"""
    hearing: str = ""
    path: str = ""
    """of understanding"""
    model: str = ""
    """who answered for the commands, or found the words"""
    voice: str = ""
    cached: bool = False
    """the first clause's audio was known beforehand"""
    token_ms: float | None = None
    """the model's own time: from the question until it began to answer, whoever waited for it"""
    voice_ms: float | None = None
    """the voice's own time until its first audio; None where none was asked"""
    questions: int = 0
    """to a model, for this turn"""
    fallback: bool = False
    """a model could not, and this machine or the script stood in for it"""
    ahead: Literal["", "used", "discarded"] = ""
    """understanding was begun before the turn was over"""
    switched: tuple[str, ...] = ()
    """stages of the engine in which another provider took over"""
    hedged: tuple[str, ...] = ()
    """stages of the engine in which a second request ran beside a silent one"""
    filled_ms: float | None = None
    """since the end of speech: a filler sounded, before the answer"""

    @property
    def total(self) -> float | None:
        """End of the caller's speech to the first agent audio of the answer; None when nothing was sent."""
        return None if self.sent is None else sum(getattr(self, stage) or 0.0 for stage in STAGES)

    @property
    def fast(self) -> bool:
        """Settled by the grammar or the keys, and no model was asked: not even one that failed."""
        return self.path in FAST and not self.questions and not self.fallback

    def spans(self) -> Iterator[Span]:
        """The stages that happened, each with whose time it was."""
        whose = {
            "decided": self.hearing or OURS,
            "first_token": self.model,
            "understood": self.model or self.path,
            "composed": self.model,
            "voiced": READY if self.cached else self.voice,
        }
        for stage in STAGES:
            ms = getattr(self, stage)
            if ms is not None:
                yield Span(stage, whose.get(stage, OURS) or OURS, ms)


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
