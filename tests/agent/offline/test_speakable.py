"""Numbers and codes are said as people say them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.offline.speakable import cardinal, ordinal, pieces, speakable


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("0192", "zero one nine two"),
        ("7", "seven"),
        ("142 people", "one hundred forty-two people"),
        ("1,250 people", "one thousand two hundred fifty people"),
        ("in 2026", "in twenty twenty-six"),
        ("in 2005 or 2000", "in two thousand five or two thousand"),
        ("in 1900 and 1907", "in nineteen hundred and nineteen oh seven"),
        ("at 2:30 PM", "at two thirty pee em"),
        ("at 9am.", "at nine ay em."),
        ("at 9:05 a.m.", "at nine oh five ay em"),
        ("at 9:00", "at nine o'clock"),
        ("5 a.m. or 6 pm?", "five ay em or six pee em?"),
        ("at 14:30,", "at fourteen thirty,"),
        ("at 25:99", "at twenty-five:ninety-nine"),
        ("on 2026-11-21", "on November twenty-first, twenty twenty-six"),
        ("on 2026-13-41", "on two zero two six, one three, four one"),
        ("March 3", "March third"),
        ("the 21st", "the twenty-first"),
        ("$12.50", "twelve dollars and fifty cents"),
        ("$1", "one dollar"),
        ("£0.01", "one penny"),
        ("€1,200", "one thousand two hundred euros"),
        ("5.5%", "five point five percent"),
        ("AB12-C9", "ay bee one two, see nine"),
        ("T-H-O", "tee aitch oh"),
        ("555-0192", "five five five, zero one nine two"),
        ("+15550100192", "plus one five five, five zero one, zero zero one, nine two"),
        ("ann_b1@example.com", "ann underscore b one at example dot com"),
        ("nothing to change here", "nothing to change here"),
        ("", ""),
    ],
)
def test_written_and_said(written, said):
    assert speakable(written) == said


@pytest.mark.parametrize(
    ("number", "word"),
    [(1, "first"), (2, "second"), (12, "twelfth"), (20, "twentieth"), (32, "thirty-second"), (100, "one hundredth")],
)
def test_ordinals(number, word):
    assert ordinal(number) == word


def test_pieces_keep_what_was_written():
    assert [p.source for p in pieces("Come at 2:30 PM, (door 0192) please.")] == [
        "Come",
        "at",
        "2:30 PM,",
        "(door",
        "0192)",
        "please.",
    ]


@given(st.text(st.characters(codec="ascii"), max_size=60))
def test_nothing_written_is_lost_and_no_digit_is_left(text):
    cut = pieces(text)
    assert "".join("".join(p.source for p in cut).split()) == "".join(text.split())
    assert not any(c.isdigit() for p in cut for c in p.spoken)


@given(st.integers(0, 999_999_999))
def test_cardinals_are_words(number):
    assert cardinal(number).replace("-", "").replace(" ", "").isalpha()
