"""Scripted providers: an engine, a caller's voice and an ear that need no model and give the same call every time.

The audio is real telephone audio whose words travel in it as tones (``agent.tone_text``), so a simulated caller,
the server and a test need share nothing but the line between them. Hearing is the product's own: the same
``Turns``, with a detector by loudness, so ends of turns, interruptions and pauses are timed as they really are.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterable

from agent import tone_text
from agent.cascade import CascadeEngine
from agent.companding import linear_to_mulaw, mulaw_to_linear
from agent.hearing.energy import EnergyDetector
from agent.hearing.local import LocalHearing
from agent.ports import CallContext, Recognition, Recognized, Understander, VoicePiece, VoiceTraits
from agent.safety.second import SecondEar
from agent.speaking.plain import PlainSession
from agent.style.render.plain import render_offline
from agent.thinking.model import LanguageModel
from agent.understanding.local import LocalUnderstander
from calls.audio import MULAW_SILENCE, mulaw_bytes
from calls.clock import LoopClock
from calls.errors import EngineError
from calls.line import Line
from calls.speech import SpeechStyle

RECOGNITION_MS = 150.0
"""what the offline recognizer takes for a short turn"""
VOICE_MS = 20.0


def scripted_speech(text: str, word_ms: int = tone_text.WORD_MS) -> bytes:
    """A caller saying ``text``: mu-law 8 kHz, about 300 ms a word, in whole symbols of 10 ms."""
    return linear_to_mulaw(tone_text.encode(text, word_ms).pcm16)


def scripted_noise(ms: int) -> bytes:
    """A cough or a chair: mu-law 8 kHz with the loudness of speech and no words."""
    return linear_to_mulaw(tone_text.hum(ms))


def scripted_silence(ms: int) -> bytes:
    """Mu-law 8 kHz silence."""
    return MULAW_SILENCE * mulaw_bytes(ms)


def scripted_words(mulaw: bytes) -> str:
    """What scripted audio says, whoever made it: how a simulated caller hears the scripted agent."""
    return tone_text.decode(mulaw_to_linear(mulaw))


class ScriptedRecognizer:
    """Implements ``Recognizer``: reads the tones after ``takes_ms`` of the loop's time.

    ``mishears`` rewrites what was read ("four" -> "for"); ``fails`` are the ordinals (from 1) of transcriptions
    which raise EngineError.
    """

    def __init__(
        self,
        takes_ms: float = RECOGNITION_MS,
        mishears: Callable[[str], str] | None = None,
        fails: Iterable[int] = (),
        confidence: float = 1.0,
    ) -> None:
        self._takes_ms = takes_ms
        self._mishears = mishears or (lambda text: text)
        self._fails = frozenset(fails)
        self._confidence = confidence
        self._clock = LoopClock()
        self._asked = 0

    async def transcribe(self, pcm16_8k: bytes, call: str = "") -> Recognition:
        """The words in the tones. Raises EngineError where the script says so."""
        self._asked += 1
        ordinal = self._asked
        await self._clock.sleep_ms(self._takes_ms)
        if ordinal in self._fails:
            raise EngineError("hearing", "scripted failure")
        return Recognized(self._mishears(tone_text.decode(pcm16_8k)), self._confidence)

    async def glimpse(self, pcm16_8k: bytes, call: str) -> Recognition | None:
        """The words so far; never fails."""
        await self._clock.sleep_ms(self._takes_ms)
        return Recognized(self._mishears(tone_text.decode(pcm16_8k)), self._confidence)


class ScriptedVoice:
    """Implements ``Voice``: tones with word times, first audio after ``takes_ms`` of the loop's time.

    ``fails`` are texts which raise EngineError.
    """

    def __init__(self, takes_ms: float = VOICE_MS, fails: Iterable[str] = (), word_ms: int = tone_text.WORD_MS) -> None:
        self._takes_ms = takes_ms
        self._fails = frozenset(fails)
        self._word_ms = word_ms
        self._clock = LoopClock()
        self._traits = VoiceTraits("scripted", frozenset({"pace"}))

    @property
    def traits(self) -> VoiceTraits:
        """What it is and can do."""
        return self._traits

    async def speak(self, text: str, style: SpeechStyle) -> AsyncIterator[VoicePiece]:
        """The whole text in one piece. Raises EngineError where the script says so."""
        await self._clock.sleep_ms(self._takes_ms)
        if text in self._fails:
            raise EngineError("speaking", "scripted failure")
        rendering = render_offline(text, style)
        spoken = tone_text.encode(rendering.text, round(self._word_ms / style.pace))
        yield VoicePiece(spoken.pcm16, spoken.words, dropped=rendering.dropped)

    async def warm(self, line: Line) -> None:
        """Nothing takes long."""

    def open(self, context: CallContext) -> PlainSession:
        """Holds nothing."""
        return PlainSession(self)


def scripted_engine(
    recognizer: ScriptedRecognizer | None = None,
    voice: ScriptedVoice | None = None,
    understander: Understander | None = None,
    *,
    exact_hearing: bool = False,
    model: LanguageModel | None = None,
    second_ear: SecondEar | None = None,
) -> CascadeEngine:
    """An engine for scenes, load tests and a server without models; grammar and patterns understand, or ``model``."""
    return CascadeEngine(
        LocalHearing(recognizer or ScriptedRecognizer(), EnergyDetector, name="scripted", exact=exact_hearing),
        voice or ScriptedVoice(),
        understander or LocalUnderstander(),
        model,
        second_ear,
    )
