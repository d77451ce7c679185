"""Real adapters that lose their vendor in mid-call, with another vendor's adapter behind them: on virtual time."""

from __future__ import annotations

import asyncio
import json
from contextlib import AsyncExitStack
from functools import cache
from itertools import permutations

import aiohttp
import pytest

from agent.providers.anthropic.model import make as make_claude
from agent.providers.config import ProviderConfig
from agent.providers.openai.model import make as make_chat
from agent.providers.registry import make_speaking
from agent.resilience.breakers import Breakers
from agent.resilience.candidates import Candidate
from agent.resilience.hearing import ResilientHearing
from agent.resilience.speaking import ResilientVoice
from agent.resilience.thinking import ResilientModel
from agent.scripted import scripted_words
from agent.thinking.model import FormGrew, ModelStopped
from calls.errors import EngineError
from calls.signals import CallerSaid, ProviderNoticed, SpeechBegan, SpeechFaded
from calls.speech import NEUTRAL
from calls.virtual_time import run_virtual
from switchboard.loopback.anthropic import AnthropicServer
from switchboard.loopback.elevenlabs_tts import ElevenLabsSpeech
from switchboard.loopback.hearing import Fault, Trouble
from switchboard.loopback.model_server import Answer
from switchboard.loopback.model_server import Fault as Model
from switchboard.loopback.speaking import KEY as SPEAKING_KEY
from switchboard.loopback.speaking import Delays
from switchboard.loopback.speaking import Fault as Speech
from switchboard.loopback.speaking import Trouble as Speaks
from tests.agent.resilience.faults import Told, context
from tests.contracts.hearing.stand import CLOCK, VENDORS, hearing_of, server_of
from tests.contracts.thinking.models import ASKED, FORM, SECRET
from tests.counts import count
from tests.loopback.deepgram_speak import DeepgramSpeech
from tests.loopback.openai_chat import OpenAIServer
from tests.loopback.tape import Tape, TapeEars

PHRASES = ((600.0, "a cleaning on Tuesday please"), (5_000.0, "nine in the morning"), (9_400.0, "Anna Miller"))
LENGTH_MS = 14_000.0
TROUBLES = {
    "refuse": Fault(Trouble.REFUSE, status=429),
    "unpaid": Fault(Trouble.REFUSE, status=402),
    "lose": Fault(Trouble.LOSE),
    "close": Fault(Trouble.CLOSE, code=1011),
    "error": Fault(Trouble.ERROR, text="NET-0000"),
    "garbage": Fault(Trouble.GARBAGE, count=60),
    "mute": Fault(Trouble.MUTE),
}
MOMENTS = tuple(range(0, 12_000, 100))


async def play(first: str, second: str, fault: Fault | None) -> tuple[Told, EngineError | None]:
    """The tape, heard by one with the other behind it."""
    tape, told = Tape(PHRASES, LENGTH_MS), Told()
    failed: EngineError | None = None
    servers = [
        server_of(first, lambda: TapeEars(tape), faults=[fault] if fault else []),
        server_of(second, lambda: TapeEars(tape)),
    ]
    async with AsyncExitStack() as stack:
        dials = [await stack.enter_async_context(server.network()) for server in servers]
        candidates = [
            Candidate(name, hearing_of(name, dial)) for name, dial in zip((first, second), dials, strict=True)
        ]
        session = ResilientHearing(candidates, Breakers(told.clock)).open(context(told))

        async def call() -> None:
            nonlocal failed
            try:
                await session.run(told)
            except EngineError as why:
                failed = why

        async with asyncio.TaskGroup() as group:
            running = group.create_task(call())
            for frame in tape.frames():
                await told.clock.sleep_until_ms(frame.ends_ms)
                session.hear(frame)
            await told.clock.sleep_ms(2_500)
            running.cancel()
    return told, failed


@cache
def undisturbed(first: str, second: str) -> list[str]:
    """What is heard when nothing fails."""
    plain, _ = run_virtual(play(first, second, None))
    return [said.heard.text.strip(".").lower() for said in plain.of(CallerSaid)]


