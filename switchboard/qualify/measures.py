"""How a stage's answers are counted, whatever the stage."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

_ONES = (
    "zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve",
    "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen",
)  # fmt: skip
_TENS = ["-", "-", "twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"]


@dataclass(frozen=True, slots=True)
class Answer:
    """What a provider made of one piece of the material."""

    id: str
    told: str
    """what was given to it, for the list of divergences; personal values masked"""
    given: str
    """what it made of it"""
    meant: str | None = None
    """what is right; None where nobody knows, as with stored calls"""
    right: bool = False
    wrong: bool = False
    """does harm: something that was not meant, a turn that was ended before its words were"""
    failed: str = ""
    """why there is no answer: a fault's kind"""
    ms: float | None = None
    """until the answer; None where the provider was not needed"""


@dataclass(slots=True)
class Measured:
    """One provider on all of the material."""

    provider: str
    answers: list[Answer] = field(default_factory=list)
    errors: int = 0
    """words misheard, or misspoken"""
    words: int = 0
    judged: int = 0
    """clauses shown to the speech gate"""
    blocked: Counter[str] = field(default_factory=Counter)
    """rule -> clauses it stopped or replaced"""
    dropped: Counter[str] = field(default_factory=Counter)
    """what of a style could not be rendered"""
    usd: float | None = None
    """None: the price table does not name the provider"""

    @property
    def known(self) -> list[Answer]:
        """Those of which it is known what is right."""
        return [answer for answer in self.answers if answer.meant is not None]

    def share(self, what: str) -> float:
        """Percent of the known answers that are ``right`` or ``wrong``; of all answers that ``failed``."""
        of = self.answers if what == "failed" else self.known
        return 100.0 * sum(bool(getattr(answer, what)) for answer in of) / len(of) if of else 0.0

    def latency(self, quantile: float) -> float | None:
        """ms at a quantile; None where nothing was timed."""
        times = sorted(answer.ms for answer in self.answers if answer.ms is not None and not answer.failed)
        return times[min(len(times) - 1, int(quantile * len(times)))] if times else None

    @property
    def word_error(self) -> float:
        """Percent."""
        return 100.0 * self.errors / self.words if self.words else 0.0

    @property
    def usd_per_1000(self) -> float | None:
        """US dollars for a thousand of such pieces, those which failed included."""
        return None if self.usd is None or not self.answers else 1_000.0 * self.usd / len(self.answers)

    @property
    def blocked_percent(self) -> float:
        """Of composed clauses."""
        return 100.0 * self.blocked.total() / self.judged if self.judged else 0.0


@dataclass(frozen=True, slots=True)
class Divergence:
    """Where two providers answer differently."""

    id: str
    told: str
    candidate: str
    current: str
    meant: str | None
    weight: int
    """3: the candidate does harm; 2: it alone is not right; 1: nobody knows, or both are wrong; 0: it is the better"""


def divergences(candidate: Measured, current: Measured) -> list[Divergence]:
    """Worst first."""
    others = {answer.id: answer for answer in current.answers}
    found = []
    for answer in candidate.answers:
        other = others.get(answer.id)
        if other is None or spoken_words(_shown(answer)) == spoken_words(_shown(other)):
            continue
        known = answer.meant is not None
        weight = 3 if answer.wrong and not other.wrong else 2 if known and other.right else 0 if answer.right else 1
        found.append(Divergence(answer.id, answer.told, _shown(answer), _shown(other), answer.meant, weight))
    return sorted(found, key=lambda one: (-one.weight, one.id))


def _shown(answer: Answer) -> str:
    return f"(failed: {answer.failed})" if answer.failed else answer.given


_CONTRACTED = (("'re", " are"), ("'ll", " will"), ("'ve", " have"), ("'m", " am"), ("won't", "will not"),
               ("can't", "can not"), ("cannot", "can not"), ("n't", " not"))  # fmt: skip


def spoken_words(text: str) -> list[str]:
    """Words as they are said: small letters, no marks, digits put into words, contractions in full."""
    text = re.sub(r"(?<=\d)[:.](?=00\b)00|(?<=\d):(?=\d)", " ", text.lower().replace("-", " "))
    text = text.replace("’", "'")
    for short, full in _CONTRACTED:
        text = text.replace(short, full)
    words: list[str] = []
    for word in re.findall(r"[a-z']+|\d+", text):
        words += _in_words(word) if word.isdigit() else [word.strip("'")]
    return [word for word in words if word]


def _in_words(digits: str) -> list[str]:
    number = int(digits)
    if len(digits) > 2 or (len(digits) == 2 and digits[0] == "0"):
        return [_ONES[int(digit)] for digit in digits]
    if number < 20:
        return [_ONES[number]]
    return [_TENS[number // 10], *([_ONES[number % 10]] if number % 10 else [])]


def word_errors(said: Sequence[str], heard: Sequence[str]) -> int:
    """Words put in, left out or changed, at the least."""
    row = list(range(len(heard) + 1))
    for place, word in enumerate(said, 1):
        before, row = row, [place]
        for other, heard_word in enumerate(heard, 1):
            row.append(min(before[other] + 1, row[-1] + 1, before[other - 1] + (word != heard_word)))
    return row[-1]


def errors_of_part(part: Sequence[str], heard: Sequence[str]) -> int:
    """The errors in the stretch of ``heard`` that is most like ``part``: what was said around it does not count."""
    row = [0] * (len(heard) + 1)
    for place, word in enumerate(part, 1):
        before, row = row, [place]
        for other, heard_word in enumerate(heard, 1):
            row.append(min(before[other] + 1, row[-1] + 1, before[other - 1] + (word != heard_word)))
    return min(row)
