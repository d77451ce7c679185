"""Cards that were never issued, and the callers who key them or say them aloud; all from a seed."""

from __future__ import annotations

import random
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import count
from typing import Literal

from calls.secure_entry import luhn

Mode = Literal["carrier", "processor", "aloud"]
MODES: tuple[Mode, ...] = ("carrier", "processor", "aloud")

KNOWN = ("12125550192", "15550110", "15550111", "15550112", "15550177", "20260316", "20260317", "0000", "1234", "8000")
"""digits that stand in every call for something else"""

WINDOW = 4
_DIGITS = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")


@dataclass(frozen=True, slots=True)
class Planted:
    """One caller's secrets."""

    seed: int
    mode: Mode
    number: str
    expiry: str
    code: str
    slip: str = ""
    """what goes wrong on the way: ``star``, ``wrong_number``, ``past``, ``gives_up``, ``declined`` or nothing"""
    said: str = ""
    """the words of a caller who says it aloud"""
    script: str = ""

    @property
    def windows(self) -> frozenset[str]:
        """Every run of four digits that may be nowhere: all but the card's last four, which anybody may know."""
        runs = {self.number[at : at + WINDOW] for at in range(len(self.number) - WINDOW)}
        return frozenset(runs | {secret for secret in (self.expiry, self.code) if len(secret) == WINDOW})

    def apart_from(self, other: Planted) -> bool:
        """Whether the end of neither card is a run of the other."""
        return self.number[-WINDOW:] not in other.windows and other.number[-WINDOW:] not in self.windows

    def holds(self, run: str) -> bool:
        """Whether a run is of this card."""
        return run in self.windows or (len(run) > WINDOW and run in self.number)


def windows_of(*texts: str) -> frozenset[str]:
    """Every run of four digits in digits."""
    return frozenset(text[at : at + WINDOW] for text in texts for at in range(len(text) - WINDOW + 1))


_BENIGN = windows_of(*KNOWN)


def planted(seed: int, mode: Mode, variant: int = 0, last_four: str = "") -> Planted:
    """The caller of this seed. ``variant``: the same caller with another card; ``last_four``: one of the same
    network, with the same end."""
    chance = random.Random(f"{seed}/{mode}/{variant}")
    amex = not last_four and chance.random() < 0.2
    while True:
        number = _number(chance, 15 if amex else 16, last_four)
        expiry = f"{chance.randint(1, 12):02}{chance.choice((27, 28, 29, 30, 31))}"
        code = "".join(str(chance.randrange(10)) for _ in range(4 if amex else 3))
        card = Planted(seed, mode, number, expiry, code)
        if not card.windows & (_BENIGN | {number[-WINDOW:]}) and number.count(number[:WINDOW]) == 1:
            break
    habits = random.Random(f"{seed}/{mode}")  # the same whatever the card, so that two cards can be compared
    slips = {
        "processor": ("star", "wrong_number", "past", "gives_up"),
        "carrier": ("wrong_number", "gives_up", "declined"),
    }
    slip = habits.choice(slips[mode]) if mode != "aloud" and habits.random() < 0.4 else ""
    said = _said(habits, number, expiry) if mode == "aloud" else ""
    return Planted(seed, mode, number, expiry, code, slip, said)


def party(seeds: Iterable[int]) -> list[Planted]:
    """Callers of one evening. Anybody may know a card's last four digits, so they are no run of another's card."""
    callers: list[Planted] = []
    for seed in seeds:
        cards = (planted(seed, MODES[seed % len(MODES)], variant) for variant in count())
        callers.append(next(card for card in cards if all(card.apart_from(other) for other in callers)))
    return callers


HEADS = ("4", "51", "53", "55", "2221", "2720", "6011", "65", "62", "35")
"""how numbers of sixteen digits begin (ISO/IEC 7812)"""


def _number(chance: random.Random, length: int, last_four: str) -> str:
    return card_of(chance, chance.choice(("34", "37") if length == 15 else ("4",) if last_four else HEADS), last_four)


def card_of(chance: random.Random, head: str, last_four: str = "") -> str:
    """A number that begins so, of the length such numbers have, with a right check digit."""
    length = 15 if head in ("34", "37") else 16
    while True:
        body = head + "".join(str(chance.randrange(10)) for _ in range(length - len(head) - 4))
        tail = last_four or "".join(str(chance.randrange(10)) for _ in range(4))
        if luhn(body + tail):
            return body + tail


def _said(habits: random.Random, number: str, expiry: str) -> str:
    opening = habits.choice(
        ("my card number is", "it's a visa", "here is my card", "the number on the card is", "let me give you my card",
         "I'd like to pay with my mastercard it is", "")
    )  # fmt: skip
    digits = [_DIGITS[int(digit)] for digit in number]
    if habits.random() < 0.3:
        digits = [number[at : at + 4] for at in range(0, len(number), 4)]
    ending = f"it expires {' '.join(_DIGITS[int(digit)] for digit in expiry)}" if habits.random() < 0.5 else ""
    return " ".join(filter(None, (opening, *digits, ending)))
