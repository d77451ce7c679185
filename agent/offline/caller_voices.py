"""Voices for simulated callers, different from the agent's own, for the demo and the tests.

`rowan` and the others are the agent's network with another throat: pitch and formants are changed between
network and vocoder, so they need nothing more than the agent does. `flite-*` and `espeak-*` are Debian's
synthesizers, run as separate processes (espeak-ng is GPL-3.0) where they are installed.
"""

from __future__ import annotations

import io
import shutil
import subprocess
import tempfile
import wave
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np

from agent.offline import resample
from agent.offline.speakable import speakable
from agent.offline.voice import SAMPLE_RATE, OfflineVoice, Timbre, at_level

DEFAULT = "rowan"
_LIMIT_S = 30

TIMBRES = {
    "rowan": Timbre(pitch=0.55, formants=0.84),
    "casey": Timbre(pitch=0.75, formants=0.92),
    "piper": Timbre(pitch=1.2, formants=1.1),
}
"""A low, a middle and a high voice."""

_PROGRAMS = {
    "flite-slt": ["flite", "-voice", "slt"],
    "flite-rms": ["flite", "-voice", "rms"],
    "espeak-us": ["espeak-ng", "-v", "en-us", "-s", "150"],
}


class CallerVoiceUnavailable(Exception):
    """There is no such caller voice, or its program is missing or failed. The message says which and what to do."""


@dataclass(frozen=True, slots=True)
class CallerVoice:
    """Speaks as a caller."""

    name: str
    _speak: Callable[[str, float], bytes]

    def synthesize(self, text: str, pace: float = 1.0) -> bytes:
        """16-bit mono at 8 kHz, without silence around; empty for empty text. Same text, same bytes.

        Blocks for some 50 ms: call it from a thread. Raises CallerVoiceUnavailable.
        """
        return self._speak(text, pace) if text.strip() else b""


def available_caller_voices() -> list[str]:
    """Names which `caller_voice` accepts on this machine, the best first."""
    return [*TIMBRES, *(name for name, command in _PROGRAMS.items() if shutil.which(command[0]))]


def caller_voice(name: str = DEFAULT) -> CallerVoice:
    """Raises CallerVoiceUnavailable; ModelMissing or ModelDigestMismatch when the network cannot be loaded."""
    if name in TIMBRES:
        engine, timbre = _shared_engine(), TIMBRES[name]
        return CallerVoice(name, lambda text, pace: engine.synthesize(text, pace, timbre).pcm16)
    command = _PROGRAMS.get(name)
    if command is None:
        raise CallerVoiceUnavailable(
            f"There is no caller voice {name!r}. Choose one of: {', '.join(available_caller_voices())}."
        )
    if shutil.which(command[0]) is None:
        raise CallerVoiceUnavailable(
            f"The caller voice {name!r} needs the program {command[0]}. Run: apt-get install {command[0]}"
        )
    return CallerVoice(name, lambda text, pace: _by_program(name, command, text, pace))


@lru_cache(maxsize=1)
def _shared_engine() -> OfflineVoice:
    return OfflineVoice.load()


def _by_program(name: str, command: list[str], text: str, pace: float) -> bytes:
    """Run the synthesizer on a text file, so that nothing said is on a command line, and read its WAV."""
    with tempfile.TemporaryDirectory(prefix="caller-") as folder:
        said, heard = Path(folder, "said.txt"), Path(folder, "heard.wav")
        said.write_text(speakable(text) + "\n", "utf-8")
        if command[0] == "flite":
            full = [*command, "--setf", f"duration_stretch={1 / pace:.3f}", "-f", str(said), "-o", str(heard)]
        else:
            full = [*command[:-1], str(round(int(command[-1]) * pace)), "-f", str(said), "-w", str(heard)]
        try:
            subprocess.run(full, check=True, capture_output=True, timeout=_LIMIT_S)
            samples, rate = read_wav(heard.read_bytes())
        except (OSError, subprocess.SubprocessError, wave.Error, EOFError, ValueError) as error:
            raise CallerVoiceUnavailable(
                f"The caller voice {name!r} failed ({type(error).__name__}). Choose another: {', '.join(TIMBRES)}."
            ) from error
    low = at_level(resample.to_rate(samples, rate, SAMPLE_RATE))
    loud = np.flatnonzero(np.abs(low) > 0.01)
    return resample.to_pcm16(low[max(0, loud[0] - 240) : loud[-1] + 480]) if loud.size else b""


def read_wav(raw: bytes) -> tuple[resample.Samples, int]:
    """Samples and rate of a 16-bit WAV; of several channels the first. Raises ValueError, wave.Error, EOFError."""
    with wave.open(io.BytesIO(raw)) as file:
        if file.getsampwidth() != 2:
            raise ValueError("only 16-bit WAV files are read")
        samples = resample.from_pcm16(file.readframes(file.getnframes()))
        return samples[:: file.getnchannels()], file.getframerate()
