"""Reading cardinals, ordinals and decimals out of words."""

from __future__ import annotations

from collections.abc import Sequence

from .tokens import is_digits
from .words import ONES, TENS, ordinal_words

UNITS = {word: n for n, word in enumerate(ONES)} | {"nought": 0, "naught": 0, "niner": 9}
TEN_WORDS = {word: n * 10 for n, word in enumerate(TENS) if n >= 2} | {"fourty": 40, "fourties": 40}
SCALES = {"thousand": 1000, "grand": 1000, "k": 1000, "million": 10**6, "billion": 10**9}
ORDINALS = {ordinal_words(n): n for n in range(1, 100) if " " not in ordinal_words(n)}
# What a recognizer writes when it hears a lone number (no grammar of its own to tell them apart).
HOMOPHONES = {
    "to": "two", "too": "two", "tu": "two", "for": "four", "fore": "four", "won": "one", "ate": "eight",
    "tree": "three", "free": "three", "sicks": "six", "fife": "five", "nein": "nine",
}  # fmt: skip
_PARTS = {
    ("and", "a", "half"): 0.5, ("and", "a", "quarter"): 0.25, ("and", "three", "quarters"): 0.75,
    ("and", "one", "half"): 0.5, ("and", "one", "quarter"): 0.25,
}  # fmt: skip


def _below_hundred(words: Sequence[str], i: int) -> tuple[int, int] | None:
    if i >= len(words):
        return None
    word = words[i]
    if word in UNITS:
        return UNITS[word], i + 1
    if word in TEN_WORDS:
        tens = TEN_WORDS[word]
        unit = UNITS.get(words[i + 1], 0) if i + 1 < len(words) else 0
        return (tens + unit, i + 2) if 1 <= unit <= 9 else (tens, i + 1)
    return None


def _below_thousand(words: Sequence[str], i: int) -> tuple[int, int] | None:
    if i < len(words) and is_digits(words[i]) and len(words[i]) <= 12:
        head, j = int(words[i]), i + 1
    elif i + 1 < len(words) and words[i] in ("a", "an") and words[i + 1] in {"hundred", *SCALES} - {"k"}:
        head, j = 1, i + 1
    else:
        read = _below_hundred(words, i)
        if read is None:
            return None
        head, j = read
    if j < len(words) and words[j] == "hundred" and 0 < head < 100:
        head, j = head * 100, j + 1
        rest = _below_hundred(words, j + 1 if j < len(words) and words[j] == "and" else j)
        if rest is not None and rest[0] > 0:
            head, j = head + rest[0], rest[1]
    return head, j


def read_cardinal(words: Sequence[str], i: int) -> tuple[int, int] | None:
    """The whole number that starts at word ``i`` and the index after it: "two thousand and five", "12"."""
    read = _below_thousand(words, i)
    if read is None:
        return None
    value, j = read
    total, scale = 0, 10**12
    while j < len(words) and words[j] in SCALES and SCALES[words[j]] < scale:
        scale = SCALES[words[j]]
        total, value, j = total + value * scale, 0, j + 1
        rest = _below_thousand(words, j + 1 if j < len(words) and words[j] == "and" else j)
        if rest is None or rest[0] >= scale or rest[0] == 0:
            break
        value, j = rest
    return total + value, j


def read_number(words: Sequence[str], i: int) -> tuple[int | float, int] | None:
    """A number with decimals, halves, dozens and a sign: "minus two point five", "one and a half"."""
    if i >= len(words):
        return None
    if words[i] in ("minus", "negative"):
        read = read_number(words, i + 1)
        return (-read[0], read[1]) if read and read[0] > 0 else None
    dozen = _dozens(words, i) or _couples(words, i)
    if dozen:
        return dozen
    if words[i] == "half" and tuple(words[i + 1 : i + 2]) == ("a",) and i + 2 < len(words) and words[i + 2] in SCALES:
        return _scaled(0.5, words, i + 2)
    word = words[i]
    if "." in word and word[0] in "0123456789" and word.count(".") == 1 and len(word) <= 20:
        whole = float(word) if word[-1] != "." else 0.0
        j = i + 1
        if j < len(words) and words[j] in SCALES:
            return _tidy(whole * SCALES[words[j]]), j + 1
        return _tidy(whole), j
    if word in ("point", "decimal"):
        return _decimals(0, words, i)
    read_int = read_cardinal(words, i)
    if read_int is None:
        return None
    value, j = read_int
    if j < len(words) and words[j] in ("point", "decimal"):
        return _decimals(value, words, j) or (value, j)
    part = _part_after(words, j)
    return _scaled(value + part[0], words, part[1]) if part else (value, j)


