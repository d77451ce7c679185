"""Card numbers said unasked: found from the fourth digit on, and masked. Implements ``calls.card_watch.CardWatch``.

What stands before the digits decides what they are: a word for cards, a word for something else (a phone, an order,
a street), or what the script has asked for. Digits alone, said where none were asked for, are masked while the caller
speaks, and are a card when they can be no phone number any more, or the turn ends with them. See ``docs/card-data.md``.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from agent.understanding.keypad import read_keys
from calls.card_watch import MASK, CardFound
from calls.commands import Unclear
from calls.errors import EngineError
from calls.guidance import Guidance
from calls.run import CallFacts
from spoken.cards import luhn
from spoken.digits import read_digit_group
from spoken.numbers import HOMOPHONES, UNITS
from spoken.tokens import word_set

FEWEST = 4
"""digits of which a run is looked at"""
FEWEST_BARE = 8
"""digits alone, of a turn that is over, on a line that takes no cards: fewer are a price, a year, a short code"""
FEWEST_NAMED = 2
"""the same straight after "my card number is" """
FEWEST_SECRET = 3
"""the same for a security code"""
SHORTEST_CARD = 13
"""digits (ISO/IEC 7812-1 has up to 19)"""
LONGEST_PHONE = 12
"""digits of a phone number that was asked for, country code and all"""
REACH = 12
"""words before a run that say what it is"""

DIGIT_KINDS = frozenset(
    {
        *("phone", "code", "number", "ordinal", "money", "date", "time", "datetime", "date_range", "date_of_birth"),
        *("postcode", "address", "duration", "party_size"),
    }
)
"""Kinds of value in which digits are no surprise."""

_DATE = r"(?<!\d)\d{1,4}[/.-]\d{1,2}[/.-]\d{1,4}(?!\d)"
_TOKEN = re.compile(rf"{_DATE}|[0-9]+|[^\W\d_]+(?:['’][^\W\d_]+)*|[$£€%]")
_CARD = word_set(
    """card cards exp visa mastercard amex maestro discover debit credit expires expiry expiration expiring valid"""
)
_SECRET = word_set(
    """cvv cvc cvv2 security"""
)
_WEAK = word_set(
    """pay paying payment charge billing"""
)
_OTHER = word_set(
    """phone telephone cell mobile landline call calling reach text fax extension order reference confirmation
    booking invoice ticket account policy claim case tracking serial model room suite apartment unit flat house
    address street zip postcode zipcode year born birthday since dollars pounds euros bucks cents percent
    o'clock oclock number's appointment member membership customer license plate flight bus gate code pin"""
)
_AFTER = word_set(
    """dollars pounds euros bucks cents percent street road avenue lane drive boulevard court way place square am
    pm people guests minutes hours days weeks months years miles times % o'clock oclock"""
)
_MONEY = frozenset("$£€")
_BETWEEN = word_set(
    """and then dash hyphen uh um er space so okay comma followed by"""
)
_ENDINGS = word_set(
    """ending ends end last finishing"""
)
_AMOUNTS = frozenset({"hundred", "thousand"})
_IS = word_set(
    """is it's its"""
)
_BESIDE = 3
"""other words in a turn that is all but digits"""

Verdict = Literal["pass", "mask", "doubt", "stop"]


@dataclass(frozen=True, slots=True)
class _Run:
    first: int
    last: int
    """words, both included"""
    digits: str


class CardEar:
    """One for all calls; holds nothing."""

    def find(
        self, text: str, locale: str, expected: str, *, wary: bool = False, partial: bool = False
    ) -> CardFound | None:
        """``text`` with the digits masked, and whether the caller is to be stopped; None when all may stand."""
        spans = [(match.start(), match.end()) for match in _TOKEN.finditer(text)]
        words = [text[start:end].lower().replace("’", "'") for start, end in spans]
        masked, verdicts, done = "", set[Verdict](), 0
        for run in _runs(words):
            verdict = _judged(run, words, expected, wary=wary, partial=partial)
            if verdict == "pass":
                continue
            verdicts.add(verdict)
            masked += text[done : spans[run.first][0]] + MASK
            done = spans[run.last][1]
        sure, doubtful = "stop" in verdicts, "doubt" in verdicts
        return CardFound(masked + text[done:], sure or doubtful, doubtful and not sure) if done else None

    def answers(self, keys: str, words: str, guidance: Guidance, facts: CallFacts) -> bool:
        """Whether ``keys`` mean anything to the understanding that reads them next."""
        try:
            return not any(isinstance(command, Unclear) for command in read_keys(keys, guidance, facts, words))
        except EngineError:
            return False  # nothing will be understood of them


