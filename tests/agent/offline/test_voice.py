"""The voice: word times, level, pieces, other throats."""

from __future__ import annotations

import numpy as np
import pytest

from agent.offline import resample
from agent.offline.speakable import pieces
from agent.offline.voice import Timbre, at_level, clauses

TEXT = "I have you down for 2:30 PM on Tuesday, March 3. Is that right?"


def texts(parts):
    return [" ".join(p.source for p in part) for part in parts]


def test_clauses_end_with_sentences_and_not_with_titles():
    assert texts(clauses(pieces("See Dr. Brown at 9 a.m. today. Yes! Is it?"))) == [
        "See Dr. Brown at 9 a.m. today.",
        "Yes!",
        "Is it?",
    ]
    assert clauses([]) == []


def test_a_long_first_sentence_is_cut_early_and_a_later_one_is_not():
    long = "Thank you very much, I have written down everything you told me just now, and will read it back."
    assert texts(clauses(pieces(f"{long} {long}"))) == [
        "Thank you very much,",
        long.removeprefix("Thank you very much, "),
        long,
    ]


def test_level_is_telephone_level_without_clipping():
    rng = np.random.default_rng(5)
    for loud in (0.001, 0.1, 3.0):
        samples = at_level((rng.standard_normal(8000) * loud).astype(np.float32))
        rms = 20 * np.log10(np.sqrt(np.mean(samples.astype(float) ** 2)))
        assert -17.5 < rms < -15.5
        assert np.abs(samples).max() <= 0.95
    assert not at_level(np.zeros(800, np.float32)).any()


@pytest.mark.models
def test_words_are_timed_in_order_over_the_whole_audio(voice):
    spoken = voice.synthesize(TEXT)
    assert [w.word for w in spoken.words] == [p.source for p in pieces(TEXT)]
    edges = [edge for w in spoken.words for edge in (w.start_ms, w.end_ms)]
    assert edges == sorted(edges)
    assert edges[0] < 120
    assert spoken.duration_ms - 150 < edges[-1] <= spoken.duration_ms
    assert all(w.end_ms > w.start_ms for w in spoken.words)


@pytest.mark.models
def test_word_times_point_at_the_sound(voice):
    """Cut out at the comma, where the voice pauses: it is quieter between the two words than inside them."""
    spoken = voice.synthesize("Yes, certainly")
    samples = resample.from_pcm16(spoken.pcm16)
    yes, certainly = spoken.words

    def loudness(start_ms, end_ms):
        return float(np.sqrt(np.mean(samples[start_ms * 8 : end_ms * 8] ** 2)))

    assert loudness(yes.end_ms + 20, certainly.start_ms - 20) < 0.25 * loudness(yes.start_ms, yes.end_ms)


@pytest.mark.models
def test_same_text_same_bytes_and_level(voice):
    first = voice.synthesize(TEXT)
    assert voice.synthesize(TEXT) == first
    samples = resample.from_pcm16(first.pcm16)
    assert -19 < 20 * np.log10(np.sqrt(np.mean(samples**2))) < -15
    assert np.abs(samples).max() < 0.96


@pytest.mark.models
def test_pace_stretches_and_is_clipped(voice):
    slow, plain, fast = (voice.synthesize(TEXT, pace).duration_ms for pace in (0.7, 1.0, 1.5))
    assert slow > 1.2 * plain > 1.4 * fast
    assert voice.synthesize("Hello.", 99.0) == voice.synthesize("Hello.", 2.0)


@pytest.mark.models
@pytest.mark.parametrize("text", ["", "   ", "...", "—", "!?"])
def test_nothing_to_say(voice, text):
    assert voice.synthesize(text).duration_ms < 400


@pytest.mark.models
@pytest.mark.parametrize("text", ["日本語 and \x00 and 🎉", "Zyxtraqq plc", "a" * 300, "word " * 200])
def test_odd_text_is_survived_with_every_word_kept(voice, text):
    spoken = voice.synthesize(text)
    assert [w.word for w in spoken.words] == [p.source for p in pieces(text)]
    assert len(spoken.pcm16) % 2 == 0


@pytest.mark.models
def test_the_first_piece_comes_early_and_pieces_make_the_whole(voice):
    parts = list(voice.stream("Thank you very much Margaret, I have you down for half past two. Is that right?"))
    assert len(parts) == 3
    assert parts[0].duration_ms < 2000
    whole = voice.synthesize("Thank you very much Margaret, I have you down for half past two. Is that right?")
    assert b"".join(p.pcm16 for p in parts) == whole.pcm16


@pytest.mark.models
def test_another_throat_is_lower(voice):
    def pitch_hz(pcm16):
        samples = resample.from_pcm16(pcm16)
        found = []
        for at in range(0, len(samples) - 400, 200):
            block = samples[at : at + 400] - samples[at : at + 400].mean()
            likeness = np.correlate(block, block, "full")[399:]
            lag = 20 + int(likeness[20:130].argmax())
            if likeness[0] > 1.0 and likeness[lag] > 0.5 * likeness[0]:
                found.append(8000 / lag)
        return float(np.median(found))

    plain, low = (pitch_hz(voice.synthesize(TEXT, 1.0, t).pcm16) for t in (Timbre(), Timbre(0.55, 0.84)))
    assert low < 0.75 * plain
