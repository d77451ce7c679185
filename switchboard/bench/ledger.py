"""When what happened to each utterance, in the process that holds both the callers and the vendors: one clock for all.

Audio says what it is: each frame of 20 ms carries the number of the utterance, or of the sound, it belongs to.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final, TypeVar

FRAME: Final = 160
"""bytes: 20 ms of mu-law at 8 kHz"""
FRAME_MS: Final = 20.0
WORD_MS: Final = 160.0
"""how long a caller takes for a word"""
SILENT: Final = b"\xff" * FRAME
_CALLER, _AGENT = b"\x2d\x1e", b"\x2d\x1f"
_MOST = 1 << 16
T = TypeVar("T")
_chance = random.Random(20)
_PULSE = 64
"""samples: 125 Hz"""


def _voiced(loudest: int) -> bytes:
    """A frame as voices sound: pulses which die away within 8 ms. ``loudest``: mu-law code of their first sample."""
    codes = (min(0x6F, loudest + (at % _PULSE) * 2) for at in range(FRAME))
    return bytes(code | _chance.choice((0x00, 0x80)) for code in codes)


_LOUD: Final = _voiced(0x08)
_TONE: Final = _voiced(0x28)


@dataclass(slots=True, eq=False)
class Sound:
    """Something the agent's voice was asked for. Times: ms of the load's clock."""

    number: int
    text: str
    asked_ms: float
    first_ms: float | None = None
    """its first audio left the vendor"""


@dataclass(slots=True, eq=False)
class Utterance:
    """Something a caller says. Times: ms of the load's clock; None: has not happened."""

    number: int
    text: str
    tag: str = ""
    """words in it by which a model's question is known again; empty: no model is to be asked"""
    pause_after: int = 0
    """a pause of ``pause_ms`` follows this many words; 0: none does"""
    pause_ms: float = 0.0
    barges: bool = False
    """said while the agent speaks"""
    said_ms: float | None = None
    """its last audio left the caller"""
    reached_ms: float | None = None
    """that audio reached the recognizer"""
    noticed_ms: float | None = None
    """the recognizer told that somebody speaks"""
    final_ms: float | None = None
    """the recognizer told that the turn is over"""
    questions: list[float] = field(default_factory=list)
    """when a model was asked about it"""
    written_ms: float | None = None
    """the model had written as much as can be spoken first"""
    answered_ms: float | None = None
    """the agent's first audio reached the caller"""
    answer: Sound | None = None
    cleared_ms: float | None = None
    """the agent's audio was taken back at the caller"""

    @property
    def words(self) -> list[str]:
        """As they are said."""
        return self.text.split()

    def ends_ms(self) -> list[float]:
        """When each word ends, since the first began."""
        count = range(1, len(self.words) + 1)
        return [n * WORD_MS + (self.pause_ms if 0 < self.pause_after < n else 0.0) for n in count]

    def frames(self) -> list[bytes]:
        """Its audio, 20 ms each; quiet in its pause."""
        ends = self.ends_ms()
        head = _CALLER + self.number.to_bytes(2, "big")
        whole = [SILENT] * round(ends[-1] / FRAME_MS)
        for end in ends:
            for n in range(round((end - WORD_MS) / FRAME_MS), round(end / FRAME_MS)):
                whole[n] = head + bytes([n]) + _LOUD[len(head) + 1 :]
        return whole


class Ledger:
    """All utterances and sounds of a bench."""

    def __init__(self) -> None:
        self.utterances: list[Utterance] = []
        self.sounds: list[Sound] = []
        self.questions = 0
        """to the model, for whatever words"""
        self._tagged: dict[str, Utterance] = {}

    def lay(self, text: str, **more: object) -> Utterance:
        """A new utterance."""
        said = Utterance(len(self.utterances) % _MOST, text, **more)  # type: ignore[arg-type]  # fields of Utterance
        self.utterances.append(said)
        if said.tag:
            self._tagged[said.tag] = said
        return said

    def sound(self, text: str, at_ms: float) -> Sound:
        """A new sound of the agent's."""
        made = Sound(len(self.sounds) % _MOST, text, at_ms)
        self.sounds.append(made)
        return made

    def tagged(self, tags: Sequence[str]) -> Utterance | None:
        """The utterance that has one of these for its tag."""
        return next((found for tag in tags if (found := self._tagged.get(tag)) is not None), None)

    def heard(self, frame: bytes) -> tuple[Utterance, int] | None:
        """Whose frame this is, and which; None for silence."""
        if not frame.startswith(_CALLER):
            return None
        number = int.from_bytes(frame[2:4], "big")
        return _newest(self.utterances, number), frame[4]

    def sounding(self, frame: bytes) -> Sound | None:
        """Which sound this frame of the agent's belongs to; None for what no voice of ours has made."""
        if not frame.startswith(_AGENT):
            return None
        number = int.from_bytes(frame[2:4], "big")
        return _newest(self.sounds, number) if number < len(self.sounds) else None


def agent_audio(sound: Sound, ms: float) -> bytes:
    """So much audio of a sound, in whole frames."""
    head = _AGENT + sound.number.to_bytes(2, "big")
    return (head + _TONE[len(head) :]) * max(1, round(ms / FRAME_MS))


def _newest(numbered: Sequence[T], number: int) -> T:
    rounds = (len(numbered) - 1 - number) // _MOST
    return numbered[number + rounds * _MOST]
