"""Who speaks in the measuring set: two halves, one worked on and one held back, which share neither voices nor texts.

Worked on: the offline voice with several throats, and Debian's flite and espeak-ng. Held back: Debian's festival, other
voices of espeak-ng, and one person, Allison Smith, in recorded prompts; each where it is installed.
"""

from __future__ import annotations

import shutil
import subprocess
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np

from agent.offline import resample
from agent.offline.caller_voices import read_wav
from agent.offline.resample import Samples
from agent.offline.voice import OfflineVoice, Timbre, at_level
from switchboard.lab import recorded
from tests.agent.tone.sentences import PROMPTS, SENTENCES, SHORT

Speak = Callable[[str], Samples]


@dataclass(frozen=True)
class Speaker:
    """One person of the set."""

    name: str
    half: str
    speak: Speak
    """the text at 8 kHz, some 30 ms of silence around it"""
    sentences: Sequence[str]
    short: Sequence[str]
    """answers of two to four words; none from whom there are only recordings"""


_THROATS = {
    "heart": Timbre(), "low": Timbre(0.55, 0.84), "high": Timbre(1.2, 1.1), "middle": Timbre(0.82, 0.95),
    "deep": Timbre(0.64, 0.9), "small": Timbre(1.36, 1.14),
}  # fmt: skip
"""all worked on: other throats say a sentence in the same time"""
_PROGRAMS = {
    "worked": {
        "flite-slt": ["flite", "-voice", "slt"],
        "flite-kal": ["flite", "-voice", "kal"],
        "flite-rms": ["flite", "-voice", "rms"],
        "flite-awb": ["flite", "-voice", "awb"],
        "espeak-us": ["espeak-ng", "-v", "en-us"],
        "espeak-gb-f2": ["espeak-ng", "-v", "en-gb+f2"],
    },
    "held": {
        "festival-ked": ["text2wave", "-eval", "(voice_ked_diphone)"],
        "festival-slt": ["text2wave", "-eval", "(voice_cmu_us_slt_arctic_hts)"],
        "espeak-scotland": ["espeak-ng", "-v", "en-gb-scotland+m3"],
        "espeak-caribbean": ["espeak-ng", "-v", "en-029+f4"],
        "espeak-nyc": ["espeak-ng", "-v", "en-us-nyc+m7", "-s", "150"],
        "espeak-klatt": ["espeak-ng", "-v", "en-gb-x-rp+klatt4", "-s", "190"],
    },
}
_OUTPUT = {"espeak-ng": "-w"}


@lru_cache(maxsize=1)
def _offline_voice() -> OfflineVoice:
    return OfflineVoice.load()


def _by_throat(timbre: Timbre) -> Speak:
    return lru_cache(maxsize=64)(lambda text: resample.from_pcm16(_offline_voice().synthesize(text, 1.0, timbre).pcm16))


def _by_program(command: list[str]) -> Speak:
    @lru_cache(maxsize=64)
    def speak(text: str) -> Samples:
        with tempfile.TemporaryDirectory() as folder:
            said, heard = Path(folder, "said.txt"), Path(folder, "heard.wav")
            said.write_text(text + "\n", "utf-8")
            source = [str(said)] if command[0] == "text2wave" else ["-f", str(said)]
            ways = [_OUTPUT.get(command[0], "-o"), str(heard)]
            subprocess.run([*command, *ways, *source], check=True, capture_output=True, timeout=30)
            return _trimmed(*read_wav(heard.read_bytes()))

    return speak


@lru_cache(maxsize=64)
def _prompt(text: str) -> Samples:
    home = recorded.folder()
    assert home is not None
    name = next(name for name, said in PROMPTS.items() if said == text)
    return _trimmed(*read_wav((home / f"{name}.wav").read_bytes()))


def _trimmed(samples: Samples, rate: int) -> Samples:
    low = at_level(resample.to_rate(samples, rate, 8_000))
    loud = np.flatnonzero(np.abs(low) > 0.01)
    return low[max(0, loud[0] - 240) : loud[-1] + 480]


def speakers(half: str) -> list[Speaker]:
    """Everybody of a half who can speak on this machine."""
    ways = {name: _by_throat(timbre) for name, timbre in _THROATS.items()} if half == "worked" else {}
    ways |= {name: _by_program(command) for name, command in _PROGRAMS[half].items() if shutil.which(command[0])}
    found = [Speaker(name, half, way, SENTENCES[half], SHORT[half]) for name, way in ways.items()]
    if half == "held" and recorded.folder() is not None:
        found.append(Speaker("allison", half, _prompt, tuple(PROMPTS.values()), ()))
    return found
