"""Calls of the measuring set: a caller is got to know over five turns, then says one more sentence in another way.

Everything is seeded. Callers are not equally loud from turn to turn (1.5 dB), as people are not, and each sentence
comes as frames of 20 ms with pauses around it: clean, as mu-law, or with noise or babble 15 dB under the speech.
"""

from __future__ import annotations

import copy
import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from agent.offline import resample
from agent.offline.resample import Samples
from agent.tone.baseline import Deviation
from agent.tone.listener import ToneListener
from calls.audio import PHONE_RATE, AudioFrame, Encoding
from calls.speech import Heard, Tone
from tests.agent.tone.rendering import (
    RATE,
    as_mulaw,
    at_decibels,
    at_pitch,
    at_rate,
    at_snr,
    in_noise,
    telephone_band,
)
from tests.agent.tone.speakers import Speaker, speakers

KNOWN_AFTER = 5
LEVEL_DB = 1.5
"""standard deviation from turn to turn"""
SNR_DB = 15.0
CONDITIONS = ("clean", "mu-law", "noise", "babble", "old line")
"""16 bits; mu-law; the noise of a room and mu-law; six people talking and mu-law; noise through 300 to 3400 Hz"""
_TALKERS, _BABBLE_S = 6, 20
_GAP_MS = 600
_NOMINAL = 10 ** (-16 / 10)
"""power of speech as it is usually said: rooms do not grow louder with people"""


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

    @property
    def wanted(self) -> tuple[str, int]:
        """The cue that has to differ, and its sign."""
        if self.pitch != 1.0:
            return "pitch", 1 if self.pitch > 1 else -1
        if self.rate != 1.0:
            return "rate", 1 if self.rate > 1 else -1
        return "level", 1 if self.decibels > 0 else -1


UNCHANGED = Change()
ENDS = (Change(pitch=0.8), Change(pitch=1.3), Change(rate=0.7), Change(rate=1.4), Change(decibels=-10),
        Change(decibels=10))  # fmt: skip
"""the ends of the ranges that are promised"""
BETWEEN = (Change(pitch=0.9), Change(pitch=1.15), Change(rate=0.85), Change(rate=1.2), Change(decibels=-6),
           Change(decibels=6))  # fmt: skip


class Phone:
    """A caller's line: speech in, tones out."""

    def __init__(self, condition: str, seed: int, half: str) -> None:
        self.listener = ToneListener()
        self._condition = condition
        self._seed = seed
        self._half = half
        self._at_ms = 0.0

    def says(self, samples: Samples, text: str) -> tuple[Tone, dict[str, Deviation]]:
        """One turn, its ends known to hearing to about 30 ms; and how far it was from usual."""
        quiet = np.zeros(_GAP_MS * 8, np.float32)
        whole = np.concatenate((quiet, samples, quiet))
        self._seed += 1
        sound, encoding = self._on_line(whole), Encoding.MULAW
        if self._condition == "clean":
            sound, encoding = resample.to_pcm16(whole), Encoding.LINEAR16
        frame = 160 * encoding.width
        count = len(sound) // frame
        for at in range(count):
            taken = sound[at * frame : (at + 1) * frame]
            self.listener.hear(AudioFrame(taken, self._at_ms + 20 * at, PHONE_RATE, encoding))
        begins = self._at_ms + _GAP_MS
        heard = Heard(text, begins + 30, begins + len(samples) / 8 - 30)
        self._at_ms += 20 * count
        deviations = self.listener.deviations(heard)
        tone = self.listener.tone(heard)
        assert tone is not None
        return tone, deviations

    def _on_line(self, whole: Samples) -> bytes:
        if self._condition == "babble":
            whole = whole + at_snr(babble(self._half, self._seed, len(whole)), SNR_DB, _NOMINAL)
        elif self._condition not in ("clean", "mu-law"):
            whole = in_noise(whole, SNR_DB, _NOMINAL, self._seed)
        return as_mulaw(telephone_band(whole) if self._condition == "old line" else whole)


