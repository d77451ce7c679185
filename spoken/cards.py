"""Payment card numbers and their check digit."""

from __future__ import annotations

from .digits import digit_runs, own_runs, settle_runs
from .found import Found
from .kinds import Context, Kind
from .plain import plain
from .tokens import Utterance, phrases

_BESIDE_A_CARD = phrases(
    """my card number is | card number is | the card number is | the number is | card | my card is | the card is | visa
    | mastercard | amex | american express | debit | credit | number | the long number is | it starts with |
    starts with | it ends in | ends in | number is | the first four are | the first four digits are | digits | dash
    | ready | the last four are | the last four digits are | discover | maestro"""
)


def luhn(digits: str) -> bool:
    """The check digit of ISO/IEC 7812-1, annex B."""
    total = 0
    for place, character in enumerate(reversed(digits)):
        n = int(character) * (1 + place % 2)
        total += n - 9 if n > 9 else n
    return total % 10 == 0


def find_card(u: Utterance, context: Context) -> Found | None:
    """The kind ``card``: 13 to 19 digits with a right check digit; fewer are a part."""
    runs = own_runs(Kind.card, digit_runs(u), u)
    run = settle_runs(runs, u, whole=13, enough=lambda digits: 15 <= len(digits) <= 19 and luhn(digits))
    if run is None or (u.strict and not (13 <= len(run.digits) <= 19 and luhn(run.digits))):
        return None
    if len(run.digits) < 12 and not plain(u, *((each.start, each.end) for each in runs), also=_BESIDE_A_CARD):
        return None
    whole = 13 <= len(run.digits) <= 19
    good = whole and luhn(run.digits)
    return Found(run.start, run.end, run.digits, 0.95 if good else 0.4 if whole else 0.5, complete=good)