def _part_after(words: Sequence[str], j: int) -> tuple[float, int] | None:
    """ "And a half", "and three quarters" after a whole number."""
    for phrase, part in _PARTS.items():
        if tuple(words[j : j + len(phrase)]) == phrase:
            return part, j + len(phrase)
    return None


def _scaled(amount: float, words: Sequence[str], j: int) -> tuple[int | float, int]:
    """ "Two and a half thousand", "half a million"."""
    if j < len(words) and words[j] in SCALES and words[j] not in ("k",):
        return _tidy(amount * SCALES[words[j]]), j + 1
    if j < len(words) and words[j] == "hundred":
        return _tidy(amount * 100), j + 1
    return _tidy(amount), j


def _tidy(x: float) -> int | float:
    return int(x) if float(x).is_integer() else x


def _decimals(whole: int, words: Sequence[str], j: int) -> tuple[int | float, int] | None:
    digits, k = "", j + 1
    while k < len(words) and len(digits) < 9:
        if is_digits(words[k]):
            digits += words[k]
        elif UNITS.get(words[k], 99) < 10 or words[k] in ("oh", "o"):
            digits += str(UNITS.get(words[k], 0))
        elif words[k] in TEN_WORDS or words[k] in UNITS:
            read = _below_hundred(words, k)
            assert read is not None
            digits += str(read[0])
            k = read[1]
            continue
        else:
            break
        k += 1
    return (_tidy(float(f"{whole}.{digits}")), k) if digits else None


def _dozens(words: Sequence[str], i: int) -> tuple[int, int] | None:
    two = tuple(words[i : i + 2])
    if two in (("a", "dozen"), ("one", "dozen")):
        return 12, i + 2
    if words[i] == "half" and tuple(words[i + 1 : i + 3]) == ("a", "dozen"):
        return 6, i + 3
    if two in (("two", "dozen"), ("three", "dozen")):
        return 12 * UNITS[two[0]], i + 2
    if words[i] == "dozen":
        return 12, i + 1
    return None


def read_ordinal(words: Sequence[str], i: int) -> tuple[int, int] | None:
    """An ordinal: "third", "twenty first", "21st", "one hundredth", "the hundred and first"."""
    if i >= len(words):
        return None
    small = read_small_ordinal(words, i)
    if small:
        return small
    times = (1, i + 1) if words[i] in ("a", "hundred", "hundredth") else _below_hundred(words, i)
    if times is None or times[0] == 0:
        return None
    j = i if words[i] in ("hundred", "hundredth") else times[1]
    if words[j : j + 1] in (("hundredth",), ("thousandth",), ("millionth",)):
        return times[0] * {"hundredth": 100, "thousandth": 1000, "millionth": 10**6}[words[j]], j + 1
    if words[j : j + 1] != ("hundred",):
        return None
    rest = read_small_ordinal(words, j + 2 if words[j + 1 : j + 2] == ("and",) else j + 1)
    return (times[0] * 100 + rest[0], rest[1]) if rest else None


def read_small_ordinal(words: Sequence[str], i: int) -> tuple[int, int] | None:
    """An ordinal up to 99, or any written in figures."""
    if i >= len(words):
        return None
    word = words[i]
    if word[0] in "0123456789" and word[-2:] in ("st", "nd", "rd", "th") and is_digits(word[:-2]):
        return int(word[:-2]), i + 1
    if word in ORDINALS:
        return ORDINALS[word], i + 1
    if word in TEN_WORDS:
        tail = read_small_ordinal(words, i + 1)
        if tail and 1 <= tail[0] <= 9:
            return TEN_WORDS[word] + tail[0], tail[1]
    return None


def _couples(words: Sequence[str], i: int) -> tuple[int | float, int] | None:
    """ "A couple of hundred", "a couple thousand"; a couple of anything else is left to its kind."""
    j = i + (words[i] == "a")
    if tuple(words[j : j + 1]) != ("couple",):
        return None
    j += 2 if tuple(words[j + 1 : j + 2]) == ("of",) else 1
    if j < len(words) and (words[j] in SCALES or words[j] == "hundred"):
        return _scaled(2, words, j)
    return None
