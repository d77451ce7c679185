"""Offline speech for asyncio: recognition, synthesis and sentence embeddings, all outside this process.

Two worker processes, so that a long recognition never holds up a reply: `ear` (the recognizer, two threads)
and `voice` (synthesis and embeddings, one). Both run at lower priority than the event loop which must send a
frame every 20 ms. Threads were measured too (docs/models.md).
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any, cast

import numpy as np
from numpy.typing import NDArray

from agent.offline.convert import Progress, is_prepared
from agent.offline.lane import Lane, SpeechUnavailable, Superseded
from agent.offline.similarity import WIDTH
from agent.offline.types import Recognized, Spoken, Token, WordTime
from agent.offline.wire import Frame

__all__ = ["OfflineSpeech", "Recognized", "SpeechUnavailable", "Spoken", "Superseded"]

_FINAL, _PARTIAL = 0, 1


class OfflineSpeech:
    """The workers. Followed by: `start`, then any of the requests at any time, then `aclose`.

    Requests may be cancelled. A worker which dies is started again by the next request.
    """

    def __init__(self, recognizer_threads: int = 2) -> None:
        self._threads = recognizer_threads
        self._ear: Lane | None = None
        self._voice: Lane | None = None

    async def start(self, cache_dir: Path, progress: Progress | None = None) -> None:
        """Convert the recognizer's weights if `cache_dir` lacks them (about 12 s, once), start and warm both workers.

        Raises ModelError (a weight is missing, changed, or cannot be converted) or SpeechUnavailable.
        """
        if not is_prepared(cache_dir):
            preparing = Lane("prepare", cache_dir)
            try:
                await preparing.start(progress)
            finally:
                await preparing.aclose()
        self._ear = Lane("ear", cache_dir, self._threads)
        self._voice = Lane("voice", cache_dir)
        try:
            results = await asyncio.gather(
                self._voice.start(progress), self._ear.start(progress), return_exceptions=True
            )
        except asyncio.CancelledError:
            await self.aclose()
            raise
        for result in results:
            if isinstance(result, BaseException):
                await self.aclose()
                raise result

    async def transcribe(self, pcm16_8k: bytes, call: str = "") -> Recognized:
        """Recognize a finished stretch of speech: 16-bit mono, 8 kHz, cut by voice activity.

        Goes before all partial requests; those of the same call which still wait raise Superseded.
        """
        ear = _running(self._ear)
        ear.supersede(call)
        return _recognized(await ear.ask({"do": "transcribe"}, pcm16_8k, priority=_FINAL))

    async def glimpse(self, pcm16_8k: bytes, call: str) -> Recognized | None:
        """Recognize a stretch that is still growing; unstable, for display and early decisions.

        None when overtaken: by a newer request of the same call, or by anybody's final one, even in mid-work.
        """
        ear = _running(self._ear)
        ear.supersede(call)
        try:
            answer = await ear.ask({"do": "transcribe", "partial": True}, pcm16_8k, priority=_PARTIAL, replaceable=call)
        except Superseded:
            return None
        return None if "abandoned" in answer.header else _recognized(answer)

    async def synthesize(self, text: str, pace: float = 1.0) -> Spoken:
        """Speak a text: 16-bit mono, 8 kHz, with word times. Give it a clause at a time for an early start."""
        answer = await _running(self._voice).ask({"do": "synthesize", "text": text, "pace": pace})
        words = cast("list[tuple[str, int, int]]", answer.header["words"])
        return Spoken(answer.body, tuple(WordTime(word, start, end) for word, start, end in words))

    async def embed(self, sentences: Sequence[str]) -> NDArray[np.float32]:
        """(n, 384) vectors of length 1; the product of two is their likeness in meaning, -1 to 1."""
        answer = await _running(self._voice).ask({"do": "embed"}, json.dumps(list(sentences)).encode())
        return np.frombuffer(answer.body, dtype=np.float32).reshape(len(sentences), WIDTH)

    async def weigh_danger(self, text: str) -> list[float]:
        """A score for each kind of danger, as `agent.safety.meaning` has them."""
        answer = await _running(self._voice).ask({"do": "weigh_danger", "text": text})
        return cast("list[float]", answer.header["scores"])

    @property
    def pids(self) -> tuple[int, ...]:
        """Process ids of the living workers."""
        return tuple(lane.pid for lane in (self._ear, self._voice) if lane is not None and lane.pid is not None)

    async def aclose(self) -> None:
        """End both workers. May be called twice."""
        for lane in (self._ear, self._voice):
            if lane is not None:
                await lane.aclose()


def _running(lane: Lane | None) -> Lane:
    if lane is None:
        raise SpeechUnavailable("Offline speech was not started: await start(cache_dir) first.")
    return lane


def _recognized(answer: Frame) -> Recognized:
    heard = cast("dict[str, Any]", answer.header["heard"])
    return Recognized(
        heard["text"],
        heard["confidence"],
        tuple(Token(text, p) for text, p in heard["tokens"]),
        heard["repeated_tail"],
        heard["cut_short"],
    )
