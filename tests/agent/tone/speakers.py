"""Who speaks in the measuring set, and what: two halves, one worked on and one held back, which share neither.

Speakers are the offline voice with several throats, and Debian's flite and espeak-ng where they are installed.
"""

from __future__ import annotations

import shutil
import subprocess
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np

from agent.offline import resample
from agent.offline.caller_voices import read_wav
from agent.offline.resample import Samples
from agent.offline.voice import OfflineVoice, Timbre, at_level

Speak = Callable[[str], Samples]


@dataclass(frozen=True)
class Speaker:
    """One person of the set."""

    name: str
    half: str
    speak: Speak
    """the text at 8 kHz, some 30 ms of silence around it"""


_THROATS = {
    "worked": {"heart": Timbre(), "low": Timbre(0.55, 0.84), "high": Timbre(1.2, 1.1)},
    "held": {"middle": Timbre(0.82, 0.95), "deep": Timbre(0.64, 0.9), "small": Timbre(1.36, 1.14)},
}
_PROGRAMS = {
    "worked": {
        "flite-slt": ["flite", "-voice", "slt"],
        "flite-kal": ["flite", "-voice", "kal"],
        "espeak-us": ["espeak-ng", "-v", "en-us"],
    },
    "held": {
        "flite-rms": ["flite", "-voice", "rms"],
        "flite-awb": ["flite", "-voice", "awb"],
        "espeak-gb-f2": ["espeak-ng", "-v", "en-gb+f2"],
    },
}

SENTENCES = {
    "worked": (
        "I would like to book a cleaning for next Tuesday.",
        "Could you move my appointment to the afternoon?",
        "My name is Anna Miller and I live on Cedar Street.",
        "Do you have anything earlier in the week?",
        "It is about the bill you sent me last month.",
        "Yes, that would be fine, thank you.",
        "No, I said the twelfth, not the twentieth.",
        "I have been waiting for three weeks now.",
        "Can somebody call me back before noon?",
        "The number is five five five, zero one nine two.",
        "My daughter has a loose tooth and it hurts when she eats.",
        "How long does a filling usually take?",
        "We are four people, and one of us is in a wheelchair.",
        "Please send the receipt to my old address.",
        "I am not sure whether my insurance covers that.",
        "Thursday at half past nine sounds good to me.",
        "Is there parking behind the building?",
        "I need to cancel what I booked yesterday.",
        "They told me the crown would be ready on Friday.",
        "What time do you open on Saturdays?",
        "Let me check my calendar for a second.",
        "The pain started on Sunday evening after dinner.",
        "I would rather see the same dentist as last time.",
        "That is the second time this has happened.",
    ),
    "held": (
        "I wanted to ask about the opening hours in December.",
        "Would Friday morning be possible as well?",
        "The technician was supposed to come at eight.",
        "I think I still owe you for the last visit.",
        "Could you read the number back to me, please?",
        "We have a reservation under the name of Okafor.",
        "It is the house with the green door, next to the bakery.",
        "Two adults and three children, if that is possible.",
        "Sorry, I meant the week after that.",
        "My husband will pick up the prescription tonight.",
        "Does it make a difference which card I use?",
        "I have tried to turn it off and on again.",
        "You can reach me under this number until six.",
        "There is a red light that keeps on blinking.",
        "Nothing has been delivered to this address so far.",
        "I would like to know what the warranty includes.",
        "How do I get there from the train station?",
        "Actually, a quarter to ten would suit me better.",
        "Is it necessary to bring the old documents along?",
        "Both of my parents are patients of yours.",
        "Last winter you fixed the boiler in our basement.",
        "I am afraid I have lost the confirmation.",
        "Put me down for the earliest one you have.",
        "Somebody from your team left me a message.",
    ),
}
"""Ordinary requests, no sentence in both halves."""

SHORT = {
    "worked": ("Yes, please.", "No, thank you.", "Tomorrow at four.", "Anna Miller.", "On Tuesday.", "Not really.",
               "That is right.", "Half past nine.", "What was that?", "Nothing else."),
    "held": ("That works.", "The second one.", "Friday at noon.", "Robert Okafor.", "No, it is not.", "Just the two.",
             "Say that again?", "A quarter past.", "Go ahead, please.", "In the morning."),
}  # fmt: skip
"""Answers of two to four words, of which less can be told."""


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
            ways = ["-f", str(said), "-o" if command[0] == "flite" else "-w", str(heard)]
            subprocess.run([*command, *ways], check=True, capture_output=True, timeout=30)
            samples, rate = read_wav(heard.read_bytes())
        low = at_level(resample.to_rate(samples, rate, 8_000))
        loud = np.flatnonzero(np.abs(low) > 0.01)
        return low[max(0, loud[0] - 240) : loud[-1] + 480]

    return speak


def speakers(half: str) -> list[Speaker]:
    """Everybody of a half who can speak on this machine."""
    throats = [Speaker(name, half, _by_throat(timbre)) for name, timbre in _THROATS[half].items()]
    programs = [
        Speaker(name, half, _by_program(command))
        for name, command in _PROGRAMS[half].items()
        if shutil.which(command[0])
    ]
    return throats + programs
