"""The voice that ships, in a call: the same promises as every other."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from agent import models
from agent.offline_parts import OfflineVoice
from agent.ports import CallContext
from agent.speaking.plain import close_stream
from calls.clock import LoopClock
from calls.line import Term
from calls.speech import NEUTRAL, SpeechStyle
from tests.contracts.speaking.cases import LINE, Heard

pytestmark = pytest.mark.models
CACHE = Path(__file__).resolve().parents[3] / "var" / "models"
TEXT = "You can come at nine on Tuesday."


@asynccontextmanager
async def speaking() -> AsyncIterator[OfflineVoice]:
    from agent.offline.workers import OfflineSpeech

    speech = OfflineSpeech()
    await speech.start(CACHE)
    try:
        yield OfflineVoice(speech, vocabulary=[Term("Xq", ipa="x")])
    finally:
        await speech.aclose()


def test_the_offline_voice_keeps_the_contract() -> None:
    if faults := models.faults():
        pytest.skip(faults[0])

    async def scene() -> None:
        async with speaking() as voice:
            session = voice.open(CallContext("c", LINE, LoopClock(), lambda _signal: None))

            async def say(text: str, style: SpeechStyle = NEUTRAL) -> Heard:
                heard = Heard()
                async for piece in session.speak(text, style):
                    heard.add(piece)
                return heard

            usual, slow = await say(TEXT), await say(TEXT, SpeechStyle(emotion="warm", pace=0.8))
            assert 150 <= usual.ms / len(TEXT.split()) <= 450
            assert [word.word for word in usual.words] == TEXT.split()
            times = [at for word in usual.words for at in (word.start_ms, word.end_ms)]
            assert times == sorted(times)
            assert times[-1] <= usual.ms
            assert slow.ms > 1.1 * usual.ms
            assert slow.dropped == ("emotion:warm",)
            left = session.speak(TEXT, NEUTRAL)
            await anext(left)
            await close_stream(left)
            assert (await say(TEXT)).mulaw == usual.mulaw
            assert voice.traits.unused_terms == ("Xq",)

    asyncio.run(scene())
