"""Callers who make a sound while the agent speaks: they interrupt, say "mm-hm", cough, or talk to somebody else.

What the agent says is long because it is asked for it: where the practice is, when it is open. Each call has several.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from switchboard.lab import sound
from switchboard.lab.caller import DeedKind, Utterance
from switchboard.lab.channel import Conditions
from switchboard.lab.play import Guest, Setup
from switchboard.lab.scenes.base import EPOCH, Cell, Scene, Staged, nothing_wanted
from switchboard.lab.sources import RECORDED, Library

QUESTIONS = (
    "Where are you located?", "When are you open?", "How much is it?", "What is your address?",
    "What are your opening hours?", "What does it cost?",
)  # fmt: skip
"""Asked one after the other; each is answered with two sentences and the question that was open."""
INTERRUPTIONS_SAID = (
    "Sorry, when are you open?", "Wait, how much is it?", "No, where are you located?", "Actually, I need a cleaning.",
    "Hold on, what does it cost?", "Excuse me, can I ask something else?", "Stop, please.", "No, no, wait a moment.",
    "I'd like a check-up, please.", "Can you say that again?",
)  # fmt: skip
HUMMED = "Mm-hm."
ACKNOWLEDGEMENTS_SAID = (HUMMED, "Uh-huh.", "Okay.", "Right.", "Yeah.", "I see.", "Sure.", "Got it.")
ASIDES_SAID = (
    "Put that down, please.", "I'll be there in a minute.", "No, the blue one.", "Can you close the door?",
    "Not now, I am on the phone.", "Ask your sister.",
)  # fmt: skip
ASIDE_DB = -12.0
"""words for the room do not go into the telephone"""
SPELLS_HUMS = frozenset({"flite-slt", "flite-rms"})
"""voices that know no such word and say "em, em, aitch, em": nobody does"""
EACH_CALL = 5
LINES = (Conditions(), Conditions(codec="alaw"), Conditions(around="babble", snr_db=15.0), Conditions(loss=0.02))

Make = Callable[[Guest, random.Random], Utterance]


@dataclass(frozen=True, slots=True)
class Overlapping:
    """One kind of sound over the agent's words."""

    kind: DeedKind
    make: Make

    def stage(self, cell: Cell, seed: int, library: Library) -> Staged:
        """A call with ``EACH_CALL`` of them."""
        setup = Setup(seed=seed, voice=cell.voice, conditions=cell.conditions, pace=cell.pace, now=EPOCH)
        return Staged(setup, self._course, nothing_wanted)

    async def _course(self, guest: Guest) -> None:
        caller, chance = guest.caller, guest.chance
        await guest.call.open()
        asked = chance.sample(QUESTIONS, EACH_CALL)
        for question in asked:
            await caller.says(caller.words(question) if caller.voice != RECORDED else _borrowed(guest, question))
            await caller.agent_speaks_for(chance.uniform(400, 2_500))
            await caller.says(self.make(guest, chance), self.kind)
            await guest.call.settle()
        await caller.phone.hangs_up()


def _borrowed(guest: Guest, text: str) -> Utterance:
    """What a recorded voice has no words for, in another's."""
    return Utterance(guest.caller.library.say("rowan", text), text)


def _said(texts: Sequence[str], db: float = 0.0) -> Make:
    def make(guest: Guest, chance: random.Random) -> Utterance:
        text = chance.choice(texts)
        spoken = guest.caller.words(text) if guest.caller.voice != RECORDED else _borrowed(guest, text)
        return Utterance(spoken.samples * sound.factor(db), text)

    return make


def _acknowledged(guest: Guest, chance: random.Random) -> Utterance:
    """Words, or a recorded hum: also where a voice would spell it."""
    said = _said(ACKNOWLEDGEMENTS_SAID)(guest, chance)
    voice = guest.caller.voice
    if voice == RECORDED or (said.text == HUMMED and voice in SPELLS_HUMS):
        return Utterance(chance.choice(list(guest.caller.library.noises("hum"))), "(hum)")
    return said


def _noisy(guest: Guest, chance: random.Random) -> Utterance:
    kind = chance.choice(("cough", "cough", "laugh"))
    return Utterance(chance.choice(list(guest.caller.library.noises(kind))), f"({kind})")


def _cells(known: Sequence[str]) -> list[Cell]:
    voices = [name for name in ("rowan", "flite-slt", "casey", "flite-rms", "piper", RECORDED) if name in known]
    return [Cell(voices[place % len(voices)], line) for place in range(len(voices)) for line in LINES]


def _scene(name: str, about: str, kind: DeedKind, make: Make, needs: tuple[str, ...] = ("babble",)) -> Scene:
    return Scene(name, about, 48, _cells, Overlapping(kind, make).stage, needs)


INTERRUPTIONS = _scene(
    "interruptions", "callers who cut in with something to say", "interruption", _said(INTERRUPTIONS_SAID)
)
ACKNOWLEDGEMENTS = _scene(
    "acknowledgements", "callers who say mm-hm", "acknowledgement", _acknowledged, ("babble", "hum")
)
NOISES = _scene("noises", "callers who cough and laugh", "noise", _noisy, ("babble", "cough"))
ASIDES = _scene("asides", "callers who say something to somebody else", "aside", _said(ASIDES_SAID, ASIDE_DB))
