"""Telephone numbers, checked with phonenumbers (the numbering plans of ITU members, Apache-2.0)."""

from __future__ import annotations

from .digits import DigitRun, digit_runs, settle_runs
from .found import Found
from .kinds import Context
from .tokens import Utterance

_EXTENSION = frozenset({"extension", "ext"})


def normalize_phone(digits: str, context: Context, *, plus: bool = False) -> tuple[str, float, bool]:
    """Digits as dialled -> value (E.164 if whole, else digits), confidence, whether it is whole.

    "Whole" follows the numbering plan's lengths; a number the plan does not assign is less sure.
    """
    import phonenumbers

    for prefix, region in _ways(digits, context, plus):
        try:
            number = phonenumbers.parse(prefix, region)
        except phonenumbers.NumberParseException:
            continue
        reason = phonenumbers.is_possible_number_with_reason(number)
        if reason == phonenumbers.ValidationResult.IS_POSSIBLE:
            sure = 0.95 if phonenumbers.is_valid_number(number) else 0.8
            return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164), sure, True
    return digits, 0.6 if len(digits) >= 7 else 0.5, False


def _ways(digits: str, context: Context, plus: bool) -> list[tuple[str, str | None]]:
    if plus:
        return [("+" + digits, None)]
    ways: list[tuple[str, str | None]] = [(digits, context.default_region)]
    for abroad in ("011", "00"):
        if digits.startswith(abroad):
            ways.insert(0, ("+" + digits[len(abroad) :], None))
    if len(digits) > 10 and not digits.startswith("0"):
        ways.append(("+" + digits, None))
    return ways


def _runs(u: Utterance) -> list[DigitRun]:
    runs: list[DigitRun] = []
    for run in digit_runs(u):
        if run.start and u.words[run.start - 1] in _EXTENSION:
            break
        runs.append(run)
    return runs


def find_phone(u: Utterance, context: Context) -> Found | None:
    """The kind ``phone``. Too few digits are a part (``complete=False``), to be continued by ``extend``."""
    runs = _runs(u)
    run = settle_runs(runs, u)
    if run is None:
        return None
    # Digits of something else may have been joined on; a stretch that is a whole number by itself stands.
    alone = [r for r in runs if len(r.digits) < len(run.digits) and len(r.digits) >= 10]
    if alone and not normalize_phone(run.digits, context)[2]:
        run = next((r for r in alone if normalize_phone(r.digits, context)[2]), run)
    digits, start = run.digits, run.start
    plus = start > 0 and u.words[start - 1] in ("plus", "+")
    if plus:
        start -= 1
    if u.strict and len(digits) < 7:
        return None
    value, sure, whole = normalize_phone(digits, context, plus=plus)
    if not whole and len(digits) == 1 and u.strict:
        return None
    return Found(start, run.end, value, round(sure * run.sure / 0.95, 3), complete=whole)
