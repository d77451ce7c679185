"""The cascade: hearing, understanding and speaking as three stages, every word text before it is voiced."""

from __future__ import annotations

import itertools
from collections.abc import AsyncIterator, Iterable

from agent.hearing.ear import Ear
from agent.hearing.turns import DEFAULT, Tuning
from agent.ports import DetectorFactory, Recognizer, Understander, Voice
from agent.speaking.speaker import Speaker
from calls.audio import AudioFrame
from calls.clock import LoopClock
from calls.guidance import Guidance
from calls.line import Line
from calls.ports import Emit, EngineTraits, VoicedAudio
from calls.run import CallFacts
from calls.signals import Understood
from calls.speech import NEUTRAL, Clause, Heard, SpeechStyle


class CascadeEngine:
    """Implements ``Engine`` over four parts, each shared by all calls (the detector excepted, one per call).

    ``exact_hearing``: whether the recognizer can be trusted with names, codes and numbers.
    """

    def __init__(
        self,
        recognizer: Recognizer,
        detector_factory: DetectorFactory,
        voice: Voice,
        understander: Understander,
        *,
        exact_hearing: bool = False,
        tuning: Tuning = DEFAULT,
    ) -> None:
        self._recognizer = recognizer
        self._detector_factory = detector_factory
        self._speaker = Speaker(voice)
        self._understander = understander
        self._tuning = tuning
        self._opened = itertools.count(1)
        self._traits = EngineTraits(
            text_before_audio=True,
            hears_tone=False,
            keeps_turns="ours",
            media="bridged",
            exact_hearing=exact_hearing,
        )

    @property
    def traits(self) -> EngineTraits:
        """What it can do."""
        return self._traits

    async def prerender(self, texts: Iterable[str], style: SpeechStyle = NEUTRAL) -> int:
        """Make known texts ready (greetings, prompts), so that their first audio leaves at once; how many were new."""
        return await self._speaker.prerender(texts, style)

    def open(self, line: Line, offset_ms: float) -> CascadeSession:
        """A session for a call on ``line``; loads nothing.

        ``offset_ms`` is not added to the frames: the call's session hands them over with offsets since answer.
        """
        call = f"cascade-{next(self._opened)}"
        ear = Ear(self._recognizer, self._detector_factory(), 0.0, line.locale, call, self._tuning)
        return CascadeSession(ear, self._understander, self._speaker)


class CascadeSession:
    """Implements ``EngineSession``. Grammar: run() around everything else."""

    def __init__(self, ear: Ear, understander: Understander, speaker: Speaker) -> None:
        self._ear = ear
        self._understander = understander
        self._speaker = speaker
        self._clock = LoopClock()

    def hear(self, frame: AudioFrame) -> None:
        """One frame of the caller, its offset in ms since answer. Never waits."""
        self._ear.hear(frame)

    def expect(self, guidance: Guidance) -> None:
        """What the script wants next."""
        self._ear.expect(guidance)

    async def understand(self, turn: int, heard: Heard, guidance: Guidance, facts: CallFacts) -> Understood:
        """The commands in a turn, only such as ``guidance`` allows. Raises EngineError."""
        began = self._clock.now_ms()
        meaning = await self._understander.understand(heard, guidance, facts)
        # Rounded, so that the same call on virtual time leaves the same record.
        took_ms = round(self._clock.now_ms() - began, 3)
        return Understood(turn, meaning.commands, meaning.path, took_ms)

    def voice(self, clause: Clause) -> AsyncIterator[VoicedAudio]:
        """Audio of a clause, piece by piece. Raises EngineError."""
        return self._speaker.speak(clause)

    async def run(self, emit: Emit) -> None:
        """Hear until cancelled."""
        await self._ear.run(emit)
