"""What the caller is saying: all that the turn machine keeps of it."""

from __future__ import annotations

from dataclasses import dataclass

from agent.hearing.second_look import Reading
from agent.hearing.tuning import Tuning


@dataclass(slots=True)
class Utterance:
    """What may be a turn, while it lasts. Times in ms on the line of the audio."""

    from_ms: float
    pieces: list[tuple[float, float]]
    """(from, to) of speech between pauses of eager_ms and more, but for the last, which goes on to to_ms"""
    piece_ms: float
    """where the last piece begins"""
    to_ms: float
    voiced_ms: float
    sure_ms: float = 0.0
    """of windows that are surely speech"""
    lasts_at_ms: float = 0.0
    """when it may next be told that it lasts"""
    silence_ms: float = 0.0
    resumed_ms: float = 0.0
    ticket: int = 0
    """of the recognition whose words will count; 0 while there is none"""
    text: str | None = None
    confidence: float = 1.0
    partial: int = 0
    """ticket of the partial under way"""
    partial_at_ms: float = 0.0
    partials: int = 0
    grown_ms: float = 0.0
    """of speech in which ``grown`` was found"""
    grown: str = ""
    asked_ms: float = 0.0
    """of speech in what the last partial was asked for"""
    looked_ms: float = 0.0
    """of speech in what has been looked at"""
    keen: bool = False
    """faint evidence of speech counts"""
    faint_ms: float = 0.0
    """of it since the last that was clear"""
    first: Reading | None = None
    """what is recognized once more"""
    level: float = 0.0
    """of their speech, RMS of 16 bits; only where it counts"""
    closing: bool = False

    def length_ms(self, between_ms: float) -> float:
        """Of what would be recognized, without what is around it; ``between_ms``: how long its pauses may be."""
        spoken = sum(to_ms - from_ms for from_ms, to_ms in self.pieces)
        return spoken + len(self.pieces) * between_ms + self.to_ms - self.piece_ms

    def look(self, ticket: int, at_ms: float) -> None:
        """Its words so far have been asked for."""
        self.partials += 1
        self.partial, self.partial_at_ms, self.asked_ms = ticket, at_ms, self.voiced_ms

    def looked(self) -> None:
        """They are here."""
        self.partial = 0
        self.grown_ms, self.looked_ms = self.partial_at_ms - self.from_ms, self.asked_ms

    def lasts(self, at_ms: float, tuning: Tuning) -> bool:
        """Whether it is time to tell that it lasts, for want of its words: then it is not told again at once."""
        age_ms = at_ms - self.from_ms
        if not max(tuning.lasts_ms, self.lasts_at_ms) <= age_ms <= tuning.lasts_most_ms:
            return False
        # What was needed to notice it is not counted. While a look is under way, its words are awaited in any case.
        sure = self.sure_ms >= tuning.sure_share * (age_ms - tuning.onset_ms) or self.partial != 0
        if not sure or self.grown or self.looked_ms >= tuning.wordless_ms:
            return False
        self.lasts_at_ms = age_ms + tuning.lasts_again_ms
        return True
