"""Wires against vendors that send anything at all: a meaning or a fault, never an exception."""

from __future__ import annotations

import base64
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.hearing.stream.socket import Closed
from agent.providers.deepgram.speaking_wire import AuraWire, FluxWire
from agent.providers.elevenlabs.speaking_wire import ContextWire
from agent.speaking.wire import Broken, Done, Sound, VoiceWire
from agent.style.render.rendering import Rendering

SAY = Rendering("Hello there", {"stability": 0.5, "speed": 1.0})
AUDIO = base64.b64encode(b"\x01" * 160).decode()
values = st.recursive(
    st.none() | st.booleans() | st.integers(-5, 5000) | st.floats() | st.sampled_from(["", "c1", "c9", AUDIO, "x!"]),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.sampled_from(["chars", "charStartTimesMs", "charDurationsMs", "code"]), inner)
    ),
    max_leaves=8,
)
keys = st.sampled_from(
    ["audio", "isFinal", "contextId", "alignment", "error", "code", "type", "speech_id", "description", "applied"]
)
kinds = st.sampled_from(["Flushed", "Cleared", "Error", "Warning", "SpeechStarted", "SpeechInterrupted", "Later"])
messages = st.one_of(
    st.binary(max_size=40),
    st.text(max_size=40),
    values.map(json.dumps),
    st.dictionaries(keys, st.one_of(values, kinds)).map(json.dumps),
    st.builds(lambda kind, more: json.dumps({**more, "type": kind}), kinds, st.dictionaries(keys, values)),
    st.builds(lambda more: json.dumps({**more, "contextId": "c1", "audio": AUDIO}), st.dictionaries(keys, values)),
)


@pytest.mark.parametrize("make", [ContextWire, AuraWire, FluxWire])
@given(st.lists(st.one_of(messages, st.sampled_from(["<begin>", "<cut>", "<settle>", "<alive>"])), max_size=12))
def test_anything_may_come(make: type[ContextWire | AuraWire | FluxWire], script: list[str | bytes]) -> None:
    wire: VoiceWire = make()
    sent = wire.begin(SAY)
    for step in script:
        match step:
            case "<begin>" if wire.ready:
                sent += wire.begin(SAY)
            case "<cut>":
                sent += wire.cut()
                assert wire.receive(b"\x01" * 160) in ([], [Broken("garbage", "no JSON")]), "late audio is dropped"
            case "<settle>":
                sent += wire.settle()
            case "<alive>":
                sent += wire.alive()
            case _:
                for event in wire.receive(step):
                    assert isinstance(event, Sound | Done | Broken)
                    assert not isinstance(event, Sound) or event.mulaw or event.words
    for text in sent + wire.farewell():
        assert isinstance(json.loads(text), dict)


@pytest.mark.parametrize("make", [ContextWire, AuraWire, FluxWire])
@given(st.integers(1000, 4999), st.text(max_size=60))
def test_no_close_reason_is_repeated(make: type[ContextWire | AuraWire | FluxWire], code: int, reason: str) -> None:
    broken = make().closed(Closed(code, f"{reason} Anna Miller"))
    assert "Miller" not in broken.detail
    assert str(code) in broken.detail