@pytest.mark.parametrize(("first", "second"), list(permutations(VENDORS, 2)))
@pytest.mark.parametrize("trouble", TROUBLES)
def test_no_word_is_lost_or_comes_twice_between_two_vendors(first: str, second: str, trouble: str) -> None:
    whole = undisturbed(first, second)
    assert " ".join(whole) == " ".join(phrase.lower() for _, phrase in PHRASES)
    seed = sorted(TROUBLES).index(trouble) * 7 + list(permutations(VENDORS, 2)).index((first, second))
    for number in range(count(20, 2)):
        after_ms = 0.0 if trouble in ("refuse", "unpaid") else float(MOMENTS[(seed + number * 37) % len(MOMENTS)])
        fault = TROUBLES[trouble]
        struck = Fault(
            fault.trouble, after_ms, status=fault.status, code=fault.code, text=fault.text, count=fault.count
        )
        told, failed = run_virtual(play(first, second, struck))
        heard = " ".join(said.heard.text.strip(".").lower() for said in told.of(CallerSaid))
        assert failed is None
        assert heard == " ".join(whole), (after_ms, told.of(ProviderNoticed))
        assert len(told.of(SpeechBegan)) == len(told.of(CallerSaid)) + len(told.of(SpeechFaded))


# --- voices and models, over sockets on loopback --------------------------------------------------------


SPOKEN = "You are booked on Tuesday at nine in the morning and we look forward to seeing you"
VOICES = {
    "refuse": Speech(Speaks.REFUSE, status=401),
    "silent": Speech(Speaks.SILENT),
    "lose at once": Speech(Speaks.LOSE, after=0),
    "lose": Speech(Speaks.LOSE, after=4),
    "stall": Speech(Speaks.STALL, after=3),
    "error": Speech(Speaks.ERROR, after=2, error="quota_exceeded"),
    "garbage": Speech(Speaks.GARBAGE, after=2),
}


@pytest.mark.parametrize("trouble", VOICES)
def test_another_vendors_voice_goes_on_with_the_sentence(trouble: str) -> None:
    async def scene() -> tuple[str, Told]:
        told, fault = Told(), VOICES[trouble]
        fast = Delays(first_ms=10, piece_ms=2)
        servers = ElevenLabsSpeech(fast, [fault, fault]), DeepgramSpeech(fast)
        async with servers[0], servers[1], aiohttp.ClientSession() as session:
            made = [
                Candidate(
                    name,
                    make_speaking(
                        ProviderConfig(name, model, "default", "en-US", server.url, session, CLOCK, SPEAKING_KEY)
                    ),
                )
                for (name, model), server in zip(
                    (("elevenlabs/flash", "flash"), ("deepgram/aura-2", "aura-2")), servers, strict=True
                )
            ]
            voice = ResilientVoice(made, Breakers(told.clock)).open(context(told))
            mulaw = b""
            async with asyncio.TaskGroup() as group:
                running = group.create_task(voice.run())
                async for piece in voice.speak(SPOKEN, NEUTRAL):
                    mulaw += piece.samples
                running.cancel()
        return scripted_words(mulaw), told

    heard, told = asyncio.run(scene())
    words, place = SPOKEN.split(), 0
    for word in heard.split():
        place += word == words[min(place, len(words) - 1)]
    assert place == len(words), heard
    assert ("switched", "deepgram/aura-2") in [(n.kind, n.to) for n in told.of(ProviderNoticed)]
    assert SPEAKING_KEY not in str(told.signals)


@pytest.mark.parametrize(
    "fault",
    [Model.KEY, Model.PAYMENT, Model.RATE, Model.OVERLOADED, Model.SILENT, Model.MID_STREAM, Model.RESET, Model.STALL],
)
@pytest.mark.parametrize(("first", "second"), [("anthropic", "openai"), ("openai", "anthropic")])
def test_another_vendors_model_answers_in_the_same_turn(first: str, second: str, fault: Model) -> None:
    made = {"anthropic": (AnthropicServer, make_claude), "openai": (OpenAIServer, make_chat)}

    async def scene() -> tuple[str, Told]:
        told, text = Told(), ""
        broken = made[first][0](lambda _: Answer(FORM), faults=fault, first_ms=20.0)
        well = made[second][0](lambda _: Answer(FORM), first_ms=20.0)
        async with broken, well, aiohttp.ClientSession() as session:
            candidates = []
            for name, server in ((first, broken), (second, well)):
                config = ProviderConfig(f"{name}/m", "m", "", "en-US", server.url, session, CLOCK, server.key)
                candidates.append(Candidate(f"{name}/m", made[name][1](config)))
            model = ResilientModel(candidates, Breakers(told.clock))
            for _ in range(2):
                text = ""
                try:
                    async for event in model.stream(ASKED, context(told)):
                        if isinstance(event, ModelStopped):
                            return text, told
                        text += event.json if isinstance(event, FormGrew) else event.text
                except EngineError:
                    continue
        return text, told

    text, told = asyncio.run(scene())
    assert json.loads(text) == json.loads(FORM)
    notices = told.of(ProviderNoticed)
    assert any(notice.kind in ("failed", "hedged") and notice.provider == f"{first}/m" for notice in notices)
    assert SECRET not in str(told.signals)
