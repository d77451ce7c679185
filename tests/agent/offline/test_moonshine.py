"""The recognizer's edges: level, length, loops, odd input."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from agent import models
from agent.models import ModelError
from agent.offline import resample
from agent.offline.moonshine import (
    SAMPLE_RATE,
    Abandoned,
    begun_again,
    circling_tail,
    has_repeated_tail,
    prepare,
    read_vocabulary,
)


def tone(peak, seconds=1.0):
    at = np.arange(int(SAMPLE_RATE * seconds)) / SAMPLE_RATE
    return (peak * np.sin(2 * np.pi * 220 * at)).astype(np.float32)


@pytest.mark.parametrize(("peak", "becomes"), [(0.01, 0.08), (0.2, 0.7), (1.0, 0.7)])
def test_level_is_normalised_by_at_most_18_db(peak, becomes):
    assert np.abs(prepare(tone(peak))).max() == pytest.approx(becomes, rel=0.01)


def test_a_constant_offset_is_removed():
    assert abs(float(prepare(tone(0.2) + np.float32(0.5)).mean())) < 1e-4


def test_no_numbers_become_silence():
    spoiled = tone(0.2)
    spoiled[:10] = np.nan
    spoiled[10:20] = np.inf
    assert np.isfinite(prepare(spoiled)).all()


@pytest.mark.parametrize("nothing", [np.zeros(0), np.zeros(SAMPLE_RATE), tone(0.5, 0.05)])
def test_nothing_to_hear(nothing):
    assert prepare(nothing.astype(np.float32)) is None


def test_too_long_input_keeps_its_end():
    long = np.concatenate((np.zeros(SAMPLE_RATE * 40, np.float32), tone(0.5)))
    assert len(prepare(long)) == 30 * SAMPLE_RATE
    assert np.abs(prepare(long)[-SAMPLE_RATE:]).max() > 0.5


@pytest.mark.parametrize(
    ("tokens", "extra"),
    [([], 0), ([5, 5, 5], 0), ([1, 5, 5, 5, 5, 5, 5], 5), ([9, 1, 2, 1, 2, 1, 2], 4), ([1, 2, 1, 2], 0)],
)
def test_circling_tail(tokens, extra):
    assert circling_tail(tokens) == extra


@pytest.mark.parametrize(
    ("tokens", "extra"),
    [([1, 2, 3, 4, 5], 0), ([1, 2, 3, 4, 5, 6, 1, 2, 3], 3), ([9, 1, 2, 3, 1, 2, 3], 3), ([7, 1, 2, 3, 9, 1, 2, 3], 0)],
)
def test_begun_again(tokens, extra):
    assert begun_again(tokens) == extra


@pytest.mark.parametrize(
    ("text", "repeated"),
    [
        ("Call 555-0192 0192.", False),
        ("My code is 0192, 0192.", True),
        ("nine one two, nine one two", True),
        ("five five five", False),
        ("Could I go? Could I go?", True),
        ("", False),
    ],
)
def test_repeated_tail(text, repeated):
    assert has_repeated_tail(text) is repeated


def test_vocabulary_with_long_tokens_and_a_cut_one():
    long = b"x" * 200
    raw = b"\x02ab" + bytes([128 + 200 % 128, 200 // 128]) + long
    assert read_vocabulary(raw) == [b"ab", long]
    with pytest.raises(ModelError, match="ends within a token"):
        read_vocabulary(raw[:-1])


@pytest.mark.models
def test_the_published_vocabulary_covers_every_output(recognizer):
    published = read_vocabulary(models.find("moonshine-tokens").read_bytes())
    assert len(published) == 32000
    assert len(recognizer._vocabulary) == 32768
    assert published.count(b"") == 3


@pytest.mark.models
def test_silence_and_noise_say_nothing_harmful(recognizer):
    assert recognizer.transcribe(np.zeros(SAMPLE_RATE, np.float32)).text == ""
    noise = np.random.default_rng(3).standard_normal(2 * SAMPLE_RATE, dtype=np.float32) * np.float32(0.1)
    assert len(recognizer.transcribe(noise).text) < 80


@pytest.mark.models
def test_an_answer_nobody_wants_is_abandoned(recognizer, voice):
    clip = resample.up(resample.from_pcm16(voice.synthesize("A table for four, please.").pcm16), 2)
    asked = iter([False, False, True])
    with pytest.raises(Abandoned):
        recognizer.transcribe(clip, abandon=lambda: next(asked))


@pytest.mark.models
def test_two_threads_hear_what_one_hears(recognizer, voice):
    said = ["My name is Margaret Thompson.", "A table for four, please."]
    clips = [resample.up(resample.from_pcm16(voice.synthesize(text).pcm16), 2) for text in said]
    alone = [recognizer.transcribe(clip) for clip in clips]
    with ThreadPoolExecutor(2) as pool:
        assert list(pool.map(recognizer.transcribe, clips * 3)) == alone * 3
    assert all(0 < heard.confidence <= 1 and heard.tokens for heard in alone)
