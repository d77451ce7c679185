"""Turns with known pauses as they come from a telephone line, and the words in them: each made once.

Clips for measuring when a turn is taken for over (``switchboard.lab.endpointing``).
"""

from __future__ import annotations

import hashlib
import json
import random
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from agent.companding import mulaw_to_linear
from agent.offline import resample
from agent.offline.caller_voices import TIMBRES, available_caller_voices, caller_voice
from agent.offline.moonshine import Moonshine
from agent.offline.silero import SileroModel, SpeechProbability
from agent.offline.voice import OfflineVoice
from agent.ports import Recognition, Recognized
from switchboard.lab import recorded, sound
from switchboard.lab.channel import SPEECH_DBFS, Air, Conditions
from switchboard.lab.pausing import Half, Saying, sayings
from switchboard.lab.sound import Samples

LEAD_MS = 900.0
"""of quiet before a turn"""


@dataclass(frozen=True, slots=True)
class Clip:
    """A turn as it comes from the line."""

    saying: Saying
    mulaw: bytes
    ends_ms: float
    """its last sound"""
    speech: tuple[float, ...]
    """what the voice detector says, window by window"""


class Bench:
    """Clips and words, each made once. ``folder`` keeps what was recognized, which takes longest."""

    def __init__(self, var: Path) -> None:
        self._voice = OfflineVoice.load()
        self._detector = SileroModel.load()
        self._var = var
        self._recognizer: Moonshine | None = None
        self._file = var / "lab" / "heard.json"
        self._heard: dict[str, tuple[str, float]] = {}
        if self._file.is_file():
            self._heard = {key: (text, sure) for key, (text, sure) in json.loads(self._file.read_text()).items()}

    def keep(self) -> None:
        """What was recognized, for the next run."""
        self._file.parent.mkdir(parents=True, exist_ok=True)
        self._file.write_text(json.dumps(self._heard))

    def recognize(self, pcm16_8k: bytes) -> Recognition:
        """The words in an utterance."""
        key = hashlib.sha256(pcm16_8k).hexdigest()[:24]
        if key not in self._heard:
            if self._recognizer is None:
                self._recognizer = Moonshine.load(self._var / "models", threads=1)
            found = self._recognizer.transcribe(resample.up(resample.from_pcm16(pcm16_8k), 2))
            self._heard[key] = found.text, found.confidence
        return Recognized(*self._heard[key])

    def clip(self, saying: Saying, voice: str, conditions: Conditions, seed: str) -> Clip:
        """``saying`` in ``voice``, over a line."""
        said = sound.at_level(self._spoken(saying, voice), SPEECH_DBFS)
        heard = sound.sounding(said, SPEECH_DBFS - 30)
        ends_ms = LEAD_MS + (heard[1] if heard else 0.0)
        mouth = sound.joined(sound.silence(LEAD_MS), said, sound.silence(4_000))
        air = Air(conditions, sound.silence(0), random.Random(seed))
        size = sound.FRAME
        frames = [air.capture(mouth[at : at + size]) for at in range(0, len(mouth) - size + 1, size)]
        mulaw = b"".join(frames)
        windows = SpeechProbability(self._detector).push(mulaw_to_linear(mulaw))
        return Clip(saying, mulaw, ends_ms, tuple(window.probability for window in windows))

    def _spoken(self, saying: Saying, voice: str) -> Samples:
        cut_open = self._in_one_breath(saying, voice) if saying.whole and voice in TIMBRES else None
        if cut_open is not None:
            return cut_open
        parts: list[Samples] = []
        for piece, pause_ms in zip(saying.pieces, (*saying.pauses_ms, 0.0), strict=True):
            pcm16 = caller_voice(voice).synthesize(piece, saying.pace)
            parts += [recorded.trimmed(resample.from_pcm16(pcm16)), sound.silence(pause_ms)]
        return sound.joined(*parts)

    def _in_one_breath(self, saying: Saying, voice: str) -> Samples | None:
        """Cut open where one piece ends; None when words and times cannot be told apart."""
        spoken = self._voice.synthesize(saying.text, saying.pace, TIMBRES[voice])
        if [word.word for word in spoken.words] != saying.text.split():
            return None
        samples, parts, at, begin = resample.from_pcm16(spoken.pcm16), list[Samples](), 0, 0.0
        for piece, pause_ms in zip(saying.pieces[:-1], saying.pauses_ms, strict=True):
            at += len(piece.split())
            before, after = spoken.words[at - 1], spoken.words[at]
            end = min(before.end_ms + 20.0, (before.end_ms + after.start_ms) / 2)
            parts += [_faded(samples[int(begin * 8) : int(end * 8)]), sound.silence(pause_ms)]
            begin = max(after.start_ms - 20.0, (before.end_ms + after.start_ms) / 2)
        return sound.joined(*parts, _faded(samples[int(begin * 8) :]))


def _faded(samples: Samples) -> Samples:
    """Without a click at its ends."""
    size = min(64, len(samples) // 2)
    ramp = np.linspace(0.0, 1.0, size, dtype=np.float32)
    out = samples.copy()
    out[:size] *= ramp
    out[len(out) - size :] *= ramp[::-1]
    return out


def clips(bench: Bench, half: Half, count: int, seed: int = 1) -> Iterator[Clip]:
    """Every voice of this machine in turn, over every line in turn."""
    lines = (Conditions(), Conditions(codec="alaw"), Conditions(level_db=-8.0), Conditions(codec="mobile"))
    voices = available_caller_voices()
    for number, saying in enumerate(sayings(half, count, seed)):
        at = number + (1 if half == "held" else 0)
        yield bench.clip(saying, voices[at % len(voices)], lines[at // len(voices) % len(lines)], f"{half} {number}")
