"""Calls of the measuring set: a caller is got to know over five turns, then says one more sentence in another way.

Everything is seeded. Callers are not equally loud from turn to turn (1.5 dB), as people are not, and each sentence
comes as mu-law frames of 20 ms with pauses around it, plain or with noise 15 dB under the speech.
"""

from __future__ import annotations

import copy
import random
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from agent.offline.resample import Samples
from agent.tone.listener import ToneListener
from calls.audio import AudioFrame
from calls.speech import Heard, Tone
from tests.agent.tone.rendering import (
    as_mulaw,
    at_decibels,
    at_pitch,
    at_rate,
    in_noise,
    speech_power,
    telephone_band,
)
from tests.agent.tone.speakers import SENTENCES, SHORT, Speaker, speakers

KNOWN_AFTER = 5
LEVEL_DB = 1.5
"""standard deviation from turn to turn"""
CONDITIONS = ("plain", "noise", "old line")
"""mu-law; noise at 15 dB and mu-law; the same through 300 to 3400 Hz"""
_GAP_MS = 600


@dataclass(frozen=True)
class Change:
    """One way of saying a sentence."""

    pitch: float = 1.0
    rate: float = 1.0
    decibels: float = 0.0

    @property
    def name(self) -> str:
        """As it stands in the table."""
        told = []
        if self.pitch != 1.0:
            told.append(f"pitch x{self.pitch:g}")
        if self.rate != 1.0:
            told.append(f"rate x{self.rate:g}")
        if self.decibels:
            told.append(f"level {self.decibels:+g} dB")
        return ", ".join(told) or "unchanged"


UNCHANGED = Change()
ENDS = (Change(pitch=0.8), Change(pitch=1.3), Change(rate=0.7), Change(rate=1.4), Change(decibels=-10),
        Change(decibels=10))  # fmt: skip
"""the ends of the ranges that are promised"""
BETWEEN = (Change(pitch=0.9), Change(pitch=1.15), Change(rate=0.85), Change(rate=1.2), Change(decibels=-6),
           Change(decibels=6))  # fmt: skip


class Phone:
    """A caller's line: speech in, tones out."""

    def __init__(self, condition: str, seed: int) -> None:
        self.listener = ToneListener()
        self._condition = condition
        self._seed = seed
        self._at_ms = 0.0

    def says(self, samples: Samples, text: str) -> Tone:
        """One turn, its ends known to hearing to about 30 ms."""
        quiet = np.zeros(_GAP_MS * 8, np.float32)
        whole = np.concatenate((quiet, samples, quiet))
        self._seed += 1
        if self._condition != "plain":
            whole = in_noise(whole, 15.0, speech_power(_NOMINAL), self._seed)
        if self._condition == "old line":
            whole = telephone_band(whole)
        mulaw = as_mulaw(whole)
        mulaw = mulaw[: len(mulaw) // 160 * 160]
        for at in range(0, len(mulaw), 160):
            self.listener.hear(AudioFrame(mulaw[at : at + 160], self._at_ms + at / 8))
        begins = self._at_ms + _GAP_MS
        heard = Heard(text, begins + 30, begins + len(samples) / 8 - 30)
        self._at_ms += len(mulaw) / 8
        tone = self.listener.tone(heard)
        assert tone is not None
        return tone


@dataclass(frozen=True)
class Trial:
    """One sentence said in one way by somebody known."""

    speaker: str
    condition: str
    change: Change
    text: str
    tone: Tone


def trials(half: str, conditions: tuple[str, ...], calls: int, probes: int, *, short: bool = False) -> Iterator[Trial]:
    """``calls`` per speaker and condition, in each ``probes`` sentences, each in every way."""
    for speaker in speakers(half):
        for condition in conditions:
            for call in range(calls):
                yield from _call(speaker, condition, call, probes, short)


def _call(speaker: Speaker, condition: str, call: int, probes: int, short: bool) -> Iterator[Trial]:
    rng = random.Random(f"{speaker.name} {condition} {call}")
    texts = rng.sample(SENTENCES[speaker.half], KNOWN_AFTER + probes)
    phone = Phone(condition, call * 1_000)
    for text in texts[:KNOWN_AFTER]:
        phone.says(at_decibels(speaker.speak(text), rng.gauss(0, LEVEL_DB)), text)
    asked = rng.sample(SHORT[speaker.half], probes) if short else texts[KNOWN_AFTER:]
    for text in asked:
        loudness = rng.gauss(0, LEVEL_DB)
        for change in (UNCHANGED, *ENDS, *BETWEEN):
            another = copy.deepcopy(phone)
            tone = another.says(at_decibels(said(speaker, text, change), loudness), text)
            yield Trial(speaker.name, condition, change, text, tone)


@lru_cache(maxsize=4_096)
def said(speaker: Speaker, text: str, change: Change) -> Samples:
    """A sentence in one way."""
    other = at_rate(at_pitch(speaker.speak(text), change.pitch), change.rate)
    return at_decibels(other, change.decibels)


def direction(change: Change, tone: Tone) -> str:
    """``right``, ``missed`` (usual) or ``wrong``; of unchanged speech ``right`` means that nothing stands out."""
    if change == UNCHANGED:
        plain = (tone.pitch, tone.pace, tone.energy, tone.feeling) == ("usual", "usual", "usual", "neutral")
        return "right" if plain else "wrong"
    if change.pitch != 1.0:
        found, wanted = tone.pitch, "high" if change.pitch > 1 else "low"
    elif change.rate != 1.0:
        found, wanted = tone.pace, "fast" if change.rate > 1 else "slow"
    else:
        found, wanted = tone.energy, "high" if change.decibels > 0 else "low"
    return "right" if found == wanted else "missed" if found == "usual" else "wrong"


_NOMINAL = np.full(160, 10 ** (-16 / 20), np.float32)
"""speech at the level it is said at, before anybody raises their voice: rooms do not grow louder with people"""