def _runs(words: Sequence[str]) -> list[_Run]:
    """Every stretch of digits, also over "and then" and the like."""
    runs: list[_Run] = []
    at = 0
    while at < len(words):
        digits, after = _group(words, at, begun=False)
        if not digits:
            at += 1
            continue
        first, last = at, after - 1
        at = after
        while at < len(words):
            skip = at
            while skip < len(words) and skip - at < _BESIDE and words[skip] in _BETWEEN:
                skip += 1
            more, after = _group(words, skip, begun=True)
            if not more:
                break
            digits, last, at = digits + more, after - 1, after
        runs.append(_Run(first, last, digits))
    return runs


def _group(words: Sequence[str], at: int, *, begun: bool) -> tuple[str, int]:
    found = read_digit_group(words, at)
    if found is not None:
        return found
    # "to" and "for" are digits only among digits.
    if begun and at < len(words) and words[at] in HOMOPHONES:
        nothing_follows = at + 1 == len(words)
        if nothing_follows or read_digit_group(words, at + 1) or words[at + 1] in HOMOPHONES:
            return str(UNITS[HOMOPHONES[words[at]]]), at + 1
    return "", at


def _judged(run: _Run, words: Sequence[str], expected: str, *, wary: bool, partial: bool) -> Verdict:
    count = len(run.digits)
    named = _named(run, words)
    if named == "card" and count >= FEWEST_NAMED and _is_called_so(run, words) and not _is_an_ending(run, words):
        return "stop"
    if named == "secret" and count >= FEWEST_SECRET:
        return "stop"
    if count < FEWEST:
        # What is partial says only so far; its first digits are nobody's business either.
        return "mask" if partial and named in ("card", "secret") else "pass"
    if named == "card":
        return "pass" if count == FEWEST and _is_an_ending(run, words) else "stop"
    welcome = named == "other" or expected in DIGIT_KINDS
    too_long = expected == "phone" and count > LONGEST_PHONE and run.digits[0] != "0"
    if too_long or _is_whole_card(run.digits):
        return "doubt" if partial and welcome and _is_repeated(run.digits) else "stop"
    if welcome or _is_year(run.digits):
        return "pass"
    return _bare(run, words, weak=named == "weak", wary=wary, partial=partial)


def _bare(run: _Run, words: Sequence[str], *, weak: bool, wary: bool, partial: bool) -> Verdict:
    """Digits that nobody asked for, and nothing says what they are."""
    if _AMOUNTS & set(words[run.first : run.last + 1]):
        return "pass"  # nobody reads a card out in thousands
    count, single = len(run.digits), run.first == run.last
    alone = len(words) - (run.last - run.first + 1) <= _BESIDE
    if run.digits[0] not in "23456" or not (alone or weak or wary):
        return "stop" if count >= SHORTEST_CARD - 1 else "pass"
    if (wary or weak) and not (single and count == FEWEST and not alone):
        return "stop"
    if partial:
        # A phone number begins the same way.
        return "stop" if count >= SHORTEST_CARD - 1 else "mask"
    return "pass" if count < FEWEST_BARE or count in (10, 11) or not alone else "stop"


def _named(run: _Run, words: Sequence[str]) -> Literal["card", "secret", "other", "weak", ""]:
    """What the nearest word about it calls the run."""
    if run.last + 1 < len(words) and words[run.last + 1] in _AFTER:
        return "other"
    if run.first and words[run.first - 1] in _MONEY:
        return "other"
    weak = False
    for place in range(run.first - 1, max(-1, run.first - 1 - REACH), -1):
        word = words[place]
        if word == "code" and place and words[place - 1] == "security":
            return "secret"
        if word in _CARD:
            return "card"
        if word in _SECRET:
            return "secret"
        if word in _OTHER:
            return "other"
        weak = weak or word in _WEAK
    after = words[run.last + 1 : run.last + 6]
    if any(word in _CARD for word in after):
        return "card"
    return "weak" if weak else ""


def _is_called_so(run: _Run, words: Sequence[str]) -> bool:
    """ "My card number is", "number on the card is": nothing else can follow."""
    before = words[max(0, run.first - 6) : run.first]
    return bool(before) and before[-1] in _IS and "number" in before and bool({"card", "cards"} & set(before))


def _is_an_ending(run: _Run, words: Sequence[str]) -> bool:
    """ "The card ending in 4242": what anybody may see on a receipt."""
    return any(word in _ENDINGS for word in words[max(0, run.first - 5) : run.first])


def _is_whole_card(digits: str) -> bool:
    lengths = range(SHORTEST_CARD, min(len(digits), 19) + 1)
    return digits[0] in "23456" and any(luhn(digits[:count]) for count in lengths)


def _is_repeated(digits: str) -> bool:
    """Three digits come twice: a recognizer that has not heard the end of a number may have its beginning twice over.
    One number of thirteen digits in twenty is so by chance."""
    threes = [digits[at : at + 3] for at in range(len(digits) - 2)]
    return len(set(threes)) < len(threes)


def _is_year(digits: str) -> bool:
    return len(digits) == 4 and digits[:2] in ("19", "20")
