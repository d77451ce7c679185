"""Companding against the standard's own formula; resampling by what is heard: level, aliases, continuity."""

from __future__ import annotations

import array
import math

import pytest

from telephony import g711


def sine(hertz: float, rate: int, ms: int = 500, peak: int = 10_000) -> bytes:
    samples = (round(peak * math.sin(2 * math.pi * hertz * n / rate)) for n in range(rate * ms // 1000))
    return array.array("h", samples).tobytes()


def in_pieces(resampler: g711.Upsampler | g711.Downsampler, audio: bytes, size: int) -> bytes:
    return b"".join(resampler.feed(audio[at : at + size]) for at in range(0, len(audio), size))


def g711_ulaw(code: int) -> int:
    """ITU-T G.711 table 2, in 16 bit."""
    code = ~code & 0xFF
    magnitude = (((code & 0x0F) << 3) + 0x84 << (code >> 4 & 0x07)) - 0x84
    return -magnitude if code & 0x80 else magnitude


def test_every_ulaw_code_decodes_as_the_standard_says() -> None:
    decoded = array.array("h", g711.ulaw_to_linear(bytes(range(256))))
    assert list(decoded) == [g711_ulaw(code) for code in range(256)]


def test_every_code_survives_the_way_there_and_back() -> None:
    codes = bytes(range(256))
    # 0x7F is negative zero: it comes back as 0xFF
    assert g711.linear_to_ulaw(g711.ulaw_to_linear(codes)) == codes.replace(b"\x7f", b"\xff")
    assert g711.linear_to_alaw(g711.alaw_to_linear(codes)) == codes


def test_laws_convert_into_each_other_within_one_step() -> None:
    ulaw = g711.linear_to_ulaw(sine(440, 8000))
    back = g711.alaw_to_ulaw(g711.ulaw_to_alaw(ulaw))
    assert g711.ulaw_level_dbfs(back) == pytest.approx(g711.ulaw_level_dbfs(ulaw), abs=0.1)


def test_silence_is_silent_in_both_laws() -> None:
    assert g711.ulaw_to_linear(g711.silence(20)) == bytes(320)
    assert len(g711.silence(20)) == g711.FRAME_BYTES
    assert g711.ulaw_to_alaw(b"\xff") == bytes([g711.A_LAW_SILENCE])


def test_level() -> None:
    assert g711.level_dbfs(b"") == g711.FLOOR_DBFS
    assert g711.level_dbfs(bytes(320)) == g711.FLOOR_DBFS
    assert g711.level_dbfs(b"\x00\x80" * 100) == pytest.approx(0.0)
    assert g711.level_dbfs(sine(1000, 8000, peak=16384)) == pytest.approx(-9.03, abs=0.05)


@pytest.mark.parametrize("hertz", [200, 1000, 3000, 3400])
def test_speech_keeps_its_level_both_ways(hertz: int) -> None:
    up = g711.Upsampler().feed(sine(hertz, 8000))
    assert g711.level_dbfs(up[3200:]) == pytest.approx(g711.level_dbfs(sine(hertz, 8000)), abs=0.15)
    down = g711.Downsampler().feed(sine(hertz, 16000))
    assert g711.level_dbfs(down[1600:]) == pytest.approx(g711.level_dbfs(sine(hertz, 16000)), abs=0.15)


@pytest.mark.parametrize(("hertz", "below_db"), [(4600, 40), (4800, 50), (5000, 50), (6000, 50), (7500, 50)])
def test_what_the_phone_cannot_carry_does_not_alias(hertz: int, below_db: int) -> None:
    wide = sine(hertz, 16000)
    assert g711.level_dbfs(g711.Downsampler().feed(wide)[1600:]) <= g711.level_dbfs(wide) - below_db


def test_up_and_down_again_is_the_same_audio_later() -> None:
    back = array.array("h", g711.Downsampler().feed(g711.Upsampler().feed(sine(700, 8000))))
    # 1.25 ms up and 1.1875 ms down: 19.5 samples, so the comparison is with the tone itself
    expected = [10_000 * math.sin(2 * math.pi * 700 * (n - 19.5) / 8000) for n in range(len(back))]
    assert max(abs(back[n] - expected[n]) for n in range(100, len(back))) <= 40


@pytest.mark.parametrize("size", [2, 6, 34, 320, 642])
def test_chunking_does_not_matter(size: int) -> None:
    assert in_pieces(g711.Upsampler(), sine(700, 8000), size) == g711.Upsampler().feed(sine(700, 8000))
    assert in_pieces(g711.Downsampler(), sine(700, 16000), size) == g711.Downsampler().feed(sine(700, 16000))


def test_reset_leaves_no_trace() -> None:
    for resampler in (g711.Upsampler(), g711.Downsampler()):
        resampler.feed(sine(700, 16000) + b"\x10\x10")
        resampler.reset()
        assert not any(resampler.feed(bytes(640)))


def test_half_a_sample_is_refused() -> None:
    for refuse in (g711.linear_to_ulaw, g711.level_dbfs, g711.Upsampler().feed, g711.Downsampler().feed):
        with pytest.raises(ValueError, match="even number"):
            refuse(b"\x00")
