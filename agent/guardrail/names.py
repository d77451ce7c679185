"""Names in a sentence: words written large where ordinary words are not, and unknown words where names stand."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache
from pathlib import Path

from agent.guardrail.readings import Name
from spoken.days import MONTHS, WEEKDAYS
from spoken.numbers import ORDINALS, TEN_WORDS, UNITS
from spoken.tokens import word_set

_LEXICON = Path(__file__).with_name("english.txt")
"""Ordinary words in small letters; origin and licence at its head and in NOTICE. No names."""

_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)*")
_CONTRACTED = re.compile(r"(?:'s|'d|'ll|'ve|'re|'m|n't)$")
_STARTS = re.compile(r"(?:^|[.!?:;…\n\"“(]|\s[-–—])\s*$")
_TITLES = word_set("dr mr mrs ms mx prof professor doctor miss sir madam st")
_CUES = (
    "name is", "ask for", "asked for", "speak to", "speak with", "speaking with", "speaking to", "this is", "with dr",
    "with doctor", "with", "under the name", "under the name of", "put you through to", "is called", "hello", "hi",
    "by", "dr", "dr.", "mr", "mr.", "mrs", "mrs.", "ms", "ms.",
)  # fmt: skip
"""An unknown word after these is a name in small letters too."""
_BOTH = word_set(
    """will mark grace rose dawn faith hope joy art bill bob jack frank grant guy pat drew chase rich sue dean max ray
    robin summer amber ruby pearl violet iris ivy lily daisy hazel heather holly jasmine olive ginger carol eve penny
    sandy gene miles victor norm herb cliff glen brook clay reed wade dale heath brown bruno felix mike"""
)
"""Ordinary words that are names too: as the first word they are one when a name's verb follows."""
_VERBS = word_set("will can is has would was said says does did could works called left wants takes sees")
_NEVER = word_set("i im ive ill id ok okay am pm tv us uk gps wifi atm pin sms usb vip faq eta asap usd gbp eur") | {
    "mom", "mum", "dad", "grandma", "grandpa", "aunt", "uncle",
    "a", "o", "mm", "hmm", "dr", "mr", "mrs", "ms", "st", "xray",
}  # fmt: skip
_CALENDAR = (
    frozenset(WEEKDAYS)
    | frozenset(MONTHS)
    | frozenset(UNITS)
    | frozenset(TEN_WORDS)
    | frozenset(ORDINALS)
    | word_set("christmas easter thanksgiving english internet")
)


@lru_cache(maxsize=1)
def lexicon() -> frozenset[str]:
    """Ordinary words."""
    lines = _LEXICON.read_text("utf-8").splitlines()
    return frozenset(word for line in lines if not line.startswith("#") for word in line.split())


def names_in(text: str, codes: Sequence[tuple[int, int]] = ()) -> Iterator[Name]:
    """Every word of ``text`` that is a name where it stands; ``codes``: characters that spell a code."""
    words = lexicon()
    found = list(_WORD.finditer(text))
    for index, match in enumerate(found):
        written = match.group().replace("’", "'")
        plain = written.lower().replace("'", "")
        base = _CONTRACTED.sub("", written.lower())
        if plain in _NEVER or plain in _TITLES or plain in _CALENDAR or base in _CALENDAR or len(base) < 2:
            continue
        if len(written) == 2 and written[1] == "s" and written[0].isupper():
            continue  # "two Ls"
        if any(start <= match.start() < end for start, end in codes):
            continue
        before = text[: match.start()]
        if written[0].isupper():
            if _starts(before):
                following = found[index + 1].group().lower() if index + 1 < len(found) else ""
                if _ordinary(plain, base, words) and not (base in _BOTH and following in _VERBS):
                    continue
            yield Name(base)
        elif not _ordinary(plain, base, words) and before.lower().rstrip(" ,:").endswith(_CUES):
            yield Name(base)


def _starts(before: str) -> bool:
    """Whether a sentence begins here; not after "Dr."."""
    if not _STARTS.search(before):
        return False
    last = _WORD.findall(before[-12:])
    return not (before.rstrip().endswith(".") and last and last[-1].lower() in _TITLES)


def _ordinary(plain: str, base: str, words: frozenset[str]) -> bool:
    if plain in words or base in words:
        return True
    for suffix in ("s", "es", "ed", "ing", "ly"):
        if base.endswith(suffix) and base[: -len(suffix)] in words:
            return True
    return base.endswith("ies") and f"{base[:-3]}y" in words
