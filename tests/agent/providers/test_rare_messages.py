"""What vendors say seldom, and what each of it means: one test per trap of their documentation."""

from __future__ import annotations

import asyncio
import json
from dataclasses import replace
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from agent.hearing.stream.audio import CallAudio
from agent.hearing.stream.socket import Closed, Handshake, dial_through
from agent.hearing.stream.wire import Now, Unknown, VendorFault
from agent.providers.anthropic.reading import AnswerReader
from agent.providers.config import ProviderConfig
from agent.providers.deepgram.flux import FluxWire as FluxEar
from agent.providers.deepgram.nova import NovaWire
from agent.providers.deepgram.speaking_wire import FluxWire as FluxVoice
from agent.providers.elevenlabs.scribe import ScribeWire
from agent.providers.openai.reading import CompletionReader
from agent.providers.sse import ServerEvent
from agent.speaking.wire import Broken, Done
from agent.style.render.rendering import Rendering
from agent.thinking.model import Message, ModelRequest, ModelStopped
from calls.clock import LoopClock
from calls.errors import ProviderError
from calls.line import Line
from calls.signals import CallerSaid, Signal

LINE = Line("main", "+15550100", "book", "Robin", "Harbor Dental", "Hello.")
CONFIG = ProviderConfig("v/m", "flux", "default", "en-US", "", None, LoopClock(), "k")  # type: ignore[arg-type]  # opens nothing
ASKED = ModelRequest((), (Message("caller", "Hello?"),))
NOW = Now(5_000.0, 5_000.0)


def heard(wire: Any, *messages: dict[str, Any]) -> list[Signal]:
    """What a call is told after a second of audio and these messages."""
    audio = CallAudio()
    for n in range(250):
        audio.add(20.0 * n, b"\xff" * 160)
    wire.begin(audio, NOW)
    while audio.take(20.0, 240.0):
        pass
    for message in messages:
        wire.take(json.dumps(message), NOW)
    told: list[Signal] = wire.telling.take()
    return told


def results(text: str, *, final: bool, pauses: bool = False) -> dict[str, Any]:
    words = [
        {"word": w, "start": 1.0 + n * 0.3, "end": 1.3 + n * 0.3, "confidence": 0.9} for n, w in enumerate(text.split())
    ]
    best = {"transcript": text, "confidence": 0.9, "words": words}
    return {
        "type": "Results", "start": 1.0, "duration": 2.0, "is_final": final, "speech_final": pauses,
        "channel": {"alternatives": [best]},
    }  # fmt: skip


# --- hearing ------------------------------------------------------------------------------------------------


def test_noise_that_holds_novas_ear_open_ends_with_its_utterance() -> None:
    spoken = results("a table for four please", final=True)
    assert not any(isinstance(signal, CallerSaid) for signal in heard(NovaWire(CONFIG, LINE), spoken))
    ended = heard(NovaWire(CONFIG, LINE), spoken, {"type": "UtteranceEnd", "channel": [0, 1], "last_word_end": 2.5})
    assert [signal.heard.text for signal in ended if isinstance(signal, CallerSaid)] == ["a table for four please"]


@pytest.mark.parametrize("kind", ["session_started", "warning", "commit_throttled", "insufficient_audio_activity"])
def test_what_scribe_says_beside_words_is_no_fault(kind: str) -> None:
    assert heard(ScribeWire(CONFIG, LINE), {"message_type": kind, "error": "some words of theirs"}) == []


@pytest.mark.parametrize(
    ("code", "kind"),
    [
        ("queue_overflow", "overloaded"), ("session_time_limit_exceeded", "lost"), ("input_error", "request"),
        ("chunk_size_exceeded", "request"), ("transcriber_error", "overloaded"), ("unaccepted_terms", "key"),
    ],
)  # fmt: skip
def test_what_scribe_cannot_go_on_with_has_its_kind(code: str, kind: str) -> None:
    with pytest.raises(VendorFault) as caught:
        heard(ScribeWire(CONFIG, LINE), {"message_type": code, "error": "a caller's words"})
    assert (caught.value.kind, caught.value.detail) == (kind, code)


def test_scribes_redacted_words_are_not_taken_for_a_second_turn() -> None:
    with pytest.raises(Unknown):
        heard(ScribeWire(CONFIG, LINE), {"message_type": "redacted_transcript", "text": "my number is [PHONE]"})


