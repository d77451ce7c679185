"""Companding against the standard's own formula; levels."""

from __future__ import annotations

import array
import math

import pytest

from telephony import g711


def sine(hertz: float, rate: int, ms: int = 500, peak: int = 10_000) -> bytes:
    samples = (round(peak * math.sin(2 * math.pi * hertz * n / rate)) for n in range(rate * ms // 1000))
    return array.array("h", samples).tobytes()


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
    back = g711.alaw_to_ulaw(g711.linear_to_alaw(g711.ulaw_to_linear(ulaw)))
    before, after = (g711.level_dbfs(g711.ulaw_to_linear(sound)) for sound in (ulaw, back))
    assert after == pytest.approx(before, abs=0.1)


def test_silence_is_silent_in_both_laws() -> None:
    assert g711.ulaw_to_linear(g711.silence(20)) == bytes(320)
    assert len(g711.silence(20)) == g711.FRAME_BYTES


def test_level() -> None:
    assert g711.level_dbfs(b"") == g711.FLOOR_DBFS
    assert g711.level_dbfs(bytes(320)) == g711.FLOOR_DBFS
    assert g711.level_dbfs(b"\x00\x80" * 100) == pytest.approx(0.0)
    assert g711.level_dbfs(sine(1000, 8000, peak=16384)) == pytest.approx(-9.03, abs=0.05)


def test_half_a_sample_is_refused() -> None:
    for refuse in (g711.linear_to_ulaw, g711.level_dbfs):
        with pytest.raises(ValueError, match="even number"):
            refuse(b"\x00")
