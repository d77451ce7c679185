"""What the ear should expect of each kind: words, digits or spelling to come, and how long to wait."""

from __future__ import annotations

from .days import MONTH_NAMES, WEEKDAY_NAMES
from .kinds import Context, Expectation, Kind
from .words import ONES, SPELLING_WORDS, TENS

_NUMBERS = tuple(ONES) + tuple(TENS[2:])
_DIGITS = (*ONES[:10], "oh", "double", "triple")
_DAYS = (*WEEKDAY_NAMES, "today", "tomorrow", "next week")
_LETTERS = (*SPELLING_WORDS.values(), "as in", "double")

_TABLE: dict[Kind, Expectation] = {
    Kind.date: Expectation(
        (*_DAYS, *MONTH_NAMES, "the", "first", "of"), True, False, "normal", (*WEEKDAY_NAMES, *MONTH_NAMES)
    ),
    Kind.time: Expectation(
        ("half past", "quarter to", "o'clock", "AM", "PM", "noon", "in the afternoon", "in the evening"),
        True,
        False,
        "normal",
        ("half past", "quarter", "o'clock", "noon"),
    ),
    Kind.datetime: Expectation(
        (*_DAYS, *MONTH_NAMES, "at", "half past", "AM", "PM"),
        True,
        False,
        "normal",
        (*WEEKDAY_NAMES, *MONTH_NAMES, "o'clock"),
    ),
    Kind.date_range: Expectation(
        (*_DAYS, *MONTH_NAMES, "from", "to", "until"), True, False, "patient", (*WEEKDAY_NAMES, *MONTH_NAMES)
    ),
    Kind.duration: Expectation(("minutes", "hours", "half an hour", "days", "nights"), True, False, "normal"),
    Kind.number: Expectation(_NUMBERS, True, False, "normal"),
    Kind.ordinal: Expectation(("first", "second", "third", "last"), True, False, "quick"),
    Kind.money: Expectation(("dollars", "pounds", "cents", "pence"), True, False, "normal"),
    Kind.phone: Expectation(_DIGITS, True, False, "patient", ("double", "triple", "plus")),
    Kind.email: Expectation(
        ("at", "dot", "com", "gmail", "underscore", "dash"),
        True,
        True,
        "patient",
        ("gmail", "hotmail", "outlook", "yahoo", "icloud", "dot com", "underscore"),
    ),
    Kind.person_name: Expectation(("my name is", "it's", "under"), False, False, "normal"),
    Kind.spelled_name: Expectation(_LETTERS, False, True, "patient", tuple(SPELLING_WORDS.values())),
    Kind.address: Expectation(("street", "avenue", "road", "apartment"), True, True, "patient"),
    Kind.postcode: Expectation(_DIGITS, True, False, "patient", ("double", "oh")),
    Kind.date_of_birth: Expectation((*MONTH_NAMES, "nineteen", "two thousand"), True, False, "patient", MONTH_NAMES),
    Kind.code: Expectation((*_DIGITS, *_LETTERS), True, True, "patient", tuple(SPELLING_WORDS.values())),
    Kind.yes_no: Expectation(("yes", "no", "yeah", "correct", "that's right", "no thanks"), False, False, "quick"),
    Kind.choice: Expectation(("the first", "the second", "the last"), False, False, "normal"),
    Kind.party_size: Expectation((*ONES[1:13], "people", "of us", "just me", "a couple"), True, False, "quick"),
    Kind.card: Expectation(_DIGITS, True, False, "patient"),
    Kind.free_text: Expectation((), False, False, "patient"),
}
_BRITISH_DIGITS = (*_DIGITS, "nought", "treble")
_BRITISH: dict[Kind, Expectation] = {
    Kind.date: Expectation(
        (*_DAYS, *MONTH_NAMES, "the", "first", "of", "week", "fortnight"),
        True,
        False,
        "normal",
        (*WEEKDAY_NAMES, *MONTH_NAMES, "fortnight"),
    ),
    Kind.money: Expectation(("pounds", "pence", "p", "quid"), True, False, "normal", ("quid", "pence")),
    Kind.phone: Expectation(_BRITISH_DIGITS, True, False, "patient", ("double", "treble", "nought", "plus")),
    Kind.address: Expectation(("road", "street", "lane", "close", "flat"), True, True, "patient"),
    Kind.postcode: Expectation((*_BRITISH_DIGITS, *_LETTERS, "zed"), True, True, "patient", ("zed",)),
    Kind.code: Expectation(
        (*_BRITISH_DIGITS, *_LETTERS, "zed"), True, True, "patient", (*SPELLING_WORDS.values(), "zed", "treble")
    ),
    Kind.card: Expectation(_BRITISH_DIGITS, True, False, "patient", ("double", "treble", "nought")),
}


def expectation(kind: Kind | str, context: Context | None = None) -> Expectation:
    """What is likely to be said for ``kind`` in the locale of ``context``; its choices become words and key terms."""
    kind = Kind(kind)
    expected = _TABLE[kind]
    if context is not None and context.locale == "en-GB":
        expected = _BRITISH.get(kind, expected)
    if kind is Kind.choice and context is not None:
        said = tuple(way for choice in context.choices for way in choice.says)
        return Expectation((*said, *expected.typical_words), False, False, expected.patience, said)
    return expected
