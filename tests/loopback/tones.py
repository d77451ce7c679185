"""What a pretended recognizer hears of a caller who speaks in tones, live: no tape has to be known beforehand."""

from __future__ import annotations

from agent import tone_text
from agent.companding import mulaw_to_linear, rms
from switchboard.loopback.ears import Word

FRAME = 160
FRAME_MS = 20.0
QUIET_MS = 140.0
"""ends a stretch of speech"""
LOOK_MS = 100.0
"""how often a stretch that grows is read again"""
_LOUD = 300.0


class ToneEars:
    """Implements ``Ears`` by reading the tones of ``agent.tone_text``; ``word_ms`` is the caller's pace."""

    def __init__(self, word_ms: int = tone_text.WORD_MS) -> None:
        self._word_ms = word_ms
        self._rest = b""
        self._media_ms = 0.0
        self._speech = bytearray()
        self._from_ms = 0.0
        self._quiet_ms = 0.0
        self._read_ms = 0.0
        self._told = 0
        self._spans: list[tuple[float, float]] = []

    def loud_between(self, from_ms: float, to_ms: float) -> bool:
        """By the stretches heard so far."""
        spans = [*self._spans, (self._from_ms, self._media_ms)] if self._speech else self._spans
        return any(begins < to_ms and ends > from_ms for begins, ends in spans)

    def hear(self, audio: bytes) -> tuple[list[float], list[Word]]:
        """Frame by frame; what is left over waits for the next."""
        audio = self._rest + audio
        whole = len(audio) - len(audio) % FRAME
        began: list[float] = []
        words: list[Word] = []
        for start in range(0, whole, FRAME):
            began_ms = self._frame(mulaw_to_linear(audio[start : start + FRAME]), words)
            if began_ms is not None:
                began.append(began_ms)
        self._rest = audio[whole:]
        return began, words

    def _frame(self, pcm: bytes, words: list[Word]) -> float | None:
        loud = rms(pcm) > _LOUD
        began: float | None = None
        if loud and not self._speech:
            began = self._from_ms = self._read_ms = self._media_ms
            self._told = 0
        if loud or self._speech:
            self._speech += pcm
        self._quiet_ms = 0.0 if loud else self._quiet_ms + FRAME_MS
        self._media_ms += FRAME_MS
        ended = bool(self._speech) and self._quiet_ms >= QUIET_MS
        if self._speech and (ended or self._media_ms - self._read_ms >= LOOK_MS):
            words += self._new_words()
        if ended:
            self._spans.append((self._from_ms, self._media_ms - self._quiet_ms))
            self._speech.clear()
        return began

    def _new_words(self) -> list[Word]:
        self._read_ms = self._media_ms
        heard = tone_text.encode(tone_text.decode(bytes(self._speech)), self._word_ms).words
        fresh = heard[self._told :]
        self._told = len(heard)
        return [Word(word.word, self._from_ms + word.start_ms, self._from_ms + word.end_ms) for word in fresh]
