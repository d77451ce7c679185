"""Clauses to mu-law: the voice's pieces in whole frames, loudness, style, and the shelf of known texts."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Iterable
from dataclasses import replace

from agent.companding import linear_to_mulaw, louder
from agent.ports import Voice
from agent.speaking.shelf import Ready, Shelf, ShelfKey
from calls.audio import FRAME_MS, MULAW_SILENCE, mulaw_bytes
from calls.errors import EngineError
from calls.ports import VoicedAudio, WordTime
from calls.speech import NEUTRAL, Clause, SpeechStyle
from spoken import say_code, words_for_digits

_FRAME = mulaw_bytes(FRAME_MS)
_PACES = (0.5, 2.0)
_VOLUMES = (0.0, 3.0)
_DIGITS = re.compile(r"\d(?:[\d ().-]*\d)?")
_CODE = re.compile(r"\b(?=[A-Z0-9-]*\d)[A-Z0-9]+(?:-[A-Z0-9]+)*\b")


class Speaker:
    """Shared by all calls of an engine. Grammar: ``prerender`` beforehand, ``speak`` at any time."""

    def __init__(self, voice: Voice, shelf: Shelf | None = None) -> None:
        self._voice = voice
        self._shelf = shelf or Shelf()

    async def prerender(self, texts: Iterable[str], style: SpeechStyle = NEUTRAL) -> int:
        """Make the audio of these texts ready; returns how many were new. Raises EngineError."""
        made = 0
        for text in dict.fromkeys(texts):
            key = self._key(text, style)
            if not _speakable(text) or self._shelf.take(key) is not None:
                continue
            mulaw, words = bytearray(), list[WordTime]()
            async for piece in self._render(text, style):
                mulaw += piece.mulaw
                words += piece.words
            self._shelf.put(key, Ready(bytes(mulaw), tuple(words)))
            made += 1
        return made

    async def speak(self, clause: Clause) -> AsyncIterator[VoicedAudio]:
        """The audio of a clause: whole frames of 20 ms; all at once when it is on the shelf. Raises EngineError."""
        dropped = self.dropped(clause.style)
        if not _speakable(clause.text):
            yield VoicedAudio(MULAW_SILENCE * _FRAME, cached=True, dropped_style=dropped)
            return
        ready = self._shelf.take(self._key(clause.text, clause.style))
        if ready is not None:
            yield VoicedAudio(ready.mulaw, ready.words, cached=True, dropped_style=dropped)
            return
        async for piece in self._render(clause.text, clause.style):
            yield replace(piece, dropped_style=dropped)

    def dropped(self, style: SpeechStyle) -> tuple[str, ...]:
        """What of a style this voice cannot render."""
        renders = self._voice.traits.renders
        asked = {
            f"emotion:{style.emotion}": style.emotion != NEUTRAL.emotion and "emotion" not in renders,
            "pace": style.pace != NEUTRAL.pace and "pace" not in renders,
        }
        return tuple(name for name, lost in asked.items() if lost)

    def _key(self, text: str, style: SpeechStyle) -> ShelfKey:
        renders = self._voice.traits.renders
        emotion = (style.emotion, style.intensity) if "emotion" in renders else ()
        pace = style.pace if "pace" in renders else 1.0
        return ShelfKey(self._voice.traits.id, text, repr((emotion, pace, style.volume, style.say_as)))

    async def _render(self, text: str, style: SpeechStyle) -> AsyncIterator[VoicedAudio]:
        """The voice's pieces cut into whole frames; the last is filled up with silence."""
        held = b""
        words: list[WordTime] = []
        bounded = replace(style, pace=min(max(style.pace, _PACES[0]), _PACES[1]))
        empty = True
        async for piece in self._voice.speak(as_said(text, style), bounded):
            held += linear_to_mulaw(_at_volume(piece.pcm16_8k, style.volume))
            words += piece.words
            whole = len(held) - len(held) % _FRAME
            if whole:
                empty = False
                yield VoicedAudio(held[:whole], tuple(words))
                held, words = held[whole:], []
        if held or words:
            empty = False
            yield VoicedAudio(held + MULAW_SILENCE * (-len(held) % _FRAME), tuple(words))
        if empty:
            raise EngineError("speaking", "the voice made no sound for a text that has words")


def _at_volume(pcm16: bytes, volume: float) -> bytes:
    if volume == 1.0:
        return pcm16
    return louder(pcm16, min(max(volume, _VOLUMES[0]), _VOLUMES[1]))


def _speakable(text: str) -> bool:
    return any(character.isalnum() for character in text)


def as_said(text: str, style: SpeechStyle) -> str:
    """Digits and codes in words where the style asks for it: a voice alone may swallow a "0"."""
    if style.say_as == "digits":
        return _DIGITS.sub(lambda found: words_for_digits(found.group()), text)
    if style.say_as == "code":
        return _CODE.sub(lambda found: say_code(found.group()), text)
    return text
