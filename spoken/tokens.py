"""Utterances as words with their places in the text, and the phrase tables matched against them.

A word is lower case and without apostrophes ("that's" -> "thats"), so that a recognizer which drops
punctuation and one which writes it read the same. Words already claimed by another value are masked.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import islice

# A turn on the phone is rarely over 60 words; the cap keeps hostile text within the time budget.
MAX_WORDS = 160
MAX_CHARS = 2_000
MASK = "\0"

_TOKEN = re.compile(
    r"""[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}(?=T?\b|\D)
    | (?<![0-9/])[0-9]{4}/[0-9]{1,2}/[0-9]{1,2}(?![0-9/])
    | [0-9]{1,2}/[0-9]{1,2}(?:/[0-9]{2,4})?
    | [0-9]{1,2}\.[0-9]{1,2}\.[0-9]{2,4}
    | [0-9]{1,2}:[0-9]{2}(?![0-9])
    | [0-9]{1,3}(?:,[0-9]{3})+(?:\.[0-9]+)?(?![0-9])
    | (?<![0-9]\.)[0-9]+\.[0-9]+(?![0-9]|\.[0-9])
    | [0-9]+(?:st|nd|rd|th)\b
    | [0-9]+
    | [ap]\.m\b\.?
    | [^\W\d_]+(?:['’][^\W\d_]+)*
    | [@$£€%+_&\#*]
    """,
    re.VERBOSE | re.IGNORECASE,
)
_STRIP = str.maketrans("", "", "'’.")


@dataclass(frozen=True)
class Utterance:
    """The caller's words. ``said`` are the words before any was masked; ``strict`` means that other values
    may be in it: a grammar then wants firm evidence."""

    text: str
    words: tuple[str, ...]
    spans: tuple[tuple[int, int], ...]
    said: tuple[str, ...] = ()
    strict: bool = False

    @classmethod
    def of(cls, text: str, *, strict: bool = False) -> Utterance:
        """Split ``text`` (at most its first 160 words) into words with character spans."""
        words, spans = _split(text[:MAX_CHARS])
        return cls(text, words, spans, words, strict)

    def masked(self, ranges: Iterable[tuple[int, int]], *, strict: bool | None = None) -> Utterance:
        """The same utterance with the words of each ``[start, end)`` made unreadable."""
        words = list(self.words)
        for start, end in ranges:
            words[start:end] = [MASK] * (end - start)
        return replace(self, words=tuple(words), strict=self.strict if strict is None else strict)

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Character span of the words ``[start, end)``."""
        return self.spans[start][0], self.spans[end - 1][1]

    def original(self, index: int) -> str:
        """The word as it was written."""
        start, end = self.spans[index]
        return self.text[start:end]

    def between(self, index: int) -> str:
        """What stands in the text between word ``index - 1`` and word ``index``."""
        return self.text[self.spans[index - 1][1] : self.spans[index][0]] if index > 0 else ""


@lru_cache(maxsize=16)
def _split(text: str) -> tuple[tuple[str, ...], tuple[tuple[int, int], ...]]:
    # Half a dozen grammars ask for the words of one turn, one right after the other. No more are kept than that takes:
    # what hearing reads here may be a card number.
    words: list[str] = []
    spans: list[tuple[int, int]] = []
    for match in islice(_TOKEN.finditer(text), MAX_WORDS):
        words.append(_word(match.group()))
        spans.append(match.span())
    return tuple(words), tuple(spans)


def _word(raw: str) -> str:
    if raw[0] in "0123456789":
        return raw.lower().replace(",", "")
    word = raw.lower().translate(_STRIP)
    return "we'd" if word == "wed" and len(raw.rstrip(".")) > 3 else word  # not the day


def words_of(text: str) -> tuple[str, ...]:
    """The words of a phrase, cut as an utterance is cut."""
    return _split(text[:MAX_CHARS])[0]


def is_digits(word: str) -> bool:
    """Whether ``word`` is plain ASCII digits short enough to be a number somebody said."""
    return 0 < len(word) <= 24 and word.isascii() and word.isdigit()


class Phrases:
    """A set of phrases matched at a position, the longest first."""

    def __init__(self, phrases: Iterable[str]) -> None:
        self._by_first: dict[str, list[tuple[str, ...]]] = {}
        for phrase in phrases:
            words = words_of(phrase)
            self._by_first.setdefault(words[0], []).append(words)
        for entries in self._by_first.values():
            entries.sort(key=len, reverse=True)

    @property
    def first_words(self) -> frozenset[str]:
        """Every word with which one of them begins."""
        return frozenset(self._by_first)

    def match(self, words: Sequence[str], index: int) -> int:
        """Number of words of the longest phrase that stands at ``index``; 0 if none does."""
        if index >= len(words):
            return 0
        for entry in self._by_first.get(words[index], ()):
            if tuple(words[index : index + len(entry)]) == entry:
                return len(entry)
        return 0

    def ends_at(self, words: Sequence[str], end: int) -> int:
        """Number of words of the longest phrase that ends just before ``end``; 0 if none does."""
        for start in range(max(0, end - 6), end):
            standing = tuple(words[start:end])
            if standing in self._by_first.get(words[start], ()):
                return end - start
        return 0

    def within(self, words: Sequence[str], start: int, end: int) -> bool:
        """Whether one of the phrases lies wholly in ``[start, end)``."""
        return any(self.match(words[:end], index) > 0 for index in range(start, end))


def phrases(table: str) -> Phrases:
    """A phrase set from a table of phrases separated by ``|`` or line ends."""
    return Phrases(part.strip() for part in re.split(r"[|\n]", table) if part.strip())


def word_set(table: str) -> frozenset[str]:
    """A set of words from a table of words separated by white space."""
    return frozenset(table.split())


FILLERS = phrases(
    """um | uh | er | erm | hmm | well | so | please | thanks | thank you | like | okay | ok | yes | yeah |
    sure | its | it is | thats | that is | that will be | thatll be | that would be | thatd be | id like
    | i would like | id say | ill take | i will take | we will be | well be | there will be | therell be
    | lets say | say | maybe | i think | i guess | probably | just | about | around | the | a | an | of
    | oh"""
)


def without_fillers(words: Sequence[str]) -> list[int]:
    """Indexes of the words that carry something."""
    kept: list[int] = []
    index = 0
    while index < len(words):
        length = FILLERS.match(words, index)
        if not length and words[index] != MASK:
            kept.append(index)
        index += length or 1
    return kept
