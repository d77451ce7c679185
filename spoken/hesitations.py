"""What people say while they look for the next word: "the twenty um first", "the fourth of, let me see, November".

Grammars read an utterance without it; spans remain those of the text, so that a value's words are quoted as they
were said. A hesitation stays where it is the only sign that the caller began anew: between two numbers of which the
second does not continue the first ("ten uh eleven"), and between two words alike ("five, er, five thirty").
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace

from .days import MONTHS, WEEKDAYS
from .numbers import ORDINALS, TEN_WORDS, UNITS
from .tokens import Utterance, is_digits, phrases, word_set

_SOUNDS = word_set("um umm uh uhh uhm er err erm errm hm hmm hmmm mm mmm")
_ANSWERS = phrases("uh huh | mm hmm | mm hm | mm mm | uh uh | nuh uh")
"""made of the same sounds, and a yes or a no"""
_ASIDES = phrases(
    """let me see | let me think | let me look | let me check | lets see | you know | what is it | what was it |
    whats it"""
)
"""Words that may also be meant: passed over only between two parts of a value."""
_PARTS = (
    word_set("at on of by from past after half quarter the next this last")
    | MONTHS.keys()
    | WEEKDAYS.keys()
    | ORDINALS.keys()
    | TEN_WORDS.keys()
    | UNITS.keys()
)


def without_hesitations(u: Utterance, keep: Collection[str] = ()) -> Utterance:
    """The same utterance without "um" and "let me see"; as it is when nothing else would be left.

    ``keep`` are words that mean something here: an option may be called "ER".
    """
    if _SOUNDS.isdisjoint(u.words) and _ASIDES.first_words.isdisjoint(u.words):
        return u
    kept: list[int] = []
    i = 0
    while i < len(u.words):
        pauses = _pauses(u.words, i, keep)
        if not pauses:
            stop = i + max(_ANSWERS.match(u.words, i), 1)
            kept.extend(range(i, stop))
            i = stop
            continue
        before, end = u.words[kept[-1]] if kept else "", pauses[-1].stop
        after = u.words[end] if end < len(u.words) else ""
        stays, inside = _begins_anew(before, after), _inside(before, after)
        kept.extend(j for pause in pauses for j in pause if stays or not (inside or u.words[pause.start] in _SOUNDS))
        i = end
    if not kept or len(kept) == len(u.words):
        return u
    words = tuple(u.words[i] for i in kept)
    return replace(u, words=words, spans=tuple(u.spans[i] for i in kept), said=words)


def _pauses(words: Sequence[str], i: int, keep: Collection[str]) -> list[range]:
    """Hesitations that follow one another from word ``i`` on, as ranges of words."""
    found: list[range] = []
    while i < len(words):
        if words[i] in _SOUNDS:
            length = int(words[i] not in keep and not _ANSWERS.match(words, i))
        else:
            length = _ASIDES.match(words, i)
        if not length:
            break
        found.append(range(i, i + length))
        i += length
    return found


def _inside(before: str, after: str) -> bool:
    """Whether a value goes on: "the fourth of" - "November", not "do" - "you know" - "the number"."""
    return all(word in _PARTS or is_digits(word[:1]) for word in (before, after))


def _begins_anew(before: str, after: str) -> bool:
    """Whether the word after a hesitation takes back the one before rather than going on from it."""
    if before and before == after:
        return True
    first, second = _number(before), _number(after)
    if first is None or second is None:
        return False
    if second < 10:
        return before not in TEN_WORDS or second == 0
    # "Four uh thirty", "nineteen um eighty two": minutes after an hour, the rest of a year.
    return second < 13 or first > 24


def _number(word: str) -> int | None:
    if is_digits(word):
        return int(word)
    return UNITS.get(word, TEN_WORDS.get(word))
