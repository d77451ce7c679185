"""A correction of part of a number or code that is being read back: "no, it's four two"."""

from __future__ import annotations

import re

from agent.understanding.values import context_for, kind_of
from agent.understanding.wording import plain
from calls.commands import Command, CorrectSlot
from calls.guidance import Guidance
from calls.run import CallFacts
from spoken import Kind, parse

_SPOKEN = {
    "zero": "0", "oh": "0", "one": "1", "two": "2", "three": "3", "four": "4", "five": "5", "six": "6",
    "seven": "7", "eight": "8", "nine": "9",
}  # fmt: skip
_TIMES = {"double": 2, "triple": 3}
_ALIKE = ("bcdegptvz", "mn", "fsx", "ahjk8", "iy", "quw", "59", "o0")
"""letters and digits which are taken for each other on the telephone"""
_REFUSES = re.compile(r"^(?:no|nope|wait|sorry|not|actually|its|it is|thats|wrong|hang on|hold on|stop)\b")

_SHORT = 12
"""words up to which "not this, that" is all that is said"""


def corrected(text: str, guidance: Guidance, facts: CallFacts) -> Command | None:
    """The whole value with the piece put right that the caller named; None when the turn is something else."""
    slot = guidance.slot(guidance.primary)
    if slot is None or not isinstance(guidance.proposed, str) or CorrectSlot.__name__ not in guidance.allowed:
        return None
    kind = kind_of(slot)
    if kind not in (Kind.phone, Kind.code, Kind.card) or not _REFUSES.match(plain(text)):
        return None
    found = parse(Kind.code, re.sub(r"^\W*no\W+", "", text, flags=re.IGNORECASE), context_for([], facts))
    head, whole = _body(kind, guidance.proposed)
    piece = str(found.value) if found is not None else ""
    if not piece or len(piece) >= len(whole) or (kind is not Kind.code and not piece.isdigit()):
        return None
    at = _place(whole, piece, _characters_in(guidance.heard, whole))
    if at is None:
        return None
    value = head + whole[:at] + piece + whole[at + len(piece) :]
    return CorrectSlot(slot.slot, value, text, 0.6) if value != guidance.proposed else None


def instead(text: str, guidance: Guidance, facts: CallFacts) -> Command | None:
    """The right hour beside the one that was read back: "not ten, eleven". A bare number is an hour only in that."""
    held = [slot for slot in guidance.slots if slot.filled and slot.said and kind_of(slot) is Kind.time]
    words = plain(text).split()
    if guidance.primary or len(held) != 1 or words.count("not") != 1 or len(words) > _SHORT:
        return None
    before, after = words[: words.index("not")], words[words.index("not") + 1 :]
    splits = [(after[:at], after[at:]) for at in range(1, len(after))]
    context = context_for(held, facts)
    said = parse(Kind.time, held[0].said, context)
    for wrong, right in [(after, before), *splits]:
        refused, meant = (parse(Kind.time, " ".join(piece), context) for piece in (wrong, right))
        if said and refused and meant and refused.value == said.value != meant.value:
            return CorrectSlot(held[0].slot, meant.value, text, meant.confidence)
    return None


def _body(kind: Kind, value: str) -> tuple[str, str]:
    """What is not read back, and what is."""
    if kind is Kind.phone and value.startswith("+1"):
        return "+1", value[2:]
    if kind is Kind.phone and value.startswith("+"):
        return value[:3], value[3:]
    return "", value


def _characters_in(heard: str, whole: str) -> int:
    """How many characters of the value the caller had heard; all of them when they let it finish."""
    if not heard.strip():
        return len(whole)
    count, times = 0, 1
    for word in plain(heard).split():
        if word in _TIMES:
            times = _TIMES[word]
            continue
        named = len(word) == 1 and count < len(whole) and word == whole[count].lower()
        if word in _SPOKEN or named:
            count += times
        times = 1
    return min(count, len(whole)) or len(whole)


def _place(whole: str, piece: str, heard: int) -> int | None:
    """Where ``piece`` belongs: what was just heard, unless another place differs by what the ear confuses."""
    spots = [at for at in range(len(whole) - len(piece) + 1) if at + len(piece) <= max(heard, len(piece))]
    if not spots:
        return None

    def unlike(at: int) -> tuple[int, int]:
        pairs = list(zip(whole[at : at + len(piece)].lower(), piece.lower(), strict=True))
        differing = [(a, b) for a, b in pairs if a != b]
        near = sum(any(a in group and b in group for group in _ALIKE) for a, b in differing)
        return (2 * len(differing) - near if differing else 99, heard - at)

    return min(spots, key=unlike)
