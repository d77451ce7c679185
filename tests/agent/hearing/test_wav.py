"""WAV files as they are found in the wild, brought to the telephone's band."""

from __future__ import annotations

import struct
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agent.companding import mulaw_to_linear
from agent.hearing.band import resampled, telephone
from agent.hearing.wav import UnreadableSound, read_file, read_wav

RATE = 16_000
TONE = (0.5 * np.sin(2 * np.pi * 1_000 * np.arange(RATE) / RATE)).astype(np.float32)


def wav(
    body: bytes, tag: int = 1, bits: int = 16, channels: int = 1, rate: int = RATE, size: int | None = None
) -> bytes:
    block = channels * bits // 8
    form = struct.pack("<HHIIHH", tag, channels, rate, rate * block, block, bits)
    data = b"data" + struct.pack("<I", len(body) if size is None else size) + body
    chunks = b"fmt " + struct.pack("<I", len(form)) + form + b"LIST" + struct.pack("<I", 3) + b"abc\0" + data
    return b"RIFF" + struct.pack("<I", 4 + len(chunks)) + b"WAVE" + chunks


def coded(bits: int) -> bytes:
    match bits:
        case 8:
            return ((TONE * 127) + 128).astype(np.uint8).tobytes()
        case 16:
            return (TONE * 32767).astype("<i2").tobytes()
        case 24:
            return (TONE * 8388607).astype("<i4").view(np.uint8).reshape(-1, 4)[:, :3].tobytes()
        case _:
            return (TONE * 2147483000).astype("<i4").tobytes()


@pytest.mark.parametrize("bits", [8, 16, 24, 32])
def test_pcm_of_any_width(bits: int) -> None:
    sound = read_wav(wav(coded(bits), bits=bits))
    assert (sound.rate, sound.duration_ms, len(sound.channels)) == (RATE, 1000.0, 1)
    assert np.abs(sound.channels[0] - TONE).max() < 0.02


@pytest.mark.parametrize(("bits", "kind"), [(32, "<f4"), (64, "<f8")])
def test_floats_beyond_full_scale_and_no_numbers_are_held(bits: int, kind: str) -> None:
    values = np.array([0.5, 7.0, np.inf, -np.inf, np.nan], dtype=kind)
    assert read_wav(wav(values.tobytes(), tag=3, bits=bits)).channels[0].tolist() == [0.5, 1.0, 1.0, -1.0, 0.0]


def test_mulaw_of_a_telephone_comes_through_as_it_is() -> None:
    mulaw = bytes(range(256)) * 40
    sound = read_wav(wav(mulaw, tag=7, bits=8, rate=8_000))
    heard = telephone(sound.channels[0], sound.rate)
    assert mulaw_to_linear(heard) == mulaw_to_linear(mulaw)


def test_channels_are_kept_apart() -> None:
    pairs = np.stack((TONE, np.zeros_like(TONE)), axis=1)
    left, right = read_wav(wav((pairs * 32767).astype("<i2").tobytes(), channels=2)).channels
    assert left.any() and not right.any()


@pytest.mark.parametrize("size", [0, 0xFFFFFFFF, 64_000])
def test_a_length_that_a_killed_recorder_left_is_not_believed(size: int) -> None:
    assert read_wav(wav(coded(16), size=size)).duration_ms == 1000.0


WRONG = [
    (b"", "is empty"),
    (b"ID3" + bytes(40), "MP3"),
    (b"OggS" + bytes(40), "Ogg"),
    (wav(b""), "holds no sound"),
    (wav(bytes(100), tag=2, bits=4), "format 2 with 4 bits"),
    (wav(bytes(100), channels=0), "0 channels"),
    (wav(bytes(100), rate=100), "100 samples a second"),
    (wav(bytes(100))[:20], "format is cut short"),
    (wav(bytes(100))[:40], "ends before its sound"),
]


@pytest.mark.parametrize(("raw", "reason"), WRONG)
def test_what_cannot_be_read_is_named_with_a_remedy(raw: bytes, reason: str) -> None:
    with pytest.raises(UnreadableSound, match=rf"^x\.wav: .*{reason}.*; \w+") as caught:
        read_wav(raw, "x.wav")
    assert "\n" not in str(caught.value)


def test_a_folder_is_no_file(tmp_path: Path) -> None:
    with pytest.raises(UnreadableSound, match="is a folder"):
        read_file(tmp_path)


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=80), st.integers(0, 60))
def test_any_bytes_are_read_or_refused(noise: bytes, at: int) -> None:
    whole = wav(bytes(40))
    for raw in (noise, whole[:at] + noise, whole[:at] + noise + whole[at + len(noise) :]):
        try:
            assert read_wav(raw).duration_ms > 0
        except UnreadableSound:
            pass


BANDS = [
    (rate, hertz, share)
    for rate in (6_000, 11_025, 22_050, 44_100, 48_000, 96_000)
    for hertz, share in ((60, 0.0), (1_000, 1.0), (2_500, 1.0), (3_900, 0.0))
    if hertz < 0.45 * rate
]


@pytest.mark.parametrize(("rate", "hertz", "share"), BANDS)
def test_the_band_is_a_telephones(rate: int, hertz: int, share: float) -> None:
    tone = (0.5 * np.sin(2 * np.pi * hertz * np.arange(rate) / rate)).astype(np.float32)
    heard = np.frombuffer(mulaw_to_linear(telephone(tone, rate)), dtype="<i2")[800:-800] / 32768.0
    assert np.sqrt((heard**2).mean()) == pytest.approx(0.5 / np.sqrt(2) * share, abs=0.03)
    assert len(telephone(tone, rate)) == 8_000


@pytest.mark.parametrize("rate", [8_000, 16_000])
def test_a_constant_does_not_come_over_the_line(rate: int) -> None:
    tone = (0.1 * np.sin(2 * np.pi * 1_000 * np.arange(rate) / rate)).astype(np.float32)
    heard = np.frombuffer(mulaw_to_linear(telephone(tone + np.float32(0.3), rate)), dtype="<i2")[800:-800] / 32768.0
    assert abs(heard.mean()) < 0.002
    assert heard.max() == pytest.approx(0.1, abs=0.01)


def test_resampling_delays_nothing() -> None:
    click = np.zeros(48_000, dtype=np.float32)
    click[24_000] = 1.0
    assert int(np.abs(resampled(click, 48_000, 8_000)).argmax()) == 4_000
