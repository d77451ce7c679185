"""What is particular to a vendor's wire: contexts, speeds, keeping alive; and that the SDKs' types agree with ours."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest

from agent.providers.config import ProviderConfig
from agent.providers.elevenlabs import speaking as elevenlabs
from agent.speaking.wire import VoiceLimits
from calls.clock import LoopClock
from calls.errors import ConfigurationError
from calls.line import Term
from calls.signals import ProviderNoticed
from calls.speech import NEUTRAL, SpeechStyle
from switchboard.loopback.elevenlabs_tts import ElevenLabsSpeech
from switchboard.loopback.speaking import Delays
from tests.contracts.speaking.cases import (
    AURA,
    FAST,
    FLUX,
    HTTP,
    LIMITS,
    SOCKET,
    SOCKETS,
    VENDORS,
    Kind,
    named,
    speaking,
)  # fmt: skip

WARM = SpeechStyle(emotion="warm")


def test_a_context_serves_clauses_of_one_style_in_a_row() -> None:
    async def scene() -> None:
        async with speaking(SOCKET) as call:
            for text, style in [("One", NEUTRAL), ("two", NEUTRAL), ("three", WARM), ("four", WARM), ("five", NEUTRAL)]:
                assert (await call.say(text, style)).text == text
            used = [m["context_id"] for m in call.vendor.log.requests if m.get("flush")]
            assert used == ["c1", "c1", "c2", "c2", "c3"]
            closed = [m["context_id"] for m in call.vendor.log.requests if m.get("close_context")]
            assert closed == ["c1", "c2"]
            opened = [m for m in call.vendor.log.requests if m.get("text") == " "]
            assert [m["voice_settings"]["stability"] for m in opened] == [0.5, 0.4, 0.5]

    asyncio.run(scene())


def test_never_more_than_five_contexts_however_often_it_is_cut() -> None:
    async def scene() -> None:
        # A flushed text is sent on after its context was closed, so contexts linger: 40 pieces of 10 ms each.
        async with speaking(SOCKET, delays=Delays(5, 10, 100)) as call:
            for n in range(12):
                await call.say_until("a long sentence that takes its time to be sent to its end", 1)
                assert (await call.say(f"now {n}", replace(NEUTRAL, intensity=n / 12))).text == f"now {n}"
            assert call.vendor.log.violations == []

    asyncio.run(scene())


def test_a_silent_socket_is_kept_and_speaks_on() -> None:
    class Impatient(ElevenLabsSpeech):
        idle_s = 0.5

    async def scene() -> None:
        kind = replace(SOCKET, server=Impatient)
        async with speaking(kind, limits=replace(LIMITS, keep_alive_ms=100)) as call:
            await call.say("One")
            await call.vendor.until(lambda log: sum(m.get("text") == "" for m in log.requests) >= 12)
            assert (await call.say("Two")).text == "Two"
            await call.say_until("three is cut off here", 1)
            await call.vendor.until(lambda log: sum(m.get("text") == "" for m in log.requests) >= 24)
            assert (await call.say("Four")).text == "Four"
            assert call.vendor.log.connections == 1

    asyncio.run(scene())


def test_a_socket_closed_for_inactivity_is_opened_again_for_the_next_clause() -> None:
    class Impatient(ElevenLabsSpeech):
        idle_s = 0.05

    async def scene() -> None:
        async with speaking(replace(SOCKET, server=Impatient)) as call:
            await call.vendor.until(lambda log: log.closed == 1)
            assert (await call.say("One")).text == "One"

    asyncio.run(scene())


def test_aura_has_a_connection_for_each_speed_and_flux_is_told() -> None:
    slow = SpeechStyle(pace=0.8)

    async def scene(kind: Kind) -> tuple[int, list[str], list[dict[str, object]]]:
        async with speaking(kind) as call:
            for style in (NEUTRAL, slow, slow, NEUTRAL, SpeechStyle(pace=1.3)):
                assert (await call.say("So it is", style)).text == "So it is"
            log = call.vendor.log
            assert log.violations == []
            speeds = [query.get("speed", "1") for query in log.queries]
            return log.connections, speeds, [m for m in log.requests if m["type"] == "Configure"]

    assert asyncio.run(scene(AURA)) == (3, ["1", "0.8", "1.3"], [])
    told = [{"type": "Configure", "speed": speed} for speed in (0.8, 1.0, 1.3)]
    assert asyncio.run(scene(FLUX)) == (1, ["1"], told)


@pytest.mark.parametrize("kind", VENDORS, ids=named)
def test_terms_are_respelled_and_what_cannot_be_is_told(kind: Kind) -> None:
    terms = [Term("Invisalign", say="in-VIZ-uh-line"), Term("Zoë", ipa="ˈzoʊi")]

    async def scene() -> None:
        async with speaking(kind, vocabulary=terms) as call:
            assert (await call.say("Is it Invisalign")).text == "Is it in-VIZ-uh-line"
            assert call.voice.traits.unused_terms == ("Zoë",)
            assert ProviderNoticed("speaking", kind.name, "unused", "1 pronunciations") in call.signals

    asyncio.run(scene())


@pytest.mark.parametrize("kind", [SOCKET, HTTP], ids=named)
def test_word_times_go_on_across_pieces(kind: Kind) -> None:
    async def scene() -> None:
        # 130 ms cut every word of 300 ms into pieces.
        async with speaking(kind, delays=replace(FAST, piece_audio_ms=130)) as call:
            words = (await call.say("one two three four")).words
            assert [(w.word, round(w.start_ms, -1), round(w.end_ms, -1)) for w in words] == [
                ("one", 0, 300), ("two", 300, 600), ("three", 600, 900), ("four", 900, 1200),
            ]  # fmt: skip

    asyncio.run(scene())


def test_every_message_is_one_the_sdks_know() -> None:
    """Their types are the only thing here that the vendors wrote themselves."""
    from deepgram.speak.v1 import types as aura
    from deepgram.speak.v2 import types as flux
    from elevenlabs.types.websocket_tts_client_message_multi import WebsocketTtsClientMessageMulti

    known = {
        AURA: {"Speak": aura.SpeakV1Text, "Flush": aura.SpeakV1Flush, "Clear": aura.SpeakV1Clear,
               "Close": aura.SpeakV1Close},
        FLUX: {"Speak": flux.SpeakV2Speak, "Flush": flux.SpeakV2Flush, "Interrupt": flux.SpeakV2Interrupt,
               "Configure": flux.SpeakV2Configure, "Close": flux.SpeakV2Close},
    }  # fmt: skip

    async def scene(kind: Kind) -> list[dict[str, object]]:
        async with speaking(kind, delays=Delays(5, 15, 200)) as call:
            await call.say("One", WARM)
            await call.say_until("two is cut after its first piece", 1)
            await call.say("Three", SpeechStyle(pace=0.8))
            call.running.cancel()
            await call.vendor.until(lambda log: log.closed >= log.connections)
            return call.vendor.log.requests

    for kind in SOCKETS:
        for message in asyncio.run(scene(kind)):
            if kind is SOCKET:
                fields = set(WebsocketTtsClientMessageMulti.model_fields)
                WebsocketTtsClientMessageMulti.model_validate(message)
                assert message.keys() <= fields
            else:
                model = known[kind][str(message["type"])]
                model.model_validate(message)
                assert message.keys() <= set(model.model_fields)


def _config(model: str) -> ProviderConfig:
    return ProviderConfig(f"elevenlabs/{model}", model, "default", "en-US", "", None, LoopClock())  # type: ignore[arg-type]


@pytest.mark.parametrize("model", ["v3", "eleven_v4_turbo", "flesh"])
def test_a_model_the_socket_does_not_serve_is_refused_at_the_start(model: str) -> None:
    with pytest.raises(ConfigurationError, match=f"elevenlabs/{model}"):
        elevenlabs.make(_config(model))


def test_limits_are_those_of_a_phone_call() -> None:
    limits = VoiceLimits()
    assert limits.first_ms < 800, "another voice goes on within 800 ms"
    assert limits.keep_alive_ms * 1.5 < 20_000, "ElevenLabs closes after 20 s"
