"""The booking call of the demo over Deepgram, Anthropic and ElevenLabs, each a loopback server speaking its wire.

`switchboard serve` in a process of its own, three keys set, every endpoint moved by the usual variable; the caller
is the twin's, over a real media socket in real time.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import re
from collections.abc import AsyncIterator
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest

from switchboard.loopback.anthropic import AnthropicServer
from switchboard.loopback.deepgram_listen import DeepgramServer
from switchboard.loopback.elevenlabs_tts import ElevenLabsSpeech
from switchboard.loopback.hearing import KEY as HEARING_KEY
from switchboard.loopback.model_server import KEY as MODEL_KEY
from switchboard.loopback.model_server import Answer, Question
from switchboard.loopback.speaking import KEY as SPEAKING_KEY
from switchboard.simulated import Habit, Persona
from telephony.twin import CallResult
from telephony.twin.web import WebNetwork
from tests.counts import count
from tests.loopback.tones import ToneEars
from tests.wire.callers import booker
from tests.wire.process import LINES, QUICK_WORD_MS, Server, environment, switchboard, twin_of

pytestmark = pytest.mark.wire

STAGES = """
    hearing: {hearing}
    understanding: anthropic/claude-haiku-5-5
    speaking: elevenlabs/flash
    limits:
      call_usd: 1.00
"""


OWN_WORDS = "Whatever gets rid of coffee stains, I guess."


def answer(question: Question) -> Answer:
    """A model of few words: it knows what a caller of these tests means."""
    said = question.messages[-1][1].lower() if question.messages else ""
    schema = json.dumps(question.schema)
    commands: list[dict[str, object]] = []
    if "coffee" in said and '"service"' in schema:
        commands.append({"do": "tell", "slot": "service", "value": "cleaning", "words": "coffee stains"})
    if (day := re.search(r"\b(mon|tues|wednes|thurs|fri)day\b", said)) and '"day"' in schema:
        commands.append({"do": "tell", "slot": "day", "value": day[0], "words": day[0]})
    if (name := re.search(r"\banna miller\b", said)) and '"name"' in schema:
        commands.append({"do": "tell", "slot": "name", "value": name[0].title(), "words": name[0]})
    if re.search(r"\byes\b", said):
        commands.append({"do": "yes"})
    return Answer(json.dumps({"commands": commands or [{"do": "unclear"}], "reply": ""}))


@dataclass
class Vendors:
    """All three, and what they were asked."""

    hearing: DeepgramServer = field(default_factory=lambda: DeepgramServer(lambda: ToneEars(QUICK_WORD_MS)))
    thinking: AnthropicServer = field(default_factory=lambda: AnthropicServer(answer))
    speaking: ElevenLabsSpeech = field(default_factory=ElevenLabsSpeech)

    @contextlib.asynccontextmanager
    async def serving(self) -> AsyncIterator[dict[str, str]]:
        """The settings that lead to them."""
        async with self.hearing.serving(), self.thinking, self.speaking:
            yield {
                "DEEPGRAM_API_KEY": HEARING_KEY,
                "DEEPGRAM_BASE_URL": self.hearing.url,
                "ANTHROPIC_API_KEY": MODEL_KEY,
                "ANTHROPIC_BASE_URL": self.thinking.url,
                "ELEVENLABS_API_KEY": SPEAKING_KEY,
                "ELEVENLABS_BASE_URL": self.speaking.url,
            }


def caller() -> Persona:
    """The booking caller, who asks for a cleaning in words that no grammar has."""
    persona = booker()
    habits = [Habit(h.hears, OWN_WORDS) if h.hears == "cleaning, a check" else h for h in persona.habits]
    return replace(persona, habits=habits)


def lines(folder: Path, hearing: str) -> str:
    path = folder / "lines.yaml"
    head = re.sub(r"\n    limits: .*", "", LINES.rstrip())
    path.write_text(head + STAGES.format(hearing=hearing))
    return str(path)


async def book(folder: Path, stores: dict[str, str], hearing: str) -> tuple[CallResult, Vendors, str, str]:
    vendors = Vendors()
    async with vendors.serving() as moved:
        more = stores | moved | {"SWITCHBOARD_LINES": lines(folder, hearing)}
        server = Server(folder / "var", more=more)
        async with server, WebNetwork() as network:
            result = await twin_of(server.url, network).place_call(
                to="+15550100", from_="+12125550142", script=caller()
            )
        env = environment(server.var, server.port, **more)
        told = await switchboard("transcript", result.call_sid, env=env, folder=folder)
    assert told.code == 0, told.err
    return result, vendors, told.out, server.story


@pytest.mark.parametrize("hearing", ["deepgram/flux", "deepgram/nova-3"][: count(2, 1)])
def test_a_booking_over_three_vendors(folder: Path, stores: dict[str, str], hearing: str) -> None:
    result, vendors, transcript, story = asyncio.run(book(folder, stores, hearing))

    assert not result.gave_up, f"{result.gave_up}\n{transcript}\n{story}"
    assert "You are booked" in transcript, transcript
    (log,) = [log for log in vendors.hearing.logs if log.audio_bytes]
    assert log.audio_bytes / 8_000 > 20, "the call's audio went to Deepgram"
    assert log.path == ("/v2/listen" if hearing == "deepgram/flux" else "/v1/listen")
    assert vendors.thinking.received, "what the grammar does not settle was asked of Claude"
    assert vendors.speaking.log.spoken, "ElevenLabs spoke"
    assert vendors.speaking.log.violations == []
    for key in (HEARING_KEY, MODEL_KEY, SPEAKING_KEY):
        assert key not in story
