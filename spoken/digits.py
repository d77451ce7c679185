"""Digit strings as people say them: "double seven", "oh", "twenty three", "eight hundred", groups."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from .found import CORRECTION
from .kinds import Kind
from .numbers import HOMOPHONES, TEN_WORDS, UNITS
from .tokens import FILLERS, Utterance, is_digits

ZEROS = frozenset({"oh", "o", "zero", "nought", "naught", "aught", "nil"})
_REPEATS = {"double": 2, "triple": 3, "treble": 3, "quadruple": 4}
_LINKS = frozenset({"then", "and", "followed", "by", "comma", "it", "is", "would", "be", "that", "next"})
_JOINTS = frozenset({"dash", "hyphen", "then", "and", "space", "area", "dot"})


@dataclass(frozen=True)
class DigitRun:
    """Digits said in one stretch of the words ``[start, end)``."""

    start: int
    end: int
    digits: str
    sure: float = 0.95


def _single(word: str) -> str | None:
    if word in ZEROS:
        return "0"
    n = UNITS.get(word, 10)
    if n < 10:
        return str(n)
    return word if len(word) == 1 and is_digits(word) else None


def read_digit_group(words: Sequence[str], i: int) -> tuple[str, int] | None:
    """One element of a digit string at word ``i``: digits and the index after it."""
    if i >= len(words):
        return None
    word = words[i]
    if word in _REPEATS and i + 1 < len(words):
        digit = _single(words[i + 1])
        return (digit * _REPEATS[word], i + 2) if digit else None
    if is_digits(word):
        head, j = word, i + 1
    elif word in ZEROS:
        return "0", i + 1
    elif word in UNITS:
        head, j = str(UNITS[word]), i + 1
    elif word in TEN_WORDS:
        unit = UNITS.get(words[i + 1], 0) if i + 1 < len(words) else 0
        head, j = (str(TEN_WORDS[word] + unit), i + 2) if 1 <= unit <= 9 else (str(TEN_WORDS[word]), i + 1)
    else:
        return None
    if j < len(words) and words[j] == "hundred" and len(head) <= 2:
        return _hundred(head, words, j + 1)
    if j < len(words) and words[j] == "thousand" and len(head) <= 3:
        return head + "000", j + 1
    return head, j


def _hundred(head: str, words: Sequence[str], j: int) -> tuple[str, int]:
    with_and = j < len(words) and words[j] == "and"
    rest = read_digit_group(words, j + with_and)
    # "eight hundred five five five" is 800 555; "four hundred and five" is 405, "four hundred twelve" 412.
    if rest and len(rest[0]) == 2 and words[j + with_and] not in _REPEATS:
        return head + rest[0], rest[1]
    if rest and with_and and len(rest[0]) == 1:
        return f"{head}0{rest[0]}", rest[1]
    return head + "00", j


def digit_runs(u: Utterance) -> list[DigitRun]:
    """Every stretch of digits. "to", "for" ... count as digits only between digits or at the very end."""
    runs: list[DigitRun] = []
    words = u.words
    i = 0
    while i < len(words):
        first = read_digit_group(words, i)
        if first is None:
            i += 1
            continue
        start, (digits, i), sure = i, first, 0.95
        end = i
        while i < len(words) and len(digits) < 40:
            group = read_digit_group(words, i)
            if group is not None:
                digits, i = digits + group[0], group[1]
                end = i
            elif words[i] in HOMOPHONES and (i + 1 == len(words) or read_digit_group(words, i + 1)):
                digits, i, sure = digits + str(UNITS[HOMOPHONES[words[i]]]), i + 1, sure * 0.8
                end = i
            elif words[i] in _JOINTS and read_digit_group(words, i + 1):
                i += 1
            else:
                break
        runs.append(DigitRun(start, end, digits, round(sure, 3)))
    return runs


def _joined(gap: Sequence[str]) -> bool:
    """Whether what lies between two runs leaves them one string: fillers, "and then"."""
    return len(gap) <= 4 and all(FILLERS.match(gap, i) or word in _LINKS for i, word in enumerate(gap))


_NOUNS = {
    "phone": Kind.phone, "cell": Kind.phone, "mobile": Kind.phone, "telephone": Kind.phone, "landline": Kind.phone,
    "card": Kind.card, "visa": Kind.card, "mastercard": Kind.card, "amex": Kind.card, "zip": Kind.postcode,
    "postcode": Kind.postcode, "zipcode": Kind.postcode, "order": Kind.code, "reference": Kind.code,
    "confirmation": Kind.code, "booking": Kind.code, "invoice": Kind.code, "ticket": Kind.code, "account": Kind.code,
    "pin": Kind.code,
}  # fmt: skip


def named_kind(u: Utterance, start: int) -> Kind | None:
    """What the caller calls the digits at word ``start``: "my phone is ...", "the order number is ..."."""
    for word in reversed(u.words[max(0, start - 4) : start]):
        if word in _NOUNS:
            return _NOUNS[word]
    return None


def own_runs(kind: Kind, runs: Sequence[DigitRun], u: Utterance) -> list[DigitRun]:
    """The runs that are not called something else."""
    return [run for run in runs if named_kind(u, run.start) in (None, kind)]


def settle_runs(
    runs: Sequence[DigitRun],
    u: Utterance,
    whole: int | None = None,
    enough: Callable[[str], bool] | None = None,
) -> DigitRun | None:
    """One digit string from the runs of an utterance; once it is ``enough`` only a correction changes it.

    A run after a correction replaces the one before it; when it is shorter than the whole it replaces
    the end ("... oh one nine three, sorry, two"). Runs merely parted by fillers are joined.
    """
    if not runs:
        return None
    current = runs[0]
    for run in runs[1:]:
        digits, start, sure = current.digits + run.digits, current.start, min(current.sure, run.sure)
        if CORRECTION.within(u.words, current.end, run.start):
            if len(current.digits) >= (whole or 7) and len(run.digits) < len(current.digits):
                digits = current.digits[: -len(run.digits)] + run.digits
                sure = min(sure, 0.6)
            else:
                digits, start = run.digits, run.start
        elif enough is not None and enough(current.digits):
            continue
        elif not _joined(u.words[current.end : run.start]):
            if len(run.digits) <= len(current.digits):
                continue
            digits, start = run.digits, run.start
        current = DigitRun(start, run.end, digits, sure)
    return current
