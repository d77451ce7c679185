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


def test_a_long_text_is_kept_no_longer_than_it_is_read() -> None:
    endless = "word " * 100_000
    assert len(words_of(endless)) == MAX_WORDS
    assert Utterance.of(endless).text is endless
    before = _split.cache_info().currsize
    words_of(endless + "and more")  # the same beginning: nothing new to keep
    assert _split.cache_info().currsize == before
    for number in range(1_000):
        words_of(f"call {number}")
    assert _split.cache_info().currsize <= 256
    assert len(endless) > MAX_CHARS