@pytest.mark.parametrize(
    ("locale", "model", "hint"), [("en-GB", "flux-general-en", None), ("es-US", "flux-general-multi", ["es"])]
)
def test_flux_is_asked_for_its_model_of_the_language(locale: str, model: str, hint: list[str] | None) -> None:
    asked = parse_qs(urlsplit(FluxEar(CONFIG, replace(LINE, locale=locale)).handshake().url).query)
    assert (asked["model"], asked.get("language_hint")) == ([model], hint)
    assert (asked["encoding"], asked["sample_rate"], asked["mip_opt_out"]) == (["mulaw"], ["8000"], ["true"])
    assert 0.3 <= float(asked["eager_eot_threshold"][0]) <= 0.9 and 0.5 <= float(asked["eot_threshold"][0]) <= 1.0


def test_no_socket_offers_compression_and_every_message_has_a_limit() -> None:
    asked: dict[str, Any] = {}

    class Session:
        async def ws_connect(self, url: str, **how: Any) -> None:
            asked.update(how)

    asyncio.run(dial_through(Session())(Handshake("wss://vendor.example")))  # type: ignore[arg-type]  # all that is used
    assert asked["compress"] == 0 and asked["max_msg_size"] > 0


# --- speaking -----------------------------------------------------------------------------------------------


def test_a_text_flux_finds_no_words_in_is_done_and_a_speed_it_has_not_is_asked_for_once() -> None:
    wire = FluxVoice()
    wire.begin(Rendering("...", {"speed": 0.8}))
    refused = {"type": "ConfigureFailure", "code": "SPEED_NOT_SUPPORTED", "field": "speed", "value": 0.8}
    assert wire.receive(json.dumps(refused)) == []
    assert wire.receive(json.dumps({"type": "Warning", "code": "NO_SYNTHESIZABLE_TEXT"})) == [Done()]
    assert not any("Configure" in message for message in wire.begin(Rendering("Hello.", {"speed": 1.2})))


@pytest.mark.parametrize(
    ("closed", "kind"), [(Closed(1011, "NET-0001"), "lost"), (Closed(1006), "lost"), (Closed(1009), "request")]
)
def test_how_a_speaking_socket_ends_has_its_kind(closed: Closed, kind: str) -> None:
    broken = FluxVoice().closed(closed)
    assert isinstance(broken, Broken) and broken.kind == kind


# --- thinking -----------------------------------------------------------------------------------------------


def anthropic_stop(reason: str) -> ModelStopped:
    told = {"type": "message_delta", "delta": {"stop_reason": reason}, "usage": {"output_tokens": 3}}
    reader = AnswerReader("v/m", "")
    assert list(reader.read(ServerEvent("message_delta", json.dumps(told)))) == []
    (stopped,) = reader.read(ServerEvent("message_stop", '{"type": "message_stop"}'))
    assert isinstance(stopped, ModelStopped)
    return stopped


def test_a_context_that_is_full_is_a_length() -> None:
    assert anthropic_stop("model_context_window_exceeded").reason == "length"


@pytest.mark.parametrize("reason", ["pause_turn", "something_new", ""])
def test_a_stop_nobody_knows_is_no_answer(reason: str) -> None:
    with pytest.raises(ProviderError) as caught:
        anthropic_stop(reason)
    assert caught.value.kind == "garbage"


def chunk(**delta: Any) -> ServerEvent:
    finish = delta.pop("finish", None)
    return ServerEvent("", json.dumps({"choices": [{"index": 0, "delta": delta, "finish_reason": finish}]}))


def test_a_filter_is_a_refusal_and_a_server_without_done_has_ended_all_the_same() -> None:
    filtered = CompletionReader("v/m", ASKED)
    list(filtered.read(chunk(content="I", finish="content_filter")))
    stopped = filtered.ended()
    assert stopped is not None and stopped.reason == "refusal"
    silent = CompletionReader("v/m", ASKED)
    list(silent.read(chunk(content="Hello.", finish="stop")))
    ended = silent.ended()
    assert ended is not None and ended.reason == "done" and ended.usage.written > 0
    broken = CompletionReader("v/m", ASKED)
    list(broken.read(chunk(content="Hel")))
    assert broken.ended() is None