@dataclass(frozen=True)
class Trial:
    """One sentence said in one way by somebody known."""

    speaker: str
    condition: str
    change: Change
    text: str
    tone: Tone
    deviations: Mapping[str, Deviation]

    @property
    def shortfall(self) -> float:
        """How far it is from heard right, in borders: 0 at the border, 1 when nothing changed, more when opposite."""
        degrees = {cue: found.degree for cue, found in self.deviations.items()}
        if self.change == UNCHANGED:
            return max(abs(degrees.get(cue, 0.0)) for cue in ("pitch", "rate", "level")) - 1
        cue, sign = self.change.wanted
        return 1 - sign * degrees.get(cue, 0.0)

    @property
    def measured(self) -> str:
        """``pitch +0.1, rate -1.2, level +0.3`` in borders."""
        found = {cue: self.deviations[cue].degree for cue in ("pitch", "rate", "level") if cue in self.deviations}
        return ", ".join(f"{cue} {degree:+.2f}" for cue, degree in found.items())


def trials(
    half: str,
    conditions: Sequence[str],
    calls: int,
    probes: int,
    *,
    short: bool = False,
    changes: Sequence[Change] = (*ENDS, *BETWEEN),
) -> Iterator[Trial]:
    """``calls`` per speaker and condition, in each ``probes`` sentences, each unchanged and in every way."""
    for speaker in speakers(half):
        if short and not speaker.short:
            continue
        for condition in conditions:
            for call in range(calls):
                yield from _call(speaker, condition, call, probes, short, changes)


def _call(
    speaker: Speaker, condition: str, call: int, probes: int, short: bool, changes: Sequence[Change]
) -> Iterator[Trial]:
    rng = random.Random(f"{speaker.name} {condition} {call}")
    texts = rng.sample(speaker.sentences, KNOWN_AFTER + probes)
    phone = Phone(condition, call * 1_000, speaker.half)
    for text in texts[:KNOWN_AFTER]:
        phone.says(at_decibels(speaker.speak(text), rng.gauss(0, LEVEL_DB)), text)
    asked = rng.sample(speaker.short, probes) if short else texts[KNOWN_AFTER:]
    for text in asked:
        loudness = rng.gauss(0, LEVEL_DB)
        for change in (UNCHANGED, *changes):
            another = copy.deepcopy(phone)
            tone, deviations = another.says(at_decibels(said(speaker, text, change), loudness), text)
            yield Trial(speaker.name, condition, change, text, tone, deviations)


@lru_cache(maxsize=4_096)
def said(speaker: Speaker, text: str, change: Change) -> Samples:
    """A sentence in one way."""
    other = at_rate(at_pitch(speaker.speak(text), change.pitch), change.rate)
    return at_decibels(other, change.decibels)


@lru_cache(maxsize=2)
def _talk(half: str) -> Samples:
    """Everybody of a half talking at once."""
    talk = np.zeros(_BABBLE_S * RATE, np.float32)
    for speaker in speakers(half)[:_TALKERS]:
        said = np.concatenate([speaker.speak(text) for text in speaker.sentences[:_TALKERS]])
        talk += np.resize(said, len(talk))
    return talk


def babble(half: str, seed: int, length: int) -> Samples:
    """People talking behind the caller, each time from another moment on."""
    return np.roll(_talk(half), -seed * 7_919)[:length]


def direction(change: Change, tone: Tone) -> str:
    """``right``, ``missed`` (usual) or ``wrong``; of unchanged speech ``right`` means that nothing stands out."""
    if change == UNCHANGED:
        plain = (tone.pitch, tone.pace, tone.energy, tone.feeling) == ("usual", "usual", "usual", "neutral")
        return "right" if plain else "wrong"
    cue, sign = change.wanted
    found = {"pitch": tone.pitch, "rate": tone.pace, "level": tone.energy}[cue]
    if found == "usual":
        return "missed"
    return "right" if found in (("high", "fast") if sign > 0 else ("low", "slow")) else "wrong"
