"""Words that are cut once and kept: what is kept belongs to one text alone, and is bounded."""

from __future__ import annotations

from spoken.tokens import MASK, MAX_CHARS, MAX_WORDS, Utterance, _split, words_of


def test_masking_one_reading_leaves_the_next_one_whole() -> None:
    text = "next tuesday at nine please"
    masked = Utterance.of(text).masked([(0, 2)])
    again = Utterance.of(text, strict=True)
    assert masked.words == (MASK, MASK, "at", "nine", "please")
    assert again.words == words_of(text) == ("next", "tuesday", "at", "nine", "please")
    assert again.strict and not Utterance.of(text).strict


def test_texts_alike_are_told_apart() -> None:
    assert words_of("Nine") == words_of("nine") == ("nine",)
    assert Utterance.of("  Nine ").span(0, 1) == (2, 6)
    assert Utterance.of("Nine").span(0, 1) == (0, 4)


def test_one_text_is_cut_once_however_many_ask() -> None:
    text = "could it be thursday, then"
    words_of(text)
    before = _split.cache_info().misses
    for strict in (False, True, False):
        assert Utterance.of(text, strict=strict).words == words_of(text)
    assert _split.cache_info().misses == before


def test_what_was_said_is_soon_forgotten() -> None:
    endless = "word " * 100_000
    assert len(words_of(endless)) == MAX_WORDS
    assert Utterance.of(endless).text is endless
    misses = _split.cache_info().misses
    words_of(endless + "and more")  # the same as far as it is read
    assert _split.cache_info().misses == misses
    words_of("four two four two")
    for number in range(16):
        words_of(f"call {number}")
    assert _split.cache_info().currsize <= 16
    misses = _split.cache_info().misses
    words_of("four two four two")
    assert _split.cache_info().misses == misses + 1
    assert len(endless) > MAX_CHARS
