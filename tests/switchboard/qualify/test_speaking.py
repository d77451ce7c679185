"""Voices qualified over a vendor's wire; what they say is tones, which a recognizer of these tests reads."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from pathlib import Path

import pytest

from agent import models, tone_text
from agent.ports import Recognition, Recognized
from agent.resilience.prices import read_prices
from calls.clock import LoopClock
from calls.line import Line
from calls.speech import SpeechStyle
from switchboard import settings
from switchboard.engines import vendor_session
from switchboard.loopback.elevenlabs_tts import ElevenLabsSpeech
from switchboard.loopback.speaking import KEY, Delays, Fault, Trouble
from switchboard.qualify.measures import Measured
from switchboard.qualify.providers import Bench, offline_speech
from switchboard.qualify.speaking import ReadBack, measure, read_backs
from switchboard.qualify.verdict import checks

LINE = Line("main", "+15550100", "book", "Robin", "Harbor Dental", "Hello.")
FLASH = "elevenlabs/flash"
QUICK = Delays(first_ms=20.0, piece_ms=1.0)
TEXTS = (
    ReadBack("t1", "You are booked for Tuesday"),
    ReadBack("t2", "I am sorry", SpeechStyle(emotion="apologetic", intensity=0.5)),
    ReadBack("t3", "The code is four seven one", SpeechStyle(pace=0.55)),
)


@dataclass
class ToneReader:
    """Implements ``Recognizer``; ``swaps``: a word that comes out of the voice as another."""

    swaps: tuple[str, str] = ("", "")

    async def transcribe(self, pcm16_8k: bytes, call: str = "") -> Recognition:
        words = tone_text.decode(pcm16_8k).split()
        return Recognized(" ".join(self.swaps[1] if word == self.swaps[0] else word for word in words))

    async def glimpse(self, pcm16_8k: bytes, call: str) -> Recognition | None:
        return None


def tried(
    *faults: Fault, delays: Delays = QUICK, key: str = KEY, swaps: tuple[str, str] = ("", ""), name: str = FLASH
) -> Measured:
    async def run() -> Measured:
        async with ElevenLabsSpeech(delays, faults) as server, vendor_session() as session:
            chosen = settings.read({"ELEVENLABS_API_KEY": key, "ELEVENLABS_BASE_URL": server.url})
            bench = Bench(chosen, session, LoopClock(), LINE)
            return await measure(name, bench.voice(name), TEXTS, ToneReader(swaps), bench, read_prices())

    return asyncio.run(run())


def missed(candidate: Measured, current: Measured) -> list[str]:
    return [check.name for check in checks("speaking", candidate, current) if not check.holds]


@pytest.mark.parametrize("name", [FLASH, "elevenlabs/flash-http"])
def test_a_voice_that_says_what_it_is_given(name: str) -> None:
    found = tried(name=name)
    assert (found.errors, found.words, found.share("failed")) == (0, 14, 0.0), found.answers
    first = found.latency(0.5)
    assert first is not None and first >= QUICK.first_ms
    assert found.usd is not None and found.usd > 0
    assert missed(found, found) == []


def test_a_voice_that_says_something_else() -> None:
    found = tried(swaps=("four", "five"))
    assert found.errors == 1
    assert missed(found, tried()) == ["word error"]


def test_a_voice_that_is_slow() -> None:
    assert missed(tried(delays=Delays(first_ms=480.0, piece_ms=1.0)), tried()) == ["latency p95"]


@pytest.mark.parametrize(
    ("fault", "kind"),
    [(Fault(Trouble.REFUSE, status=401, times=99), "key"), (Fault(Trouble.REFUSE, status=429, times=99), "rate")],
)
def test_a_voice_that_fails(fault: Fault, kind: str) -> None:
    found = tried(fault)
    assert {answer.failed for answer in found.answers} == {kind}
    assert "failed" in missed(found, tried())


def test_what_of_a_style_is_dropped_is_counted() -> None:
    assert tried().dropped == {"pace:0.55>0.7": 1}, "slower than this vendor speaks"


def test_the_frozen_texts_can_be_read() -> None:
    assert len(read_backs()) == 12
    assert {one.style.emotion for one in read_backs()} > {"apologetic", "cheerful", "serious"}


@pytest.mark.models
def test_the_voice_of_this_machine(tmp_path: Path) -> None:
    if faults := models.faults():
        pytest.skip(faults[0])

    async def run() -> Measured:
        chosen = settings.read({"SWITCHBOARD_VAR": "var"})
        async with vendor_session() as session, offline_speech(chosen) as speech:
            bench = Bench(chosen, session, LoopClock(), LINE, speech)
            voice, recognizer = bench.voice("offline"), bench.recognizer()
            return await measure("offline", voice, read_backs(), recognizer, bench, read_prices())

    found = asyncio.run(run())
    assert found.word_error < 20.0, found.answers
    assert found.usd == 0.0
    assert found.dropped, "it renders no emotion, and says so"
