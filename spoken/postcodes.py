"""Post codes: ZIP and ZIP+4 (en-US), outward and inward code (en-GB)."""

from __future__ import annotations

import re

from .codes import merged
from .digits import DigitRun, digit_runs, own_runs, settle_runs
from .found import Found
from .kinds import Context, Kind
from .letters import Spelling, spellings
from .numbers import TEN_WORDS, UNITS
from .plain import plain
from .tokens import Utterance, phrases

# gov.uk "Bulk data transfer: additional validation", appendix C: the form of a UK post code.
UK_POSTCODE = re.compile(r"([A-Z]{1,2}[0-9][A-Z0-9]?|GIR) ?([0-9][A-Z]{2})")
US_POSTCODE = re.compile(r"[0-9]{5}(-[0-9]{4})?")
_PLUS = frozenset({"plus", "dash", "hyphen", "and", "then"})
_BESIDE_A_POSTCODE = phrases(
    """my zip is | zip is | zip code is | my zip code is | the zip is | the zip code is | zip | zip code |
    my postcode is | my postcodes | the postcode is | postcode is | postcode | post code | my post code is |
    the post code is | im in |
    plus four | plus | dash | it starts with | starts with | the first part is | the first half is | the rest is"""
)


def find_postcode(u: Utterance, context: Context) -> Found | None:
    """The kind ``postcode``; too few characters are a part."""
    return _american(u) if context.locale == "en-US" else _british(u)


def _american(u: Utterance) -> Found | None:
    runs = own_runs(Kind.postcode, digit_runs(u), u)
    run: DigitRun | None = settle_runs(runs, u, whole=5, enough=lambda digits: len(digits) == 9)
    if run is None or (u.strict and len(run.digits) not in (5, 9)):
        return None
    parted = len(runs) == 2 and set(u.words[runs[0].end : runs[1].start]) <= _PLUS
    if parted and len(runs[0].digits) == 5:
        # "Plus four one two one two": the first four only says how many follow.
        more = runs[1].digits
        more = more[1:] if len(more) == 5 and u.words[runs[1].start - 1] == "plus" else more
        if len(more) == 4:
            run = DigitRun(runs[0].start, runs[1].end, runs[0].digits + more, runs[0].sure)
    if len(run.digits) not in (5, 9):
        run = next((each for each in runs if len(each.digits) in (5, 9)), run)
    digits = run.digits
    whole = len(digits) in (5, 9)
    if not whole and not plain(u, *((each.start, each.end) for each in runs), also=_BESIDE_A_POSTCODE):
        return None
    value = f"{digits[:5]}-{digits[5:]}" if len(digits) == 9 else digits
    return Found(run.start, run.end, value, run.sure if whole else 0.5, complete=whole)


def _british(u: Utterance) -> Found | None:
    best: Found | None = None
    spelled = spellings(u.words, digits=True)
    said = [(each.start, each.end) for each in spelled]
    for stretch in reversed(merged(spelled, u, None)):
        texts = [split for text in _texts(stretch) for split in (_tens_apart(text, stretch, u), text)]
        fitting = next((m for text in texts if (m := UK_POSTCODE.fullmatch(text))), None)
        if fitting:
            return Found(stretch.start, stretch.end, f"{fitting[1]} {fitting[2]}", 0.9)
        if best is None and not u.strict and plain(u, *said, also=_BESIDE_A_POSTCODE):
            best = Found(stretch.start, stretch.end, stretch.characters.upper(), 0.4, complete=False)
    return best


def _texts(stretch: Spelling) -> list[str]:
    return [text.upper().replace("-", "").replace(" ", "") for text in stretch.variants()]


def _tens_apart(text: str, stretch: Spelling, u: Utterance) -> str:
    """ "M sixty one N W" is M60 1NW: nobody says sixty for the six of M6."""
    for i in range(stretch.start, stretch.end - 1):
        tens, unit = TEN_WORDS.get(u.words[i], 0), UNITS.get(u.words[i + 1], 0)
        if tens and 1 <= unit <= 9:
            return text.replace(str(tens + unit), f"{tens}{unit}", 1)
    return text
