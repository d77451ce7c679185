"""One call's ear: frames in without waiting, signals out. Everything it decides is decided in ``Listener``."""

from __future__ import annotations

import asyncio
from collections import deque
from dataclasses import dataclass

from agent.companding import frame_to_linear
from agent.hearing.decisions import Decision, Faded, Grew, Lasts, Recognize, SpeechStarted, TurnEnded
from agent.hearing.listener import Listener
from agent.hearing.patience import WordPatience
from agent.hearing.tuning import DEFAULT, Tuning
from agent.ports import Recognition, Recognizer, SpeechDetector
from calls.audio import AudioFrame
from calls.errors import EngineError
from calls.guidance import NOTHING_EXPECTED, Guidance
from calls.ports import Emit
from calls.signals import CallerSaid, SpeechBegan, SpeechFaded, SpeechGrew, SpeechLasts, StageFailed
from calls.speech import Heard

MOST_FRAMES = 500
"""10 s of audio may wait; beyond that the oldest is lost rather than the call."""
STALL_MS = 200.0
"""No frame for this long in mid-utterance counts as silence."""
RECOGNITION_S = 6.0
"""A recognizer that takes longer has failed."""


@dataclass(frozen=True, slots=True)
class _Answer:
    ticket: int
    recognition: Recognition | None
    reason: str = ""


class Ear:
    """Grammar: ``hear`` and ``expect`` at any time; ``run`` once, until cancelled.

    ``offset_ms`` is added to every frame's offset; all times that leave here are ms since answer. ``call`` names
    this call to the recognizer, so that newer requests may overtake its older ones.
    """

    def __init__(
        self,
        recognizer: Recognizer,
        detector: SpeechDetector,
        offset_ms: float,
        locale: str = "en-US",
        call: str = "",
        tuning: Tuning = DEFAULT,
        turn_taking: str = "default",
    ) -> None:
        self._recognizer = recognizer
        self._offset_ms = offset_ms
        self._call = call
        self._listener = Listener(detector, WordPatience(NOTHING_EXPECTED, locale, turn_taking), tuning)
        self._frames: deque[AudioFrame] = deque()
        self._answers: deque[_Answer] = deque()
        self._awake = asyncio.Event()
        self._asked: dict[int, asyncio.Task[None]] = {}
        self.unreadable = 0
        """frames at a rate that is not the telephone's; the first is reported"""
        self.overflowed = 0
        """frames lost because nobody listened for 10 s"""

    def hear(self, frame: AudioFrame) -> None:
        """One frame of the caller. Never waits, never raises."""
        if len(self._frames) >= MOST_FRAMES:
            self._frames.popleft()
            self.overflowed += 1
        self._frames.append(frame)
        self._awake.set()

    def expect(self, guidance: Guidance) -> None:
        """What the script wants next: tunes how long a pause may be."""
        self._listener.expect(guidance)

    async def run(self, emit: Emit) -> None:
        """Hear until cancelled."""
        async with asyncio.TaskGroup() as group:
            while True:
                for decision in await self._next(emit):
                    self._carry_out(decision, emit, group)

    async def _next(self, emit: Emit) -> list[Decision]:
        """Wait for a frame or an answer and let the machine judge it."""
        while not self._answers and not self._frames:
            self._awake.clear()
            try:
                async with asyncio.timeout(STALL_MS / 1000 if self._listener.in_speech else None):
                    await self._awake.wait()
            except TimeoutError:
                return self._listener.stall(STALL_MS)
        if self._answers:
            return self._take_answer(self._answers.popleft())
        return self._take_frame(self._frames.popleft(), emit)

    def _take_answer(self, answer: _Answer) -> list[Decision]:
        self._asked.pop(answer.ticket, None)
        if answer.recognition is None:
            return self._listener.failed(answer.ticket)
        found = answer.recognition
        return self._listener.recognized(answer.ticket, found.text, found.confidence)

    def _take_frame(self, frame: AudioFrame, emit: Emit) -> list[Decision]:
        try:
            pcm = frame_to_linear(frame)
        except ValueError as error:
            if not self.unreadable:
                emit(StageFailed("hearing", str(error)))
            self.unreadable += 1
            return []
        return self._listener.hear(self._offset_ms + frame.offset_ms, pcm, frame.duration_ms)

    def _carry_out(self, decision: Decision, emit: Emit, group: asyncio.TaskGroup) -> None:
        match decision:
            case Recognize():
                self._ask(decision, emit, group)
            case SpeechStarted(from_ms):
                emit(SpeechBegan(from_ms))
            case Grew(from_ms, text, softer_db):
                emit(SpeechGrew(from_ms, text, softer_db=softer_db))
            case Lasts(from_ms):
                emit(SpeechLasts(from_ms))
            case Faded(_, _, reason):
                self._void()
                emit(SpeechFaded(reason))
            case TurnEnded(text, from_ms, to_ms, _, confidence, reason, softer_db):
                self._void()
                emit(CallerSaid(Heard(text, from_ms, to_ms, confidence, reason=reason, softer_db=softer_db)))

    def _ask(self, wanted: Recognize, emit: Emit, group: asyncio.TaskGroup) -> None:
        if not wanted.partial:
            self._void()
        self._asked[wanted.ticket] = group.create_task(self._recognize(wanted, emit))

    def _void(self) -> None:
        """What is still being recognized is of no use any more."""
        for task in self._asked.values():
            task.cancel()
        self._asked.clear()

    async def _transcribe(self, wanted: Recognize) -> Recognition | None:
        if wanted.partial:
            return await self._recognizer.glimpse(wanted.pcm16_8k, self._call)
        return await self._recognizer.transcribe(wanted.pcm16_8k, self._call)

    async def _recognize(self, wanted: Recognize, emit: Emit) -> None:
        answer = _Answer(wanted.ticket, None)
        try:
            async with asyncio.timeout(RECOGNITION_S):
                found = await self._transcribe(wanted)
            answer = _Answer(wanted.ticket, found)
        except EngineError as error:
            emit(StageFailed("hearing", error.reason))
        except TimeoutError:
            emit(StageFailed("hearing", f"no words within {RECOGNITION_S:g} s"))
        except Exception as error:  # a provider's fault of any kind ends a turn, never the call
            emit(StageFailed("hearing", type(error).__name__))
        self._answers.append(answer)
        self._awake.set()
