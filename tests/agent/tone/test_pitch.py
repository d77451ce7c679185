"""The pitch of sounds whose pitch is known."""

from __future__ import annotations

import numpy as np
import pytest

from agent.tone import pitch
from agent.tone.cues import VOICED, turn_pitch
from agent.tone.sound import Sound
from tests.agent.tone.rendering import in_noise, telephone_band, through_mulaw
from tests.agent.tone.sounds import frames, quiet, voice


def heard(samples: np.ndarray) -> float:
    """The pitch of a turn, Hz."""
    sound = Sound()
    for frame in frames(np.concatenate((quiet(0.2), samples, quiet(0.2)))):
        sound.hear(frame)
    found = turn_pitch(sound.between(200, 200 + len(samples) / 8))
    assert len(found) >= 10
    return float(55 * 2 ** (np.median(found) / 12))


@pytest.mark.parametrize("hertz", [75, 90, 110, 140, 180, 220, 280, 350])
def test_a_vowel_is_heard_at_its_pitch(hertz: float) -> None:
    assert heard(voice(hertz)) == pytest.approx(hertz, rel=0.02)


@pytest.mark.parametrize("hertz", [90, 110, 140, 180, 220, 280])
def test_also_on_an_old_line_in_noise(hertz: float) -> None:
    line = through_mulaw(telephone_band(in_noise(voice(hertz), 15, 0.04, 3)))
    assert heard(line) == pytest.approx(hertz, rel=0.03)


def test_noise_has_no_pitch() -> None:
    noise = np.random.default_rng(5).standard_normal((200, pitch.WINDOW)).astype(np.float32)
    assert np.mean(pitch.candidates(noise).strength[:, 0] >= VOICED) < 0.02


def test_nothing_has_no_pitch() -> None:
    found = pitch.candidates(np.zeros((3, pitch.WINDOW), np.float32))
    assert np.isfinite(found.hertz).all() and (found.strength < VOICED).all()
