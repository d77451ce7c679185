"""The voice, the ear and the manners of a simulated caller."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from agent.offline.caller_voices import available_caller_voices, caller_voice
from agent.offline.workers import OfflineSpeech
from calls.audio import MULAW_SILENCE
from telephony import g711
from telephony.twin import Caller, CallerGaveUp
from telephony.twin.ports import Ear, Voice

PREFERRED = ("rowan", "flite-rms")
"""Caller voices, best first by how well the recognizer understands them (docs/models.md)."""

LEAD_IN = MULAW_SILENCE * 800
"""100 ms of quiet before the first sound, as from any real mouth."""


def best_voice() -> str:
    """The name of the caller voice that sounds least like the agent."""
    available = available_caller_voices()
    return next((name for name in PREFERRED if name in available), available[0])


def voice_of(name: str) -> Voice:
    """Words to mu-law in the voice ``name``, made in a thread. Raises CallerVoiceUnavailable."""
    speaker = caller_voice(name)

    async def speak(text: str) -> bytes:
        pcm = await asyncio.to_thread(speaker.synthesize, text)
        return LEAD_IN + g711.linear_to_ulaw(pcm)

    return speak


def ear_of(speech: OfflineSpeech) -> Ear:
    """mu-law to words, with the recognizer of this machine."""

    async def listen(mulaw: bytes) -> str:
        return (await speech.transcribe(g711.ulaw_to_linear(mulaw))).text

    return listen


@dataclass(frozen=True, slots=True)
class Habit:
    """What a caller says when the agent's words match."""

    hears: str
    """regular expression over the agent's words, lower case"""
    says: str | Callable[[str], str] = ""
    """the words, or what makes them from the agent's"""
    keys: str = ""
    once: bool = False


@dataclass(slots=True)
class Persona:
    """A caller who listens to what is asked and answers it; a script for the twin."""

    habits: Sequence[Habit]
    most_turns: int = 30
    heard: list[str] = field(default_factory=list)
    _used: set[int] = field(default_factory=set)

    async def __call__(self, phone: Caller) -> None:
        """The whole call."""
        span = await phone.hears_greeting()
        for _ in range(self.most_turns):
            words = (await phone.understands(span)).lower()
            self.heard.append(words)
            habit = self._habit(words)
            if habit is None:
                raise CallerGaveUp(f"this caller has no answer to {words!r}")
            if habit.keys:
                await phone.presses(habit.keys)
            elif habit.says:
                await phone.says(habit.says(words) if callable(habit.says) else habit.says)
            if re.search(r"\bgoodbye\b", words) and not habit.says and not habit.keys:
                return
            span = await phone.waits_for_agent()

    def _habit(self, words: str) -> Habit | None:
        for number, habit in enumerate(self.habits):
            if number not in self._used and re.search(habit.hears, words):
                if habit.once:
                    self._used.add(number)
                return habit
        return None
