"""Sounds made here: keys a machine understands, and what covers a wait."""

from __future__ import annotations

import math

import pytest

from calls.audio import mulaw_ms
from telephony.g711 import level_dbfs, ulaw_to_linear
from telephony.tones import GAP_MS, HOLD_MS, KEY_MS, MOST_KEYS, RATE, SOUNDS, TONES, hold_sound, is_keys, key_tones

FREQUENCIES = sorted({frequency for pair in TONES.values() for frequency in pair})


def power(mulaw: bytes, frequency: float) -> float:
    """Goertzel: how much of ``frequency`` is in a stretch."""
    pcm = memoryview(ulaw_to_linear(mulaw)).cast("h")
    turn = 2 * math.cos(2 * math.pi * frequency / RATE)
    before = last = 0.0
    for sample in pcm:
        before, last = last, sample + turn * last - before
    return last * last + before * before - turn * last * before


def heard(mulaw: bytes) -> str:
    """The key whose two tones are the loudest."""
    loudest = sorted(FREQUENCIES, key=lambda frequency: -power(mulaw, frequency))[:2]
    return next(key for key, pair in TONES.items() if sorted(pair) == sorted(loudest))


@pytest.mark.parametrize("key", sorted(TONES))
def test_each_key_sounds_as_its_two_tones_and_nothing_else(key: str) -> None:
    tone = key_tones(key)[: KEY_MS * 8]
    assert heard(tone) == key
    low, high = (power(tone, frequency) for frequency in TONES[key])
    assert abs(10 * math.log10(low / high)) < 1, "no twist"
    others = max(power(tone, frequency) for frequency in FREQUENCIES if frequency not in TONES[key])
    assert 10 * math.log10(min(low, high) / others) > 20
    assert -14 < level_dbfs(ulaw_to_linear(tone)) < -6


def test_keys_are_long_enough_and_apart_and_w_waits() -> None:
    assert KEY_MS >= 40 and GAP_MS >= 40, "ITU-T Q.24"
    assert mulaw_ms(len(key_tones("12"))) == 2 * (KEY_MS + GAP_MS)
    assert mulaw_ms(len(key_tones("w1"))) == 500 + KEY_MS + GAP_MS
    assert level_dbfs(ulaw_to_linear(key_tones("w1")[: 500 * 8])) < -60


@pytest.mark.parametrize("keys", ["", "a", "1 2", "+1", "1" * (MOST_KEYS + 1), "１"])
def test_what_are_no_keys_is_refused(keys: str) -> None:
    assert not is_keys(keys)
    with pytest.raises(ValueError, match="are no keys"):
        key_tones(keys)


@pytest.mark.parametrize("sound", SOUNDS)
def test_what_covers_a_wait_is_quiet_and_long_enough(sound: str) -> None:
    mulaw = hold_sound(sound)
    assert mulaw_ms(len(mulaw)) == HOLD_MS
    assert -60 < level_dbfs(ulaw_to_linear(mulaw)) < -20, "well below a voice"
    pcm = ulaw_to_linear(mulaw)
    assert max(abs(sample) for sample in memoryview(pcm).cast("h")) < 16_000
    assert level_dbfs(pcm) == pytest.approx(level_dbfs(ulaw_to_linear(mulaw)))
    assert hold_sound(sound) is mulaw, "made once"


def test_a_sound_there_is_none_of_is_refused_with_those_there_are() -> None:
    with pytest.raises(ValueError, match="music, gentle"):
        hold_sound("polka")
