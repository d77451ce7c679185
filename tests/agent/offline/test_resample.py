"""Rates change without aliases, images or delay."""

from __future__ import annotations

import numpy as np
import pytest

from agent.offline import resample


def sine(hertz, rate, seconds=0.5):
    return np.sin(2 * np.pi * hertz * np.arange(int(rate * seconds)) / rate).astype(np.float32)


def middle(samples):
    return samples[len(samples) // 4 : -len(samples) // 4]


def level_db(samples):
    return 20 * np.log10(np.sqrt(np.mean(middle(samples) ** 2)) * np.sqrt(2) + 1e-9)


@pytest.mark.parametrize("hertz", [200, 1000, 3000])
def test_speech_band_survives_in_place(hertz):
    assert np.abs(middle(resample.down(sine(hertz, 24000), 3) - sine(hertz, 8000))).max() < 0.02
    assert np.abs(middle(resample.up(sine(hertz, 8000), 2) - sine(hertz, 16000))).max() < 0.02


@pytest.mark.parametrize("hertz", [4600, 7000, 11000])
def test_what_8_khz_cannot_carry_is_gone(hertz):
    assert level_db(resample.down(sine(hertz, 24000), 3)) < -50
    assert level_db(resample.to_rate(sine(hertz, 24000), 24000, 8000)) < -50


def test_no_image_above_the_old_band():
    spectrum = np.abs(np.fft.rfft(resample.up(sine(1000, 8000), 2) * np.hanning(8000)))
    assert spectrum[len(spectrum) // 2 :].max() < spectrum.max() * 10 ** (-60 / 20)


def test_any_rate_keeps_pitch_and_length():
    low = resample.to_rate(sine(440, 22050), 22050, 8000)
    assert len(low) == 4000
    assert np.abs(middle(low - sine(440, 8000))).max() < 0.05


@pytest.mark.parametrize("size", [0, 1, 2, 3, 100])
def test_short_input(size):
    assert len(resample.down(np.ones(size, np.float32), 3)) == -(-size // 3)
    assert len(resample.up(np.ones(size, np.float32), 2)) == 2 * size


def test_pcm_round_trip_and_clipping():
    raw = np.arange(-32767, 32768, 257, dtype="<i2").tobytes()
    assert (
        resample.to_pcm16(resample.from_pcm16(raw)) == raw
        or np.abs(
            np.frombuffer(resample.to_pcm16(resample.from_pcm16(raw)), "<i2").astype(int) - np.frombuffer(raw, "<i2")
        ).max()
        <= 1
    )
    assert resample.to_pcm16(np.array([2.0, -2.0], np.float32)) == np.array([32767, -32767], "<i2").tobytes()
    assert len(resample.from_pcm16(b"\x01\x02\x03")) == 1
