"""Writes numbers, times, dates, sums and codes as the words a voice should say. English only.

A synthesizer left alone reads "0192" as a quantity and loses the zero. Rules: digits one by one for codes,
for numbers that start with 0 and for four or more digits, except 1900 to 2099 (years) and numbers with a
thousands comma; groups of a telephone number are kept apart by commas; letters of codes by their names.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

# fmt: off
_ONES = [
    "zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve",
    "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen",
]
_TENS = ["", "", "twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"]
_ORDINALS = {
    "one": "first",
    "two": "second",
    "three": "third",
    "five": "fifth",
    "eight": "eighth",
    "nine": "ninth",
    "twelve": "twelfth",
}
_MONTHS = [
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
    "December",
]
_LETTER_NAMES = [
    "ay", "bee", "see", "dee", "ee", "eff", "gee", "aitch", "eye", "jay", "kay", "ell", "em", "en", "oh", "pee",
    "cue", "are", "ess", "tee", "you", "vee", "double-you", "ex", "why", "zee",
]
# fmt: on
_LETTERS = dict(zip("abcdefghijklmnopqrstuvwxyz", _LETTER_NAMES, strict=True))
_MONEY = {"$": ("dollar", "cent"), "£": ("pound", "penny"), "€": ("euro", "cent")}


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of the written text and how it is said; neither has spaces at its ends."""

    source: str
    spoken: str


