"""Digits in words, however they are said; made apart from the reading that is to be checked."""

from __future__ import annotations

import re
from collections.abc import Iterator

_WORDS = {
    word: str(n)
    for n, names in enumerate(
        (("zero", "oh", "o", "nought", "naught", "nil"), ("one", "won"), ("two", "to", "too"), ("three",),
         ("four", "for"), ("five",), ("six",), ("seven",), ("eight", "ate"), ("nine",))
    )
    for word in names
}  # fmt: skip
_TEENS = {"ten": "10", "eleven": "11", "twelve": "12", "thirteen": "13", "fourteen": "14", "fifteen": "15",
          "sixteen": "16", "seventeen": "17", "eighteen": "18", "nineteen": "19"}  # fmt: skip
_TENS = {"twenty": 2, "thirty": 3, "forty": 4, "fifty": 5, "sixty": 6, "seventy": 7, "eighty": 8, "ninety": 9}
_REPEATS = {"double": 2, "triple": 3, "treble": 3}
_BETWEEN = frozenset(
    "and then dash hyphen space comma dot uh um er so okay like next followed by it is that , . ; / …".split()  # noqa: SIM905
)
_TOKEN = re.compile(r"[0-9]+|[a-z]+|[^\sa-z0-9-]")


def from_words(text: str) -> Iterator[str]:
    """Stretches of number words, as digits: "double four, uh, forty two" is 4442."""
    run, tens, times = "", "", 1
    for word in [*_TOKEN.findall(text.lower()), "|"]:
        if tens and word in _WORDS and word != "zero":
            run, tens = run + str(int(tens) // 10) + _WORDS[word], ""
            continue
        run, tens = run + tens, ""
        if word in _REPEATS:
            times = _REPEATS[word]
            continue
        if word in _WORDS:
            run += _WORDS[word] * times
        elif word in _TEENS:
            run += _TEENS[word]
        elif word in _TENS:
            tens = f"{_TENS[word]}0"
        elif word.isdigit():
            run += word
        elif word == "hundred" and run:
            run += "00"
        elif word not in _BETWEEN:
            yield run
            run = ""
        times = 1
