"""Street addresses: number words become digits, the rest is kept as said. Never surer than 0.7."""

from __future__ import annotations

from collections.abc import Sequence

from .digits import read_digit_group
from .found import Found
from .kinds import Context
from .numbers import read_ordinal
from .tokens import MASK, Utterance, phrases, word_set

_STREETS = word_set(
    """street st avenue ave road rd drive dr lane ln boulevard blvd court ct place pl way terrace square
    close crescent highway parkway circle row mews hill gardens grove walk broadway loop trail alley"""
)
_LEAD = phrases(
    """my address is | the address is | address is | i live at | we live at | i live on | its | it is |
    thats | at | we are at | send it to | deliver it to | deliver to | um | uh | well | yes | sure |
    okay | so"""
)
_UNITS = frozenset({"apartment", "apt", "flat", "unit", "suite", "floor", "room", "number", "building"})
_TAIL = frozenset({"please", "thanks", "thank", "you"})


def _number(words: Sequence[str], i: int) -> tuple[str, int] | None:
    digits, j = "", i
    while j < len(words):
        group = read_digit_group(words, j)
        if group is None or (words[j] == "o" and not digits):
            break
        digits, j = digits + group[0], group[1]
    return (digits, j) if digits else None


def _written(u: Utterance, start: int, end: int) -> str:
    parts: list[str] = []
    i = start
    while i < end:
        word = u.words[i]
        ordinal = read_ordinal(u.words, i)
        number = _number(u.words, i)
        if ordinal and not word[0].isdigit():
            parts.append(_suffixed(ordinal[0]))
            i = ordinal[1]
        elif number:
            text, i = number[0], number[1]
            if (
                i < end
                and len(u.words[i]) == 1
                and u.words[i].isalpha()
                and parts
                and parts[-1].rstrip(",").lower() in _UNITS
            ):
                text, i = text + u.words[i].upper(), i + 1
            parts.append(text)
        else:
            if word in _UNITS and parts:
                parts[-1] = parts[-1].rstrip(",") + ","
            parts.append(u.original(i) if u.original(i)[:1].isupper() else u.original(i).capitalize())
            i += 1
        if i < end and "," in u.between(i) and parts:
            parts[-1] = parts[-1].rstrip(",") + ","
    return " ".join(parts)


def _suffixed(n: int) -> str:
    if 11 <= n % 100 <= 13:
        return f"{n}th"
    return f"{n}{ {1: 'st', 2: 'nd', 3: 'rd'}.get(n % 10, 'th') }"


def find_address(u: Utterance, context: Context) -> Found | None:
    """The kind ``address``: from the house number (or the first word) to the end of the utterance."""
    words = u.words
    start = 0
    while start < len(words):
        length = _LEAD.match(words, start)
        if not length:
            break
        start += length
    end = start
    while end < len(words) and words[end] != MASK:
        end += 1
    while end > start and words[end - 1] in _TAIL:
        end -= 1
    if end <= start:
        return None
    street = any(word in _STREETS for word in words[start:end])
    numbered = next((i for i in range(start, end) if _number(words, i)), None)
    if u.strict and not (street and numbered is not None):
        return None
    if u.strict and numbered is not None:
        start = numbered
    whole = street and numbered is not None
    return Found(start, end, _written(u, start, end), 0.7 if whole else 0.4, complete=whole)
