"""Clauses to mu-law: the voice's pieces in whole frames, loudness, pauses, and the shelf of known texts."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable
from dataclasses import replace

from agent.companding import linear_to_mulaw, louder, mulaw_to_linear
from agent.ports import CallContext, Voice, VoicePiece, VoiceSession
from agent.speaking.plain import close_stream
from agent.speaking.shelf import Ready, Shelf, ShelfKey
from agent.style.wording import pause_ms, pause_place
from calls.audio import FRAME_MS, MULAW_SILENCE, Encoding, mulaw_bytes
from calls.errors import EngineError
from calls.line import Line
from calls.ports import VoicedAudio, WordTime
from calls.speech import NEUTRAL, Clause, SpeechStyle

_FRAME = mulaw_bytes(FRAME_MS)
_PACES = (0.5, 2.0)
_VOLUMES = (0.0, 3.0)


class Speaker:
    """Shared by all calls of an engine. Grammar: ``prerender`` beforehand, ``open`` once per call."""

    def __init__(self, voice: Voice, shelf: Shelf | None = None) -> None:
        self._voice = voice
        self._shelf = shelf or Shelf()
        self._lasting: set[str] = set()

    @property
    def provider(self) -> str:
        """The voice, as lines name it; whoever stands in for it says so in the audio."""
        return self._voice.traits.id.partition(":")[0]

    async def prerender(self, texts: Iterable[str], style: SpeechStyle = NEUTRAL) -> int:
        """Make the audio of these texts ready; returns how many were new. Raises EngineError."""
        made = 0
        for text in dict.fromkeys(texts):
            key = self.key(text, style)
            if not _speakable(text) or self._shelf.take(key) is not None:
                continue
            mulaw, words, dropped = bytearray(), list[WordTime](), tuple[str, ...]()
            async for piece in in_frames(self._voice.speak(text, bounded(style)), text, style):
                mulaw += piece.mulaw
                words += piece.words
                dropped = dropped or piece.dropped_style
            self._shelf.put(key, Ready(bytes(mulaw), tuple(words), dropped))
            made += 1
        return made

    def keep(self, texts: Iterable[str]) -> None:
        """These are the same in every call: once one was voiced to its end, it is known beforehand."""
        self._lasting.update(texts)

    def keeps(self, clause: Clause) -> bool:
        """Whether the audio of this clause is worth keeping."""
        return clause.text in self._lasting

    def put(self, clause: Clause, pieces: Iterable[VoicedAudio]) -> None:
        """The whole audio of a clause, for the next time."""
        made = list(pieces)
        words = tuple(word for piece in made for word in piece.words)
        dropped = next((piece.dropped_style for piece in made if piece.dropped_style), ())
        key = self.key(clause.text, clause.style)
        self._shelf.put(key, Ready(b"".join(piece.mulaw for piece in made), words, dropped))

    async def warm(self, line: Line) -> None:
        """A call is about to come in on ``line``; never raises."""
        await self._voice.warm(line)

    def open(self, context: CallContext) -> CallSpeaker:
        """What speaks in one call."""
        return CallSpeaker(self, self._voice.open(context))

    def ready(self, clause: Clause) -> VoicedAudio | None:
        """The audio of a clause that needs no voice: known beforehand, or without a word in it."""
        if not _speakable(clause.text):
            return VoicedAudio(MULAW_SILENCE * _FRAME, cached=True)
        ready = self._shelf.take(self.key(clause.text, clause.style))
        if ready is None:
            return None
        return VoicedAudio(ready.mulaw, ready.words, cached=True, dropped_style=ready.dropped)

    def key(self, text: str, style: SpeechStyle) -> ShelfKey:
        """What makes two renderings the same sound with this voice."""
        renders = self._voice.traits.renders
        emotion = (style.emotion, style.intensity) if "emotion" in renders else ()
        pace = style.pace if "pace" in renders else 1.0
        sound = (emotion, pace, style.volume, style.say_as, style.pause_before_ms)
        return ShelfKey(self._voice.traits.id, text, repr(sound))


class CallSpeaker:
    """One call's. Grammar: run() around everything else; one clause at a time."""

    def __init__(self, speaker: Speaker, session: VoiceSession) -> None:
        self._speaker = speaker
        self._session = session

    async def speak(self, clause: Clause) -> AsyncIterator[VoicedAudio]:
        """The audio of a clause: whole frames of 20 ms; all at once when it is on the shelf. Raises EngineError."""
        ready = self._speaker.ready(clause)
        if ready is not None:
            yield ready
            return
        spoken = self._session.speak(clause.text, bounded(clause.style))
        made = in_frames(spoken, clause.text, clause.style, self._speaker.provider)
        keeps, kept = self._speaker.keeps(clause), list[VoicedAudio]()
        try:
            async for piece in made:
                if keeps:
                    kept.append(piece)
                yield piece
        finally:
            await close_stream(made)
        if kept:
            self._speaker.put(clause, kept)

    async def run(self) -> None:
        """Until cancelled."""
        await self._session.run()


async def in_frames(
    pieces: AsyncIterator[VoicePiece], text: str, style: SpeechStyle, provider: str = ""
) -> AsyncIterator[VoicedAudio]:
    """A voice's pieces of ``text`` cut into whole frames; the last is filled up with silence.

    ``provider`` stands for pieces which do not name who voiced them.

    Mu-law at the usual volume passes untouched. Raises EngineError for a voice that makes no sound.
    """
    lead_ms = pause_ms(style) // FRAME_MS * FRAME_MS if pause_place(text, style) == 0 else 0
    held, words, empty = MULAW_SILENCE * mulaw_bytes(lead_ms), list[WordTime](), True
    dropped = tuple[str, ...]()
    try:
        async for piece in pieces:
            held += _mulaw(piece, style.volume)
            words += _later(piece.words, lead_ms)
            dropped = dropped or piece.dropped
            provider = piece.provider or provider
            whole = len(held) - len(held) % _FRAME
            if whole and piece.samples:
                empty = False
                yield VoicedAudio(held[:whole], tuple(words), dropped_style=dropped, provider=provider)
                held, words = held[whole:], []
        if (held or words) and not (empty and len(held) <= mulaw_bytes(lead_ms)):
            empty = False
            last = held + MULAW_SILENCE * (-len(held) % _FRAME)
            yield VoicedAudio(last, tuple(words), dropped_style=dropped, provider=provider)
    finally:
        await close_stream(pieces)
    if empty:
        raise EngineError("speaking", "the voice made no sound for a text that has words")


def bounded(style: SpeechStyle) -> SpeechStyle:
    """A pace within what any ear follows."""
    return replace(style, pace=min(max(style.pace, _PACES[0]), _PACES[1]))


def _mulaw(piece: VoicePiece, volume: float) -> bytes:
    if volume == 1.0:
        return piece.samples if piece.encoding is Encoding.MULAW else linear_to_mulaw(piece.samples)
    linear = mulaw_to_linear(piece.samples) if piece.encoding is Encoding.MULAW else piece.samples
    return linear_to_mulaw(louder(linear, min(max(volume, _VOLUMES[0]), _VOLUMES[1])))


def _later(words: Iterable[WordTime], ms: int) -> list[WordTime]:
    return [WordTime(w.word, w.start_ms + ms, w.end_ms + ms) if ms else w for w in words]


def _speakable(text: str) -> bool:
    return any(character.isalnum() for character in text)
