"""What a call's tones come to: one pure function for whoever acts on them (style, gate mode, risk).

A tone is one turn's. A mood holds over turns: anger once clearly heard is not over with the next calm word, and it
fades over two turns that show nothing of it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

from calls.speech import Tone

Level = Literal["calm", "tense", "angry"]

SURE = 0.5
"""A feeling less sure than this is evidence to keep, nothing to act on."""
FADES = 2
"""turns without it after which a feeling counts no more"""
_KEEPS_TALKING_OVER = 2


@dataclass(frozen=True, slots=True)
class Mood:
    """How the caller is doing, as far as anything was noticed."""

    level: Level = "calm"
    feeling: Literal["neutral", "pleased", "uneasy", "angry", "sad"] = "neutral"
    confidence: float = 0.0
    evidence: tuple[str, ...] = ()
    hurried: bool = False
    """speaks fast: fewer words, please"""
    rises: bool = False
    """the last two felt turns are both angry, or the caller keeps talking over the agent and sounds stirred"""

    @property
    def cautious(self) -> bool:
        """Whether the gate should be at least one mode stricter than the step asks for."""
        return self.level == "angry"

    @property
    def risk(self) -> Literal["none", "elevated", "high"]:
        """For those who watch the call: high when anger rises."""
        if self.level == "angry":
            return "high" if self.rises else "elevated"
        return "none"


CALM = Mood()


def mood(tones: Sequence[Tone | None]) -> Mood:
    """The mood after these turns, the last one last; turns without a tone (keys, tone off) change nothing."""
    heard = [tone for tone in tones if tone is not None][-(FADES + 2) :]
    if not heard:
        return CALM
    recent = heard[-(FADES + 1) :]
    felt = [tone for tone in recent if tone.feeling != "neutral" and tone.confidence >= SURE]
    hurried = heard[-1].pace == "fast"
    angry = [tone for tone in felt if tone.feeling == "angry"]
    if angry:
        over = sum(tone.overlap for tone in heard) >= _KEEPS_TALKING_OVER and _stirred(heard[-1])
        rises = over or [tone.feeling for tone in felt[-2:]] == ["angry", "angry"]
        return Mood("angry", "angry", angry[-1].confidence, _evidence(angry), hurried, rises)
    stirred = _stirred(heard[-1]) and (heard[-1].overlap or heard[-1].pitch == "high" or hurried)
    last = felt[-1] if felt and felt[-1] is heard[-1] else None
    if last is not None:
        level: Level = "tense" if last.feeling == "uneasy" or (stirred and last.feeling != "pleased") else "calm"
        return Mood(level, last.feeling, last.confidence, last.evidence, hurried)
    return Mood("tense" if stirred else "calm", evidence=heard[-1].evidence if stirred else (), hurried=hurried)


def _stirred(tone: Tone) -> bool:
    return tone.energy == "high"


def _evidence(tones: Iterable[Tone]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(cue for tone in tones for cue in tone.evidence))