def cardinal(number: int) -> str:
    """0 to 999,999,999 in words, without "and"."""
    if number < 20:
        return _ONES[number]
    if number < 100:
        return _TENS[number // 10] + (f"-{_ONES[number % 10]}" if number % 10 else "")
    for size, name in ((1_000_000, "million"), (1_000, "thousand"), (100, "hundred")):
        if number >= size:
            rest = f" {cardinal(number % size)}" if number % size else ""
            return f"{cardinal(number // size)} {name}{rest}"
    raise AssertionError("unreachable")


def ordinal(number: int) -> str:
    """1 as "first", 21 as "twenty-first"."""
    head, mark, last = re.match(r"(.*?)([ -]?)([a-z]+)$", cardinal(number)).groups()  # type: ignore[union-attr]
    if last in _ORDINALS:
        return head + mark + _ORDINALS[last]
    return head + mark + (f"{last[:-1]}ieth" if last.endswith("y") else f"{last}th")


def digits(text: str) -> str:
    """Every digit of the text as a word; other characters are left out."""
    return " ".join(_ONES[int(c)] for c in text if c in "0123456789")


def letters_and_digits(code: str) -> str:
    """ "AB-12" as "ay bee, one two": letters by name, a comma where the code has a separator."""
    groups = [g for g in re.split(r"[^A-Za-z0-9]+", code) if g]
    return ", ".join(" ".join(_LETTERS[c] if c.isalpha() else _ONES[int(c)] for c in g.lower()) for g in groups)


def _year(number: int) -> str:
    if number % 1000 < 10:
        return cardinal(number)
    low = number % 100
    tail = "hundred" if low == 0 else f"oh {_ONES[low]}" if low < 10 else cardinal(low)
    return f"{cardinal(number // 100)} {tail}"


def _clock(m: re.Match[str]) -> str | None:
    hour, minute, half = int(m["hour"]), int(m["minute"] or 0), m["half"]
    if hour > 23 or minute > 59:
        return None
    said = cardinal(hour)
    if minute:
        said += f" oh {_ONES[minute]}" if minute < 10 else f" {cardinal(minute)}"
    elif not half:
        said += " o'clock" if 0 < hour <= 12 else " hundred"
    return f"{said} {half[0].lower().replace('a', 'ay').replace('p', 'pee')} em" if half else said


def _iso_date(m: re.Match[str]) -> str | None:
    year, month, day = int(m["y"]), int(m["m"]), int(m["d"])
    if not (1 <= month <= 12 and 1 <= day <= 31):
        return None
    return f"{_MONTHS[month - 1]} {ordinal(day)}, {_year(year)}"


def _money(m: re.Match[str]) -> str | None:
    whole, part = int(m["whole"].replace(",", "")), int(m["part"] or 0)
    if whole > 999_999_999:
        return None
    unit, small = _MONEY[m["sign"]]
    cents = f"{cardinal(part)} {'pence' if small == 'penny' and part != 1 else small + 's' * (part != 1)}"
    if part and not whole:
        return cents
    said = f"{cardinal(whole)} {unit}{'s' if whole != 1 else ''}"
    return f"{said} and {cents}" if part else said


def _phone(m: re.Match[str]) -> str:
    groups = [g for g in re.split(r"\D+", m[0]) if g]
    said = ", ".join(digits(part) for g in groups for part in _threes(g))
    return f"plus {said}" if m[0].startswith("+") else said


def _threes(group: str) -> list[str]:
    """A long unbroken run in breaths: threes, and a last group of three or four."""
    parts = []
    while len(group) > 4:
        parts.append(group[:3])
        group = group[3:]
    return [*parts, group]


def _number(m: re.Match[str]) -> str:
    text = m[0].replace(",", "")
    if "," not in m[0] and (len(text) >= 4 or (len(text) > 1 and text[0] == "0")):
        return _year(int(text)) if len(text) == 4 and 1900 <= int(text) <= 2099 else digits(text)
    return cardinal(int(text)) if len(text) <= 9 else digits(text)


def _decimal(m: re.Match[str]) -> str:
    whole, part = m[0].split(".")
    return f"{cardinal(int(whole)) if len(whole) <= 9 else digits(whole)} point {digits(part)}"


def _email(m: re.Match[str]) -> str:
    named = {"@": " at ", ".": " dot ", "-": " dash ", "_": " underscore ", "+": " plus "}
    said = re.sub(r"[@._+-]", lambda mark: named[mark[0]], m[0])
    return " ".join(re.sub(r"\d", lambda d: f" {_ONES[int(d[0])]} ", said).split())


_RULES: tuple[tuple[str, Callable[[re.Match[str]], str | None]], ...] = (
    (r"[\w.+-]+@[\w-]+(?:\.[A-Za-z0-9-]+)+", _email),
    (r"\b(?P<y>[12]\d{3})-(?P<m>\d\d)-(?P<d>\d\d)\b", _iso_date),
    (r"\b(?P<hour>\d{1,2}):(?P<minute>\d\d)(?:\s?(?P<half>[AaPp]\.[Mm]\.|[AaPp][Mm]\b))?(?!:?\d)", _clock),
    (r"\b(?P<hour>\d{1,2})(?P<minute>)\s?(?P<half>[AaPp]\.[Mm]\.|[AaPp][Mm]\b)", _clock),
    (r"(?P<sign>[$£€])(?P<whole>\d{1,3}(?:,\d{3})+|\d+)(?:\.(?P<part>\d\d))?(?!\d)", _money),
    (r"\b(?P<n>\d{1,9}(?:\.\d+)?) ?%", lambda m: f"{speakable(m['n'])} percent"),
    (r"(?<![\w.])\+?\(?\d(?:[ ().-]{0,2}\d){6,14}(?![\w-])", _phone),
    (
        rf"\b(?P<month>{'|'.join(_MONTHS)}) (?P<day>[0-3]?\d)(?:st|nd|rd|th)?\b(?!:)",
        lambda m: f"{m['month']} {ordinal(int(m['day']))}",
    ),
    (r"\b(?P<n>\d{1,6})(?:st|nd|rd|th)\b", lambda m: ordinal(int(m["n"]))),
    (r"\b[A-Z](?:-[A-Z])+\b", lambda m: letters_and_digits(m[0].replace("-", ""))),
    (r"\b(?=[A-Z0-9-]*\d)(?=[A-Z0-9-]*[A-Z])[A-Z0-9]+(?:-[A-Z0-9]+)*\b", lambda m: letters_and_digits(m[0])),
    (r"(?<![\d.])\d+\.\d+(?![\d.])", _decimal),
    (r"\d{1,3}(?:,\d{3})+(?!\d)|\d+", _number),
)
_COMPILED = tuple((re.compile(pattern, re.ASCII), rule) for pattern, rule in _RULES)


def speakable(text: str) -> str:
    """The text as words to be said."""
    return " ".join(piece.spoken for piece in pieces(text))


def pieces(text: str) -> list[Piece]:
    """The text word by word, each with how it is said. "2:30 PM" is one piece of four spoken words."""
    merged: list[Piece] = []
    glued = False
    for source, spoken in _cut(text, 0):
        words = [(source, spoken)] if spoken is not None else [(w, w) for w in source.split()]
        starts_apart = spoken is None and (not source or source[0].isspace())
        for index, (written, said) in enumerate(words):
            if index == 0 and merged and glued and not starts_apart:
                merged[-1] = _join(merged[-1], written, said)
            else:
                merged.append(Piece(written, said))
        glued = not source[-1].isspace() if source else glued
    return merged


def _join(left: Piece, written: str, said: str) -> Piece:
    """Glue what was written without a space: punctuation stays on the word, words are said apart."""
    space = " " if said[0].isalnum() and left.spoken[-1].isalnum() else ""
    return Piece(left.source + written, left.spoken + space + said)


def _cut(text: str, first: int) -> list[tuple[str, str | None]]:
    """Split at what a rule rewrites: (written, said), said None where no rule applies."""
    for index in range(first, len(_COMPILED)):
        pattern, rule = _COMPILED[index]
        for m in pattern.finditer(text):
            said = rule(m)
            if said:
                return [
                    *_cut(text[: m.start()], index),
                    (m[0], said),
                    *_cut(text[m.end() :], index),
                ]
    return [(text, None)] if text else []
