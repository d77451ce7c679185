"""The three vendors of a bench, each with fixed delays, noting when they did what: Deepgram, Anthropic, ElevenLabs."""

from __future__ import annotations

import contextlib
import re
from collections.abc import AsyncIterator, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, Final

from agent.thinking.form_stream import FormStream, ReplyGrew
from agent.thinking.reply_stream import ReplyStream
from calls.clock import LoopClock
from switchboard.bench.ledger import FRAME, FRAME_MS, WORD_MS, Ledger, Utterance, agent_audio
from switchboard.loopback import hearing, model_server, speaking
from switchboard.loopback.anthropic import AnthropicServer
from switchboard.loopback.deepgram_listen import DeepgramServer, FluxTalk, NovaTalk
from switchboard.loopback.ears import Word
from switchboard.loopback.elevenlabs_tts import ElevenLabsSpeech
from switchboard.loopback.hearing import Log
from switchboard.loopback.listening import Talk
from switchboard.loopback.model_server import Answer, Fault, Pace, Question, tokens
from switchboard.loopback.speaking import Piece

HEARING: Final = hearing.Delays(began=60.0, interim=40.0, final=100.0, eager=120.0, end=250.0)
FIRST_TOKEN_MS: Final = 200.0
TOKENS_A_SECOND: Final = 80.0
VOICE: Final = speaking.Delays(first_ms=80.0, piece_ms=5.0, piece_audio_ms=200)
CHARACTER_MS, LEAST_MS = 45.0, 300.0
"""how long the voice takes for a character, and for the shortest text"""
REPLY: Final = "Yes. New callers are welcome, and need no referral."
_TAG = re.compile(r"\b[a-z]+ [a-z]+(?=\?)")


class CodedEars:
    """Implements ``Ears``: reads in the frames whose words they are."""

    def __init__(self, ledger: Ledger) -> None:
        self.last: Utterance | None = None
        self._ledger = ledger
        self._clock = LoopClock()
        self._media_ms = 0.0
        self._rest = b""
        self._spans: list[list[float]] = []

    def loud_between(self, from_ms: float, to_ms: float) -> bool:
        """By the newest stretches."""
        return any(begins < to_ms and ends > from_ms for begins, ends in self._spans[-4:])

    def hear(self, audio: bytes) -> tuple[list[float], list[Word]]:
        """Frame by frame; what is left over waits for the next."""
        audio = self._rest + audio
        whole = len(audio) - len(audio) % FRAME
        began: list[float] = []
        words: list[Word] = []
        for start in range(0, whole, FRAME):
            found = self._ledger.heard(audio[start : start + FRAME])
            if found is not None:
                if not self._spans or self._spans[-1][1] < self._media_ms:
                    began.append(self._media_ms)
                    self._spans.append([self._media_ms, self._media_ms])
                self._spans[-1][1] = self._media_ms + FRAME_MS
                self._word(*found, words)
            self._media_ms += FRAME_MS
        self._rest = audio[whole:]
        return began, words

    def _word(self, said: Utterance, frame: int, words: list[Word]) -> None:
        self.last = said
        ends = said.ends_ms()
        if (frame + 1) * FRAME_MS not in ends:
            return
        place, to_ms = ends.index((frame + 1) * FRAME_MS), self._media_ms + FRAME_MS
        words.append(Word(said.words[place], to_ms - WORD_MS, to_ms))
        if place == len(ends) - 1:
            said.reached_ms = self._clock.now_ms()

    def note_noticed(self) -> None:
        """The recognizer tells that somebody speaks."""
        if self.last is not None and self.last.noticed_ms is None:
            self.last.noticed_ms = self._clock.now_ms()

    def note_final(self) -> None:
        """The recognizer tells that the turn is over."""
        if self.last is not None and self.last.reached_ms is not None and self.last.final_ms is None:
            self.last.final_ms = self._clock.now_ms()


class _Nova(NovaTalk):
    ears: CodedEars

    def started(self, at_ms: float) -> str:
        self.ears.note_noticed()
        return super().started(at_ms)

    def results(self, final: bool, pause: bool, *, said: int | None = None, finalize: bool = False) -> str:
        if pause:
            self.ears.note_final()
        return super().results(final, pause, said=said, finalize=finalize)


class _Flux(FluxTalk):
    ears: CodedEars

    def info(self, event: str, sure: float = 0.02, **more: Any) -> str:
        if event == "StartOfTurn":
            self.ears.note_noticed()
        elif event == "EndOfTurn":
            self.ears.note_final()
        return super().info(event, sure, **more)


