"""Text in tones: what goes in comes out, through companding, noise, cuts and lost frames."""

from __future__ import annotations

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agent import tone_text
from agent.companding import linear_to_mulaw, mulaw_to_linear
from agent.scripted import scripted_noise, scripted_silence, scripted_speech, scripted_words


@pytest.mark.parametrize(
    "text", ["yes", "A table for four, please.", "São Paulo ☎", "5550192", "I'd like  to\tbook", "x" * 64]
)
def test_a_text_is_read_back(text: str) -> None:
    assert scripted_words(scripted_speech(text)) == " ".join(text.split())


@settings(max_examples=60, deadline=None)
@given(
    st.text(st.characters(codec="utf-8", exclude_categories=["C", "Z"]), min_size=1, max_size=12), st.integers(0, 500)
)
def test_any_word_is_read_back_wherever_it_stands(word: str, lead: int) -> None:
    expected = " ".join(word.split())
    audio = b"\xff" * lead + scripted_speech(word) + scripted_silence(60)
    assert scripted_words(audio) == expected


def test_a_word_lasts_about_300_ms_and_has_its_time() -> None:
    spoken = tone_text.encode("a table for four")
    assert len(spoken.pcm16) == 4 * 300 * 16
    assert [(w.word, w.start_ms, w.end_ms) for w in spoken.words][1] == ("table", 300.0, 600.0)


def test_half_a_sentence_reads_as_half_a_sentence() -> None:
    audio = scripted_speech("one two three four")
    assert scripted_words(audio[: 8 * 700]) == "one two"


def test_a_lost_frame_costs_its_word_only() -> None:
    audio = bytearray(scripted_speech("one two three"))
    audio[8 * 320 : 8 * 340] = scripted_silence(20)
    assert scripted_words(bytes(audio)) == "one three"


def test_noise_and_silence_have_no_words() -> None:
    assert scripted_words(scripted_noise(400)) == ""
    assert scripted_words(scripted_silence(400)) == ""
    assert scripted_words(b"") == ""


def test_it_survives_a_noisy_line_at_half_the_level() -> None:
    chance = random.Random(7)
    clean = mulaw_to_linear(scripted_speech("the fourteenth of March"))
    noisy = bytearray()
    for at in range(0, len(clean), 2):
        sample = int.from_bytes(clean[at : at + 2], "little", signed=True)
        noisy += int(sample * 0.6 + chance.gauss(0, 300)).to_bytes(2, "little", signed=True)
    assert scripted_words(linear_to_mulaw(bytes(noisy))) == "the fourteenth of March"


def test_the_same_text_is_the_same_audio() -> None:
    assert scripted_speech("hello there") == scripted_speech("hello there")
