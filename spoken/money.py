"""Amounts of money: "twenty five fifty", "ten pounds fifty", "$25.50"; value ``'25.50 USD'``."""

from __future__ import annotations

from collections.abc import Sequence

from .found import Found, settle_found
from .kinds import Context
from .numbers import UNITS, read_number
from .tokens import MASK, Utterance

_CURRENCIES = {
    "dollar": "USD", "dollars": "USD", "buck": "USD", "bucks": "USD", "usd": "USD", "$": "USD",
    "pound": "GBP", "pounds": "GBP", "quid": "GBP", "gbp": "GBP", "sterling": "GBP", "£": "GBP", "euro": "EUR",
    "euros": "EUR", "eur": "EUR", "€": "EUR",
}  # fmt: skip
_SMALL = {"cent": "", "cents": "", "penny": "", "pence": "GBP", "pennies": "", "p": "GBP", "c": "", "¢": ""}
_LOCAL = {"en-US": "USD", "en-GB": "GBP"}


def _value(hundredths: int, currency: str) -> str:
    return f"{hundredths // 100}.{hundredths % 100:02d} {currency}"


def _quantity(words: Sequence[str], i: int) -> tuple[int, int] | None:
    """An amount in hundredths at word ``i``."""
    if words[i] in ("a", "an") and i + 1 < len(words) and (words[i + 1] in _CURRENCIES or words[i + 1] in _SMALL):
        return 100, i + 1
    if words[i] in ("a", "one") and i + 1 < len(words) and words[i + 1] == "grand":
        return 100_000, i + 2
    read = read_number(words, i)
    if read is None or not 0 <= read[0] < 10**12:
        return None
    return round(read[0] * 100), read[1]


def _small(words: Sequence[str], j: int, *, bare: bool) -> tuple[int, int] | None:
    """Cents at word ``j``: "and fifty cents", or bare "fifty" right after the currency."""
    k = j + (j < len(words) and words[j] == "and")
    read = read_number(words, k) if k < len(words) else None
    if read is None or not isinstance(read[0], int) or not 0 <= read[0] < 100:
        return None
    if read[1] < len(words) and words[read[1]] in _SMALL:
        return read[0], read[1] + 1
    return (read[0], read[1]) if bare and k == j and read[0] >= 10 else None


def _read(words: Sequence[str], i: int, local: str) -> Found | None:
    start, leading = i, ""
    if words[i] in "$£€":
        leading, i = _CURRENCIES[words[i]], i + 1
        if i >= len(words):
            return None
    read = _quantity(words, i)
    if read is None:
        return None
    amount, j = read
    if leading:
        return Found(start, j, _value(amount, leading), 0.98)
    if j < len(words) and words[j] in _CURRENCIES:
        currency = _CURRENCIES[words[j]]
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
        if hit and (not u.strict or hit.confidence > 0.8):
            hits.append(hit)
        i = hit.end if hit else i + 1
    certain = [hit for hit in hits if hit.confidence > 0.8]
    return settle_found(
        certain if certain and len(certain) < len(hits) and not u.strict and hits[-1] in certain else hits, u
    )