class BenchHearing(DeepgramServer):
    """Nova and Flux."""

    def talk(self, log: Log, faults: Sequence[hearing.Fault]) -> Talk:
        """One of ours, which notes what it tells."""
        kind = _Nova if log.path == "/v1/listen" else _Flux
        return kind(self.ears(), self.delays, faults, log)


class BenchModel(AnthropicServer):
    """Claude, who gives the same answer to every question."""

    def __init__(self, ledger: Ledger) -> None:
        super().__init__(answer, first_ms=FIRST_TOKEN_MS, tokens_a_second=TOKENS_A_SECOND)
        self._ledger = ledger

    def events(self, question: Question, text: str, fault: Fault | None) -> Iterator[bytes | Pace]:
        """As Claude's, noting when it was asked and when there was enough to speak."""
        # What was received is of no use here, and would count as memory of nobody's.
        del self.received[:-1]
        self._ledger.questions += 1
        said = self._ledger.tagged(_TAG.findall(question.messages[-1][1]))
        if said is not None:
            said.questions.append(self._clock.now_ms())
        needed, written = speakable_after(text), 0
        for piece in super().events(question, text, fault):
            yield piece
            written += piece is Pace.TOKEN
            if said is not None and written == needed and piece is not Pace.TOKEN:
                said.written_ms, needed = self._clock.now_ms(), -1


def answer(question: Question) -> Answer:
    """A short sentence first, as people do, then a longer one; where words are not wanted, that it is unclear."""
    if question.words_alone or not question.tool:
        return Answer(REPLY)
    return Answer('{"commands":[{"do":"unclear"}]}')


@cache
def speakable_after(form: str) -> int:
    """After how many of its tokens the first clause of a form's reply is whole; -1: never."""
    stream, reply = FormStream(), ReplyStream()
    for count, token in enumerate(tokens(form), 1):
        words = stream.feed(token) if form.startswith("{") else [ReplyGrew(token)]
        if any(isinstance(part, ReplyGrew) and reply.feed(part.text) for part in words):
            return count
    return -1


class BenchVoice(ElevenLabsSpeech):
    """ElevenLabs; its audio carries the number of its sound."""

    idle_s = 600.0

    def __init__(self, ledger: Ledger) -> None:
        super().__init__(VOICE)
        self._ledger = ledger
        self._waiting: dict[str, list[int]] = {}

    def pieces(self, text: str, speed: float) -> Sequence[Piece]:
        """A sound of its own for each time a text is asked for."""
        self.log.requests.clear()
        spoken = text.strip()
        sound = self._ledger.sound(spoken, self.clock.now_ms())
        self._waiting.setdefault(text, []).append(sound.number)
        audio = agent_audio(sound, max(LEAST_MS, CHARACTER_MS * len(spoken)) / speed)
        size = round(self.delays.piece_audio_ms * 8)
        parts = [audio[start : start + size] for start in range(0, len(audio), size)]
        # All characters stand at the beginning of the last piece: with them the text is complete.
        last = Piece(parts[-1], tuple(spoken), (0.0,) * len(spoken), (1.0,) * len(spoken))
        return [*(Piece(part) for part in parts[:-1]), last]

    def sounds(self, text: str) -> None:
        """Note it."""
        if waiting := self._waiting.get(text):
            self._ledger.sounds[waiting.pop(0)].first_ms = self.clock.now_ms()


@dataclass(frozen=True, slots=True)
class Vendors:
    """All three, and the settings that lead to them."""

    hearing: BenchHearing
    model: BenchModel
    voice: BenchVoice

    def environment(self) -> dict[str, str]:
        """Where they are, and their keys."""
        return {
            "DEEPGRAM_API_KEY": hearing.KEY,
            "DEEPGRAM_BASE_URL": self.hearing.url,
            "ANTHROPIC_API_KEY": model_server.KEY,
            "ANTHROPIC_BASE_URL": self.model.url,
            "ELEVENLABS_API_KEY": speaking.KEY,
            "ELEVENLABS_BASE_URL": self.voice.url,
        }


@contextlib.asynccontextmanager
async def vendors(ledger: Ledger) -> AsyncIterator[Vendors]:
    """All three, listening on loopback."""
    ears = BenchHearing(lambda: CodedEars(ledger), HEARING)
    async with ears.serving(), BenchModel(ledger) as model, BenchVoice(ledger) as voice:
        yield Vendors(ears, model, voice)
