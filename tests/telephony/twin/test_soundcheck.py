"""Turn boundaries from energy."""

from __future__ import annotations

import pytest

from telephony import g711
from telephony.twin.soundcheck import SoundMeter, Span, spans
from tests.telephony.twin.desk import tone


def test_utterances_pauses_and_clicks() -> None:
    audio = (
        g711.silence(500) + tone(400) + g711.silence(200) + tone(400)  # a comma: one utterance
        + g711.silence(800) + tone(20) + g711.silence(800)  # a click
        + tone(300)
    )  # fmt: skip
    assert spans(audio) == [Span(500, 1500), Span(3120, 3420)]


@pytest.mark.parametrize("size", [1, 79, 160, 4000])
def test_chunking_does_not_matter(size: int) -> None:
    audio = g711.silence(100) + tone(300) + g711.silence(400) + tone(100) + g711.silence(400)
    meter = SoundMeter()
    for at in range(0, len(audio), size):
        meter.feed(audio[at : at + size])
    assert meter.spans == [Span(100, 400), Span(800, 900)]
    assert (meter.sounding_since_ms, meter.last_sound_ms) == (None, 900)


def test_quiet_noise_is_silence() -> None:
    noise = g711.linear_to_ulaw(b"\x10\x00\xf0\xff" * 4000)
    assert g711.level_dbfs(g711.ulaw_to_linear(noise)) < -55
    assert spans(noise) == []


def test_sound_is_known_while_it_lasts() -> None:
    meter = SoundMeter()
    meter.feed(g711.silence(60) + tone(20))
    assert meter.sounding_since_ms is None  # may still be a click
    meter.feed(tone(20))
    assert meter.sounding_since_ms == 60
