"""Values in words before any voice has them: a voice alone may swallow a "0", or read a code as a word."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, date, datetime

from calls.speech import SayAs, SpeechStyle
from spoken import Context, Kind, read_back, say_code, spell, words_for_digits

MOST_PAUSE_MS = 2_000

_DIGITS = re.compile(r"\d(?:[\d ().-]*\d)?")
_CODE = re.compile(r"\b(?=[A-Z0-9-]*\d)[A-Z0-9]+(?:-[A-Z0-9]+)*\b")
_CAPITALS = re.compile(r"\b[A-Z0-9]{2,}\b")
_MONEY = re.compile(r"([$£€])\s?(\d{1,3}(?:,\d{3})+|\d+)(?:\.(\d\d))?(?!\d)")
_DATE = re.compile(r"\b(\d{4})-(\d\d)-(\d\d)\b")
_ANY_DAY = Context(datetime(2000, 1, 1, tzinfo=UTC), "UTC")
"""sums read the same on every day"""
_CURRENCIES = {"$": "USD", "£": "GBP", "€": "EUR"}


def as_said(text: str, say_as: SayAs) -> str:
    """``text`` with the values that ``say_as`` names in words; other words stay as they are."""
    if say_as == "text":
        return text
    pattern, words = _FORMS[say_as]
    return pattern.sub(words, text)


def pause_place(text: str, style: SpeechStyle) -> int | None:
    """Where in ``text`` its pause belongs: before the first value ``say_as`` names, else 0; None for no pause."""
    if style.pause_before_ms <= 0:
        return None
    if style.say_as == "text":
        return 0
    found = _FORMS[style.say_as][0].search(text)
    # Quotation marks and brackets alone before a value are no words to wait after.
    return found.start() if found and any(c.isalnum() for c in text[: found.start()]) else 0


def pause_ms(style: SpeechStyle) -> int:
    """The pause asked for, within reason."""
    return min(max(style.pause_before_ms, 0), MOST_PAUSE_MS)


def _say_money(found: re.Match[str]) -> str:
    amount = f"{found[2].replace(',', '')}{'.' + found[3] if found[3] else ''} {_CURRENCIES[found[1]]}"
    return read_back(Kind.money, amount, _ANY_DAY)


def _say_date(found: re.Match[str]) -> str:
    try:
        day = date(int(found[1]), int(found[2]), int(found[3]))
    except ValueError:
        return found[0]
    return read_back(Kind.date, day.isoformat(), Context(datetime(day.year, day.month, day.day, tzinfo=UTC), "UTC"))


_FORMS: dict[SayAs, tuple[re.Pattern[str], Callable[[re.Match[str]], str]]] = {
    "digits": (_DIGITS, lambda found: words_for_digits(found[0])),
    "code": (_CODE, lambda found: say_code(found[0])),
    "spell": (_CAPITALS, lambda found: spell(found[0], with_words=False)),
    "money": (_MONEY, _say_money),
    "date": (_DATE, _say_date),
}
