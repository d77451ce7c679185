"""Strings of letters and digits: booking codes, order numbers."""

from __future__ import annotations

import re
from functools import lru_cache

from .digits import named_kind, read_digit_group
from .found import CORRECTION, Found
from .kinds import Context, Kind, SpokenError
from .letters import Spelling, spellings
from .plain import plain
from .tokens import Utterance, phrases

_CUES = phrases(
    """code | code is | number is | reference | reference is | order | order number | booking |
    confirmation | ticket | ticket number | account number | id is | pin | pin is | reference number |
    order number is"""
)


_CHARACTERS = frozenset({"digits", "digit", "letters", "characters", "numbers"})
_BESIDE_A_CODE = phrases(
    """my code is | the code is | code is | code | codes | the codes | my reference is | reference is | reference |
    reference number is | reference number | order number is | order number | order | number | number is | booking |
    booking code | booking code is | booking reference is | confirmation number is | confirmation code is |
    confirmation | confirmation number | ticket | ticket number is | ticket number | account number is |
    account number | pin | my pin is | the pin is | my number is | the number is | it starts with | starts with |
    it begins with | ends with | the last bit is | the last part is | the first part is | followed by | the rest is
    | the letter | the letters | the number | the digits | hash | pound | number sign | hashtag | sign | capital |
    uppercase | lowercase | all caps | all capitals | slash | dash | hyphen | dot | i have it here | here it is |
    i got | got it | ready | it reads | it says | mine is"""
)


@lru_cache(maxsize=256)
def code_pattern(pattern: str) -> re.Pattern[str]:
    """The compiled pattern of a code; raises SpokenError with the pattern when it is not one."""
    try:
        return re.compile(pattern)
    except re.error as error:
        raise SpokenError(f"code pattern {pattern!r} is not a regular expression: {error}") from error


def code_fits(code: str, context: Context) -> bool:
    """Whether a code has the length and the form asked for."""
    if context.length is not None and len(code) != context.length:
        return False
    return context.pattern is None or bool(code_pattern(context.pattern).fullmatch(code))


def merged(stretches: list[Spelling], u: Utterance, whole: int | None) -> list[Spelling]:
    """Join stretches parted by fillers; after a correction the later replaces the earlier or its end."""
    merged: list[Spelling] = []
    for stretch in stretches:
        before = merged[-1] if merged else None
        if before is None or stretch.start - before.end > 4:
            merged.append(stretch)
        elif CORRECTION.within(u.words, before.end, stretch.start):
            text = stretch.characters
            if whole and len(before.characters) == whole and len(text) < whole:
                text = before.characters[: -len(text)] + text
            merged[-1] = Spelling(stretch.start, stretch.end, text, stretch.firm)
        elif u.words[before.end : stretch.start] == ("is",):
            merged[-1] = stretch  # "P N R is L K J"
        elif "or" not in u.words[before.end : stretch.start]:
            shift = len(before.characters)
            zeros = (*before.zeros, *(z + shift for z in stretch.zeros))
            text, firm = before.characters + stretch.characters, before.firm + stretch.firm
            merged[-1] = Spelling(before.start, stretch.end, text, firm, zeros)
    return merged


def find_code(u: Utterance, context: Context) -> Found | None:
    """The kind ``code``: upper case, no spaces. "o" is a zero unless only the letter fits the pattern."""
    u = _without_counts(u)
    spelled = spellings(u.words, digits=True)
    said = [(stretch.start, stretch.end) for stretch in spelled]
    joined = merged(spelled, u, context.length)
    bounded = context.length is not None or context.pattern is not None
    best: Found | None = None
    for stretch in joined:
        variants = _written(stretch, context)
        fitting = [text for text in variants if code_fits(text, context)]
        value = fitting[0] if fitting else variants[0]
        others = tuple(text for text in variants[:2] if text != value and "-" not in text)
        cued = _CUES.ends_at(u.words, stretch.start) > 0
        if u.strict and not (cued or (bounded and fitting)):
            continue
        beside = cued or plain(u, *said, also=_BESIDE_A_CODE)
        if not (bounded and fitting) and not beside and (bounded or len(value) < (4 if value.isdigit() else 5)):
            continue
        if not bounded and len(value) <= 4 and u.words[max(0, stretch.start - 1) : stretch.start] == ("at",):
            continue
        if named_kind(u, stretch.start) in (Kind.phone, Kind.card, Kind.postcode):
            continue
        sure = 0.9 if fitting and bounded else 0.8 if not bounded else 0.5
        sure = sure if not others or (bounded and len(fitting) == 1) else round(sure * 0.9, 3)
        found = Found(stretch.start, stretch.end, value, sure, others, complete=bool(fitting))
        if best is None or (found.complete, len(str(found.value))) > (best.complete, len(str(best.value))):
            best = found
    return best or (None if u.strict else _word_code(u, context))


def _without_counts(u: Utterance) -> Utterance:
    """ "It has six digits": how many there are is none of them."""
    counts = [
        (i - 1, i + 1)
        for i, word in enumerate(u.words)
        if word in _CHARACTERS and i > 0 and read_digit_group(u.words, i - 1)
    ]
    return u.masked(counts) if counts else u


def _written(stretch: Spelling, context: Context) -> list[str]:
    """How the code may be written, likeliest first; a dash is said, but written only where the pattern has one."""
    texts = [text.upper().replace(" ", "") for text in stretch.variants()]
    plainly = [text.replace("-", "") for text in texts]
    if context.pattern is None or "-" not in context.pattern:
        return list(dict.fromkeys([*plainly, *texts]))
    dashed = [f"{text[:n]}-{text[n:]}" for text in plainly[:2] for n in range(1, len(text))]
    return list(dict.fromkeys([*plainly, *texts, *dashed]))


def _word_code(u: Utterance, context: Context) -> Found | None:
    """A code that is a word ("the code is sunflower"), only where a pattern or length vouches for it."""
    if context.length is None and context.pattern is None:
        return None
    for i, word in enumerate(u.words):
        if not (word.isascii() and word.isalnum() and code_fits(word.upper(), context)):
            continue
        if _CUES.ends_at(u.words, i) or plain(u, (i, i + 1), also=_BESIDE_A_CODE):
            return Found(i, i + 1, word.upper(), 0.6)
    return None
