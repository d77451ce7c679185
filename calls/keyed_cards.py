"""Cards keyed where something else is asked for: in one entry, or over several that the question's length cut apart."""

from __future__ import annotations

import re
from dataclasses import dataclass

from calls.secure_entry import luhn
from calls.speech import Heard

FEWEST = 4
"""digits of an entry that answers nothing which are not kept"""

GOES_ON_MS = 3_000.0
"""From one entry's last key to the next one's first, while a card is keyed on: more, and it is an answer anew."""

JOINED_MS = 10_000.0
"""The same for entries which together are a whole card."""

LONGEST_ROW = 32
"""digits that are looked at together: a card, its expiry and its code, or a number begun anew"""

_BEGINS = re.compile(r"3[0-9]|4|5[1-5]|2[2-7]|6")
_CARD = re.compile(
    r"(?:4\d{12}(?:\d{3}){0,2}|(?:5[1-5]|2[2-7])\d{14}|3[47]\d{13}|3[0689]\d{12}|35\d{14}|6\d{11,18})"
)


def card_in(digits: str) -> bool:
    """Whether a whole card stands anywhere in ``digits``: prefix and length of a network's, and the check digit
    (ISO/IEC 7812-1)."""
    return any(_card_from(digits, at) for at in range(len(digits) - 12))


def _card_from(digits: str, at: int, after: int = 0) -> bool:
    """Whether one begins at ``at`` and ends later than ``after``."""
    ends = range(max(at + 13, after + 1), min(at + 19, len(digits)) + 1)
    return any(_CARD.fullmatch(digits, at, end) and luhn(digits[at:end]) for end in ends)


@dataclass(frozen=True, slots=True)
class _Entry:
    digits: str
    kept: bool
    """as an answer"""
    begun: bool
    """of a card: begun with an entry that answers nothing, and keyed on without a pause"""
    from_ms: float
    to_ms: float


@dataclass(frozen=True, slots=True)
class Judged:
    """What is to become of an entry."""

    mask: bool
    card_ms: float | None = None
    """it is, or completes, a whole card, which was begun then; None: none"""


class KeyedRow:
    """The entries of one call that were keyed in a row. Grammar: ``judge`` for each, ``spoken`` for words between."""

    def __init__(self) -> None:
        self._row: tuple[_Entry, ...] = ()

    def spoken(self) -> None:
        """Words were said: what is keyed next is no rest of what was keyed before."""
        self._row = ()

    def judge(self, heard: Heard, *, answers: bool) -> Judged:
        """``answers``: the script can take it for what it has asked for."""
        digits = "".join(key for key in heard.text if key.isdecimal())
        if self._row and heard.from_ms - self._row[-1].to_ms > JOINED_MS:
            self._row = ()
        rest = bool(self._row) and self._row[-1].begun and heard.from_ms - self._row[-1].to_ms <= GOES_ON_MS
        stray = not answers and len(digits) >= FEWEST
        begun = rest or (stray and _BEGINS.match(digits) is not None)
        self._row = self._with(_Entry(digits, answers and not rest, begun, heard.from_ms, heard.to_ms))
        card_ms = self._card_ms()
        return Judged(card_ms is not None or rest or stray, card_ms)

    def _with(self, entry: _Entry) -> tuple[_Entry, ...]:
        row = (*self._row, entry)
        while len(row) > 1 and sum(len(one.digits) for one in row) > LONGEST_ROW:
            row = row[1:]
        return row

    def _card_ms(self) -> float | None:
        """Where most digits are of answers to what was asked (a phone, then a code), a check digit that fits is
        chance."""
        for first in range(len(self._row)):
            row = self._row[first:]
            digits, ours = "".join(entry.digits for entry in row), sum(len(e.digits) for e in row if e.kept)
            before = len(digits) - len(row[-1].digits)
            if 2 * ours <= len(digits) and _card_from(digits, 0, before):
                return row[0].from_ms
        return None
