"""Amounts of money: "twenty five fifty", "ten pounds fifty", "$25.50"; value ``'25.50 USD'``."""

from __future__ import annotations

from collections.abc import Sequence

from .found import Found, settle_found
from .kinds import Context
from .numbers import UNITS, read_cardinal, read_number
from .plain import plain
from .tokens import MASK, Utterance, phrases

_CURRENCIES = {
    "dollar": "USD", "dollars": "USD", "buck": "USD", "bucks": "USD", "usd": "USD", "$": "USD",
    "pound": "GBP", "pounds": "GBP", "quid": "GBP", "gbp": "GBP", "sterling": "GBP", "£": "GBP", "euro": "EUR",
    "euros": "EUR", "eur": "EUR", "€": "EUR", "smackers": "USD", "yen": "JPY", "francs": "CHF",
}  # fmt: skip
_DOLLARS = {"canadian": "CAD", "australian": "AUD", "us": "USD", "american": "USD"}
# One piece of money: its worth in hundredths and its currency ("" the currency of the locale).
_PIECES = {
    "fiver": (500, ""), "tenner": (1000, ""), "fivers": (500, ""), "tenners": (1000, ""), "quarters": (25, "USD"),
    "dime": (10, "USD"), "dimes": (10, "USD"), "nickel": (5, "USD"), "nickels": (5, "USD"),
}  # fmt: skip
_MONEY_WORDS = phrases(
    """i can pay | i could pay | pay | paying | i owe | owe | i can afford | could afford | afford | spend |
    my budget is | budget | my budgets | deposit | transfer | donate | charge | the bill is | the bill was |
    a month | a week | a year | per month | per week | each | each month | every month | cost | costs | it costs |
    price | up to |
    no more than | maximum | minimum | under | over | more than | less than | tip | total | the total is | amount |
    the amount is | cash | i paid | paid | down | today | tomorrow | a piece | total of | in cash | for now"""
)
_NOT_MONEY_AFTER = phrases("oclock | o clock | am | pm | a m | p m | percent")
_SMALL = {"cent": "", "cents": "", "penny": "", "pence": "GBP", "pennies": "", "p": "GBP", "c": "", "¢": ""}
_LOCAL = {"en-US": "USD", "en-GB": "GBP"}


def _value(hundredths: int, currency: str) -> str:
    return f"{hundredths // 100}.{hundredths % 100:02d} {currency}"


def _quantity(words: Sequence[str], i: int) -> tuple[int, int] | None:
    """An amount in hundredths at word ``i``."""
    if words[i] in ("a", "an") and i + 1 < len(words) and (words[i + 1] in _CURRENCIES or words[i + 1] in _SMALL):
        return 100, i + 1
    j = i + (words[i] == "a")
    if words[j : j + 1] == ("couple",):
        j += 2 if words[j + 1 : j + 2] == ("of",) else 1
        if j < len(words) and words[j] in _CURRENCIES:
            return 200, j
    if words[i] in ("a", "one") and i + 1 < len(words) and words[i + 1] == "grand":
        return 100_000, i + 2
    read = read_number(words, i)
    if read is None or not 0 <= read[0] < 10**12:
        return None
    return round(read[0] * 100), read[1]


def _small(words: Sequence[str], j: int, *, bare: bool) -> tuple[int, int] | None:
    """Cents at word ``j``: "and fifty cents", or bare "fifty" right after the currency."""
    after = words[j + 1] if j + 1 < len(words) else ""
    if bare and words[j : j + 1] in (("oh",), ("o",)) and 1 <= UNITS.get(after, 0) <= 9:
        return UNITS[after], j + 2
    k = j + (j < len(words) and words[j] == "and")
    read = read_number(words, k) if k < len(words) else None
    if read is None or not isinstance(read[0], int) or not 0 <= read[0] < 100:
        return None
    if read[1] < len(words) and words[read[1]] in _SMALL:
        return read[0], read[1] + 1
    return (read[0], read[1]) if bare and k == j and read[0] >= 10 else None


def _piece(words: Sequence[str], i: int, local: str) -> Found | None:
    """ "A fiver", "two tenners", "three dimes"."""
    if words[i] in ("fiver", "tenner") and not (i and words[i - 1] in ("a", "one")):
        return Found(i, i + 1, _value(_PIECES[words[i]][0], local), 0.85)
    counted = (1, i + 1) if words[i] in ("a", "an") else read_cardinal(words, i)
    if counted is None or counted[1] >= len(words) or words[counted[1]] not in _PIECES or not 0 < counted[0] < 1000:
        return None
    worth, currency = _PIECES[words[counted[1]]]
    return Found(i, counted[1] + 1, _value(worth * counted[0], currency or local), 0.9)


def _read(words: Sequence[str], i: int, local: str) -> Found | None:
    start, leading = i, ""
    if words[i] in "$£€":
        leading, i = _CURRENCIES[words[i]], i + 1
        if i >= len(words):
            return None
    piece = _piece(words, i, local)
    if piece and not leading:
        return piece
    read = _quantity(words, i)
    if read is None:
        return None
    amount, j = read
    if leading:
        return Found(start, j, _value(amount, leading), 0.98)
    abroad = _DOLLARS.get(words[j]) if j + 1 < len(words) and words[j + 1] in ("dollars", "dollar") else None
    j += bool(abroad)
    if j < len(words) and words[j] in _CURRENCIES:
        currency = abroad or _CURRENCIES[words[j]]
        half = tuple(words[j + 1 : j + 4]) == ("and", "a", "half")
        if half:
            return Found(start, j + 4, _value(amount + 50, currency))
        cents = _small(words, j + 1, bare=True)
        return Found(start, cents[1] if cents else j + 1, _value(amount + (cents[0] if cents else 0), currency))
    if j < len(words) and words[j] in _SMALL and amount % 100 == 0:
        return Found(start, j + 1, _value(amount // 100, _SMALL[words[j]] or local))
    more = _small(words, j, bare=True)
    if (more and amount % 100 == 0 and words[i] not in UNITS | {"hundred": 0}) or (more and amount < 100_00):
        return Found(
            start,
            more[1],
            _value(amount + more[0], local),
            0.7,
            (_value(amount * 100 + more[0] * 100, local),),
        )
    grand = words[j - 1] in ("grand", "k")
    return Found(start, j, _value(amount, local), 0.85 if grand else 0.6)


def find_money(u: Utterance, context: Context) -> Found | None:
    """The kind ``money``; a bare number is in the currency of the locale, less surely."""
    hits: list[Found] = []
    i = 0
    while i < len(u.words):
        hit = _read(u.words, i, _LOCAL[context.locale]) if u.words[i] != MASK else None
        if hit and (not u.strict or hit.confidence > 0.8) and not _NOT_MONEY_AFTER.match(u.words, hit.end):
            hits.append(hit)
        i = hit.end if hit else i + 1
    if not any(hit.confidence > 0.8 for hit in hits):
        hits = [hit for hit in hits if not (hit.start and u.words[hit.start - 1] == "at")]
        bare = [(hit.start, hit.end) for hit in hits]
        hits = hits if plain(u, *bare, also=_MONEY_WORDS) else []
    certain = [hit for hit in hits if hit.confidence > 0.8]
    return settle_found(
        certain if certain and len(certain) < len(hits) and not u.strict and hits[-1] in certain else hits, u
    )
