"""Strings of letters and digits: booking codes, post codes, payment cards."""

from __future__ import annotations

import re
from functools import lru_cache

from .digits import digit_runs, settle_runs
from .found import CORRECTION, Found
from .kinds import Context, SpokenError
from .letters import Spelling, spellings
from .tokens import Utterance, phrases

# gov.uk "Bulk data transfer: additional validation", appendix C: the form of a UK post code.
UK_POSTCODE = re.compile(r"([A-Z]{1,2}[0-9][A-Z0-9]?|GIR) ?([0-9][A-Z]{2})")
US_POSTCODE = re.compile(r"[0-9]{5}(-[0-9]{4})?")
_CUES = phrases(
    """code | code is | number is | reference | reference is | order | order number | booking |
    confirmation | ticket | ticket number | account number | id is | pin | pin is | reference number |
    order number is"""
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


def _merged(stretches: list[Spelling], u: Utterance, whole: int | None) -> list[Spelling]:
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
        elif "or" not in u.words[before.end : stretch.start]:
            shift = len(before.characters)
            zeros = (*before.zeros, *(z + shift for z in stretch.zeros))
            text, firm = before.characters + stretch.characters, before.firm + stretch.firm
            merged[-1] = Spelling(before.start, stretch.end, text, firm, zeros)
    return merged


def find_code(u: Utterance, context: Context) -> Found | None:
    """The kind ``code``: upper case, no spaces. "o" is a zero unless only the letter fits the pattern."""
    merged = _merged(spellings(u.words, digits=True), u, context.length)
    bounded = context.length is not None or context.pattern is not None
    best: Found | None = None
    for stretch in merged:
        variants = [text.upper().replace(" ", "") for text in stretch.variants()]
        fitting = [text for text in variants if code_fits(text, context)]
        value = fitting[0] if fitting else variants[0]
        others = tuple(text for text in variants if text != value)
        cued = _CUES.ends_at(u.words, stretch.start) > 0
        if u.strict and not (cued or (bounded and fitting)):
            continue
        sure = 0.9 if fitting and bounded else 0.8 if not bounded else 0.5
        sure = sure if not others or (bounded and len(fitting) == 1) else round(sure * 0.9, 3)
        found = Found(stretch.start, stretch.end, value, sure, others, complete=bool(fitting))
        if best is None or (found.complete, len(str(found.value))) > (best.complete, len(str(best.value))):
            best = found
    return best or (None if u.strict else _word_code(u, context))


def _word_code(u: Utterance, context: Context) -> Found | None:
    """A code that is a word ("the code is sunflower"), only where a pattern or length vouches for it."""
    if context.length is None and context.pattern is None:
        return None
    for i, word in enumerate(u.words):
        if word.isascii() and word.isalnum() and code_fits(word.upper(), context):
            return Found(i, i + 1, word.upper(), 0.6)
    return None


def find_postcode(u: Utterance, context: Context) -> Found | None:
    """The kind ``postcode``: five or nine digits (en-US), outward and inward code (en-GB)."""
    if context.locale == "en-US":
        run = settle_runs(digit_runs(u), u, whole=5)
        if run is None or (u.strict and len(run.digits) not in (5, 9)):
            return None
        digits = run.digits
        value = f"{digits[:5]}-{digits[5:]}" if len(digits) == 9 else digits
        whole = len(digits) in (5, 9)
        return Found(run.start, run.end, value, run.sure if whole else 0.5, complete=whole)
    best: Found | None = None
    for stretch in _merged(spellings(u.words, digits=True), u, None):
        for text in (v.upper() for v in stretch.variants()):
            match = UK_POSTCODE.fullmatch(text)
            if match:
                return Found(stretch.start, stretch.end, f"{match[1]} {match[2]}", 0.9)
        if best is None and not u.strict:
            best = Found(stretch.start, stretch.end, stretch.characters.upper(), 0.4, complete=False)
    return best


def luhn(digits: str) -> bool:
    """The check digit of ISO/IEC 7812-1, annex B."""
    total = 0
    for place, character in enumerate(reversed(digits)):
        n = int(character) * (1 + place % 2)
        total += n - 9 if n > 9 else n
    return total % 10 == 0


def find_card(u: Utterance, context: Context) -> Found | None:
    """The kind ``card``: 13 to 19 digits with a right check digit; fewer are a part."""
    run = settle_runs(digit_runs(u), u, whole=13)
    if run is None or (u.strict and not (13 <= len(run.digits) <= 19 and luhn(run.digits))):
        return None
    whole = 13 <= len(run.digits) <= 19
    good = whole and luhn(run.digits)
    return Found(run.start, run.end, run.digits, 0.95 if good else 0.4 if whole else 0.5, complete=good)
