"""The cascade over the real recognizer, detector, voice and similarity: a synthetic caller on a telephone line."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from agent import models
from agent.companding import linear_to_mulaw
from calls.audio import AudioFrame
from calls.line import Line
from calls.signals import CallerSaid, Signal, SpeechBegan, SpeechFaded
from calls.speech import Clause
from tests.agent.understanding.booking import FACTS, asking, short

CACHE = Path(__file__).resolve().parents[3] / "var" / "models"
LINE = Line("main", "+15550100", "book", "Robin", "Harbor Dental", "Thank you for calling.")
TURNS = [
    ("A cleaning on Thursday at three.", "service", ["+date=2026-03-12", "+service=cleaning", "+time=15:00"]),
    ("No, make it Friday please.", "time", ["~date=2026-03-13"]),
    ("Could I speak to a person, please?", "name", ["AskHuman"]),
]


@pytest.mark.models
def test_a_caller_is_heard_understood_and_answered() -> None:
    if faults := models.faults():
        pytest.skip(faults[0])
    asyncio.run(_call())


async def _call() -> None:
    from agent.offline.silero import SileroModel
    from agent.offline.workers import OfflineSpeech
    from agent.offline_parts import offline_engine

    speech = OfflineSpeech()
    await speech.start(CACHE)
    try:
        engine = await offline_engine(speech, SileroModel.load())
        assert await engine.prerender([LINE.greeting]) == 1
        session = engine.open(LINE, 0.0)
        signals: asyncio.Queue[Signal] = asyncio.Queue()
        async with asyncio.TaskGroup() as group:
            running = group.create_task(session.run(signals.put_nowait))
            at_ms = 0.0
            for text, step, expected in TURNS:
                guidance = asking(step, "service", "date") if step != "service" else asking(step)
                session.expect(guidance)
                spoken = await speech.synthesize(text)
                audio = b"\xff" * 8000 + linear_to_mulaw(spoken.pcm16) + b"\xff" * 16_000
                for start in range(0, len(audio) - 159, 160):
                    session.hear(AudioFrame(audio[start : start + 160], at_ms))
                    at_ms += 20.0
                heard = await _said(signals)
                understood = await session.understand(1, heard.heard, guidance, FACTS)
                assert sorted(short(c) for c in understood.commands) == expected, heard.heard.text
            running.cancel()
        pieces = [piece async for piece in session.voice(Clause("g.1", LINE.greeting))]
        assert pieces[0].cached
        fresh = [piece async for piece in session.voice(Clause("r.1", "What day would you like to come in?"))]
        assert [word.word for piece in fresh for word in piece.words][:2] == ["What", "day"]
        assert sum(len(piece.mulaw) for piece in fresh) > 8000
    finally:
        await speech.aclose()


async def _said(signals: asyncio.Queue[Signal]) -> CallerSaid:
    began = False
    while True:
        async with asyncio.timeout(20):
            signal = await signals.get()
        began = began or isinstance(signal, SpeechBegan)
        assert not isinstance(signal, SpeechFaded)
        if isinstance(signal, CallerSaid):
            assert began
            return signal
