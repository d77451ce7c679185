"""The inner ports: what the cascade needs of a recognizer, a speech detector, a voice and an understander.

Audio inside ``agent/`` is linear16 (signed 16 bit little endian), mono, 8 kHz, unless a name says mu-law.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, Protocol

from calls.audio import AudioFrame, Encoding
from calls.clock import Clock
from calls.commands import Command
from calls.guidance import Guidance
from calls.line import Line
from calls.ports import Emit, WordTime
from calls.run import CallFacts
from calls.speech import Heard, SpeechStyle

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class CallContext:
    """What a stage may know of the call it works for."""

    call: str
    """an id of ours for vendors' logs; says nothing about a person"""
    line: Line
    clock: Clock
    emit: Emit
    """into the call's inbox: a provider that failed over, what was used; never waits"""


@dataclass(frozen=True, slots=True)
class HearingTraits:
    """What a hearing provider is and can do."""

    id: str
    """``deepgram/flux``"""
    turns: Literal["ours", "vendor"]
    """who decides that the caller's turn is over"""
    eager: bool = False
    """tells of a likely end of turn before the end of turn"""
    exact: bool = False
    """names, codes and numbers can be trusted without a read-back"""


class HearingSession(Protocol):
    """One call's hearing. Grammar: run() around everything else."""

    def hear(self, frame: AudioFrame) -> None:
        """One frame of the caller, its offset in ms since answer. Never waits."""

    def expect(self, guidance: Guidance) -> None:
        """What the script wants next: key terms, patience."""

    async def run(self, emit: Emit) -> None:
        """Until cancelled; emits SpeechBegan, SpeechFaded, SpeechGrew, SpeechLasts, TurnLikely, TurnResumed and
        CallerSaid.

        ``from_ms`` and ``to_ms`` of what it emits are ms since answer. Raises EngineError when it cannot go on.
        """


class Hearing(Protocol):
    """A hearing provider. Shared by all calls."""

    @property
    def traits(self) -> HearingTraits:
        """What it is and can do."""

    async def warm(self, line: Line) -> None:
        """A call is about to come in on ``line``: open what takes long. Failing is no fault yet; never raises."""

    def open(self, context: CallContext) -> HearingSession:
        """A session; opens no connection by itself."""


class Recognition(Protocol):
    """What a recognizer found in a stretch of audio."""

    @property
    def text(self) -> str:
        """The words; empty when there were none."""

    @property
    def confidence(self) -> float:
        """0 to 1; 1.0 from a recognizer which does not know."""


@dataclass(frozen=True, slots=True)
class Recognized:
    """The plain ``Recognition``."""

    text: str
    confidence: float = 1.0


class Recognizer(Protocol):
    """Audio to words. Shared by all calls; works beside the event loop."""

    async def transcribe(self, pcm16_8k: bytes, call: str = "") -> Recognition:
        """The words in one utterance (0.3 s of quiet before it, 0.2 s after). Raises EngineError."""

    async def glimpse(self, pcm16_8k: bytes, call: str) -> Recognition | None:
        """The words of an utterance that still grows; None when something more urgent went before it."""


class SpeechDetector(Protocol):
    """Is this speech? One per call: it carries state. Grammar: push*, with reset where the audio jumped."""

    @property
    def window_ms(self) -> float:
        """How much audio one probability stands for, ms."""

    def push(self, pcm16_8k: bytes) -> Sequence[float]:
        """One probability (0 to 1) per window completed by this audio; a rest is kept for the next push."""

    def reset(self) -> None:
        """Forget everything: what comes next does not follow from what came before."""


DetectorFactory = Callable[[], SpeechDetector]
"""Makes the detector of one call; must not load anything."""


@dataclass(frozen=True, slots=True)
class VoiceTraits:
    """What a voice is and what of a style it can render."""

    id: str
    """part of the key under which known texts are kept: provider, model and voice"""
    renders: frozenset[str] = frozenset({"pace"})
    """of ``emotion | pace``; volume, ``say_as`` and pauses are rendered for every voice"""
    unused_terms: tuple[str, ...] = ()
    """words of the line's vocabulary whose pronunciation this voice cannot be told"""


@dataclass(frozen=True, slots=True)
class VoicePiece:
    """Some audio of a text."""

    samples: bytes
    """mono, 8 kHz, no header"""
    words: tuple[WordTime, ...] = ()
    """of the words this piece carries, in ms from the start of the text"""
    encoding: Encoding = Encoding.LINEAR16
    """LINEAR16, or MULAW as it came from the vendor"""
    dropped: tuple[str, ...] = ()
    """what of the style this voice could not render; on the first piece"""
    provider: str = ""
    """who voiced it, where several could; on the first piece"""


class VoiceSession(Protocol):
    """One call's voice. Grammar: run() around everything else; one text at a time, another waits for its turn."""

    def speak(self, text: str, style: SpeechStyle) -> AsyncIterator[VoicePiece]:
        """The audio of ``text``, piece by piece as it is made. Raises EngineError.

        Closing the iterator, or cancelling who waits for it, stops the text at the vendor; no audio of it comes later.
        """

    async def run(self) -> None:
        """Hold this call's connection until cancelled, then close it. Never raises for the vendor's faults."""


class Voice(Protocol):
    """Words to audio. Shared by all calls; works beside the event loop."""

    @property
    def traits(self) -> VoiceTraits:
        """What it is and can do."""

    async def warm(self, line: Line) -> None:
        """A call is about to come in on ``line``: open what takes long. Failing is no fault yet; never raises."""

    def open(self, context: CallContext) -> VoiceSession:
        """A call's session; opens no connection by itself."""

    def speak(self, text: str, style: SpeechStyle) -> AsyncIterator[VoicePiece]:
        """The audio of ``text`` outside any call: for texts known beforehand. Raises EngineError."""


@dataclass(frozen=True, slots=True)
class Meaning:
    """What an understander found, and how."""

    commands: tuple[Command, ...]
    path: str
    """``grammar | similarity | keys`` (a model's name for a model)"""
    fallback: bool = False
    """a model could not: this machine understood in its place"""
    provider: str = ""
    """the model that answered"""
    questions: int = 0
    """to a model"""
    first_token_ms: float | None = None
    """since understanding began"""


class Understander(Protocol):
    """Words to commands, only such as ``guidance`` allows. Shared by all calls."""

    async def understand(self, heard: Heard, guidance: Guidance, facts: CallFacts) -> Meaning:
        """At least one command; ``Unclear`` when nothing allowed was found. Raises EngineError."""


class Similarity(Protocol):
    """Sentences as numbers: how alike two are in meaning. Shared by all calls; works beside the event loop."""

    async def embed(self, sentences: Sequence[str]) -> NDArray[np.float32]:
        """(n, 384) vectors of length 1; the product of two is their likeness, -1 to 1. Raises EngineError."""
