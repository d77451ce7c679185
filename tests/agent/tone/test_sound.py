"""What is kept of sound."""

from __future__ import annotations

import numpy as np
import pytest

from agent.companding import mulaw_to_linear
from agent.tone.cues import measure
from agent.tone.sound import KEPT_MS, Sound
from calls.audio import AudioFrame, Encoding
from tests.agent.tone.sounds import frames, quiet, voice


def sound_of(*all_frames: AudioFrame) -> Sound:
    sound = Sound()
    for frame in all_frames:
        sound.hear(frame)
    return sound


def test_levels_stand_where_they_sounded() -> None:
    stretch = sound_of(*frames(np.concatenate((quiet(0.4), voice(120, 0.4, 0.1), quiet(0.4))))).between(0, 1_200)
    loud = stretch.at_ms[stretch.level_db > -30]
    assert (loud[0], loud[-1]) == (400, 780)
    assert stretch.level_db[30] == pytest.approx(-20, abs=1)


@pytest.mark.parametrize("size", [80, 160, 240, 331, 800])
def test_the_size_of_frames_does_not_matter(size: int) -> None:
    said = np.concatenate((quiet(0.4), voice(120), quiet(0.4)))
    usual, other = sound_of(*frames(said)), sound_of(*frames(said, size=size))
    assert np.array_equal(usual.between(0, 1_400).level_db, other.between(0, 1_400).level_db)


def test_linear_frames_sound_the_same() -> None:
    mulaw = frames(voice(120))
    linear = [AudioFrame(mulaw_to_linear(f.samples), f.offset_ms, 8_000, Encoding.LINEAR16) for f in mulaw]
    assert np.array_equal(sound_of(*mulaw).between(0, 600).level_db, sound_of(*linear).between(0, 600).level_db)


def test_lost_frames_leave_a_gap_and_move_nothing() -> None:
    all_frames = frames(np.concatenate((quiet(0.4), voice(120, 0.4), quiet(0.4))))
    stretch = sound_of(*all_frames[:10], *all_frames[14:]).between(0, 1_200)
    assert stretch.at_ms[stretch.level_db > -30][0] == 400


def test_other_rates_are_passed_over() -> None:
    assert len(sound_of(AudioFrame(bytes(640), 0, 16_000, Encoding.LINEAR16)).between(0, 1_000)) == 0


def test_hours_take_no_more_room() -> None:
    sound = Sound()
    for second in range(60):
        for frame in frames(quiet(1.0), second * 1_000):
            sound.hear(frame)
    assert len(sound.between(0, 1e9)) <= KEPT_MS / 20
    assert sound.between(59_000, 60_000).at_ms[0] == 59_000


def test_silence_and_nonsense_have_no_cues() -> None:
    cues = measure(sound_of(*frames(quiet(1.0))).between(0, 1_000), "hello")
    assert (cues.speech_ms, cues.pitch_st, cues.level_db, cues.rate) == (0.0, None, None, None)
    assert measure(Sound().between(0, 1_000), "").speech_ms == 0.0
    noise = bytes(np.random.default_rng(1).integers(0, 256, 8_000, np.uint8))
    measure(sound_of(AudioFrame(noise, 0.0)).between(0, 1_000), "\x00 ???")
