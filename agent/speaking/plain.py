"""A call's session of a voice that has no connection to hold: on this machine, or one request per text."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator

from agent.ports import Voice, VoicePiece
from calls.speech import SpeechStyle


class PlainSession:
    """Implements ``VoiceSession`` over ``Voice.speak``; needs no run() around it."""

    def __init__(self, voice: Voice) -> None:
        self._voice = voice

    def speak(self, text: str, style: SpeechStyle) -> AsyncIterator[VoicePiece]:
        """The voice's own pieces. Raises EngineError."""
        return self._voice.speak(text, style)

    async def run(self) -> None:
        """Nothing is held; until cancelled."""
        await asyncio.Event().wait()


async def close_stream(stream: AsyncIterator[object]) -> None:
    """End an iterator that was left before its end: what it holds at a vendor is given back now, not at some time."""
    if isinstance(stream, AsyncGenerator):
        await stream.aclose()
