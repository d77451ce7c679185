"""From deviations and words to a ``Tone``: rules anyone can read, with the evidence for what they found.

Sound alone cannot tell anger from joy, only that somebody is stirred; so sound alone is never sure, words count for
more, and joy is taken from words only.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Literal

from agent.tone.baseline import Deviation
from agent.tone.words import MILD, Feeling, Told
from calls.speech import Tone

FROM_SOUND, WITH_MORE, MOST_FROM_SOUND = 0.5, 0.08, 0.66
"""confidence: two signs in the sound; each one more; the most without words"""
AGREEING, MOST = 0.15, 0.95
_FELT = 0.45
"""a feeling less sure than this is not named"""
_LOUD_TWICE = 1.9
Degree = Literal["low", "usual", "high"]


def judge(deviations: Mapping[str, Deviation], told: Told, stressed: Sequence[str] = ()) -> Tone:
    """The tone of a turn. ``deviations`` are empty while the caller is not known: then only words count."""
    degree = {cue: deviation.degree for cue, deviation in deviations.items()}
    sounds, sure = _from_sound(degree, bool(stressed))
    feeling, confidence = _together(sounds, sure, told)
    tone = Tone(
        feeling=feeling,
        energy=_class(degree.get("level", 0.0)),
        pace=_pace(degree.get("rate", 0.0)),
        confidence=round(confidence, 2),
        evidence=(*_evidence(deviations), *(f"words: {phrase}" for phrase in told.phrases)),
        pitch=_class(degree.get("pitch", 0.0)),
        pauses=_pauses(degree.get("pauses", 0.0)),
        stressed=tuple(stressed),
    )
    return replace(tone, confidence=0.5) if feeling == "neutral" and deviations else tone


def _from_sound(degree: Mapping[str, float], stressed: bool) -> tuple[Feeling, float]:
    """What the sound may mean, and how sure that is."""
    level, pitch, rate = (degree.get(cue, 0.0) for cue in ("level", "pitch", "rate"))
    if level >= 1:
        more = (pitch >= 1) + (rate >= 1) + (degree.get("range", 0.0) >= 1) + stressed + (level >= _LOUD_TWICE)
        if pitch >= 1 or rate >= 1:
            return "angry", min(MOST_FROM_SOUND, FROM_SOUND + WITH_MORE * (more - 1))
    elif level <= -1 and (pitch <= -1 or rate <= -1):
        both = pitch <= -1 and rate <= -1
        return "sad", _FELT + WITH_MORE * both
    elif pitch >= 1 and (rate >= 1 or degree.get("pauses", 0.0) >= 1):
        return "uneasy", FROM_SOUND
    return "neutral", 0.0


def _together(sounds: Feeling, sure: float, told: Told) -> tuple[Feeling, float]:
    """Words and sound: they agree, or the surer one counts; joyful words take what is stirred in the sound along."""
    if sounds == told.feeling or told.feeling == "neutral":
        confidence = min(MOST, max(sure, told.confidence) + (AGREEING if told.confidence and sure else 0.0))
        return (sounds, confidence) if confidence >= _FELT else ("neutral", 0.0)
    stirred = sounds in ("angry", "uneasy")
    if told.feeling == "pleased" and sounds == "angry" and told.confidence <= MILD:
        return sounds, round(sure - 0.1, 2) if sure - 0.1 >= _FELT else _FELT  # "great" may be meant bitterly
    if stirred and told.confidence < _FELT:
        confidence = min(MOST, sure + AGREEING / 2)
        return (told.feeling if told.feeling in ("angry", "uneasy", "pleased") else sounds), confidence
    return (told.feeling, told.confidence) if told.confidence >= max(sure, _FELT) else _or_neutral(sounds, sure)


def _or_neutral(feeling: Feeling, confidence: float) -> tuple[Feeling, float]:
    return (feeling, confidence) if confidence >= _FELT else ("neutral", 0.0)


def _class(degree: float) -> Degree:
    return "high" if degree >= 1 else "low" if degree <= -1 else "usual"


def _pace(degree: float) -> Literal["slow", "usual", "fast"]:
    return "fast" if degree >= 1 else "slow" if degree <= -1 else "usual"


def _pauses(degree: float) -> Literal["few", "usual", "many"]:
    return "many" if degree >= 1 else "few" if degree <= -1 else "usual"


def _evidence(deviations: Mapping[str, Deviation]) -> list[str]:
    """The unusual cues, each with how far it is from usual."""
    written = {
        "pitch": lambda by: f"pitch {by:+.1f} semitones",
        "level": lambda by: f"energy {by:+.1f} dB",
        "rate": lambda by: f"pace x{2.718281828**by:.2f}",
        "range": lambda by: f"pitch range {by:+.1f} semitones",
        "pauses": lambda by: f"pauses {100 * by:+.0f} % of the turn",
    }
    return [written[cue](found.difference) for cue, found in deviations.items() if abs(found.degree) >= 1]


def with_label(tone: Tone, label: Tone) -> Tone:
    """A vendor's own finding beside ours: what both say is surer, otherwise the surer one counts."""
    if label.feeling == "neutral":
        return tone
    said = f"provider: {label.feeling} {label.confidence:.2f}"
    evidence = (*tone.evidence, said)
    if label.feeling == tone.feeling:
        surer = round(min(MOST, max(tone.confidence, label.confidence) + AGREEING), 2)
        return replace(tone, confidence=surer, evidence=evidence)
    if tone.feeling == "neutral" or label.confidence > tone.confidence:
        return replace(tone, feeling=label.feeling, confidence=min(MOST, label.confidence), evidence=evidence)
    return replace(tone, evidence=evidence)
