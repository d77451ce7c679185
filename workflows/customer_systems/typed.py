"""JSON of somebody else's, read as the values scripts can speak of. What does not fit its kind is refused. Pure."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping
from datetime import date, datetime
from decimal import Decimal, InvalidOperation

from calls.commands import Value

LONGEST_TEXT = 300
MOST_ITEMS = 50
LIST = "list of "

_TIME = re.compile(r"([01]\d|2[0-3]):[0-5]\d")
_PHONE = re.compile(r"\+[1-9]\d{6,14}")
_MONEY = re.compile(r"(-?\d{1,12}(?:\.\d{1,2})?) ([A-Z]{3})")
_CODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9 -]{0,39}")
_EMAIL = re.compile(r"[^\s@<>]{1,64}@[^\s@<>]{1,190}")
_DURATION = re.compile(r"P(?=.)(\d+D)?(T(?=.)(\d+H)?(\d+M)?(\d+S)?)?")


class Mismatch(ValueError):
    """A value is not of the kind that was declared. Says the kind, never the value."""


def read_value(kind: str, raw: object) -> Value:
    """``raw`` as a canonical value of ``kind`` (see ``spoken.kinds``). Raises Mismatch."""
    if kind.startswith(LIST):
        return _list(kind.removeprefix(LIST), raw)
    reader = _READERS.get(kind)
    if reader is None:
        raise Mismatch(kind)
    try:
        return reader(raw)
    except (TypeError, ValueError, InvalidOperation) as why:
        raise Mismatch(kind) from why


def reach(document: object, way: tuple[str, ...]) -> object:
    """What stands at the end of ``way`` in a JSON document. Raises Mismatch when it is not there."""
    for key in way:
        if isinstance(document, dict) and key in document:
            document = document[key]
        elif isinstance(document, list) and key.isdigit() and int(key) < len(document):
            document = document[int(key)]
        else:
            raise Mismatch("missing")
    return document


def _list(kind: str, raw: object) -> str:
    if not isinstance(raw, list) or len(raw) > MOST_ITEMS:
        raise Mismatch(LIST + kind)
    items = [str(read_value(kind, item)) for item in raw]
    if any("," in item for item in items):
        raise Mismatch(LIST + kind)
    return ",".join(items)


def _text(raw: object) -> str:
    if not isinstance(raw, str):
        raise TypeError
    plain = " ".join("".join(c if unicodedata.category(c)[0] != "C" else " " for c in raw).split())
    if not plain or len(plain) > LONGEST_TEXT:
        raise ValueError
    return plain


def _matching(pattern: re.Pattern[str]) -> Callable[[object], str]:
    def read(raw: object) -> str:
        if not isinstance(raw, str) or not pattern.fullmatch(raw):
            raise ValueError
        return raw

    return read


def _code(raw: object) -> str:
    return _matching(_CODE)(str(raw) if isinstance(raw, int) and not isinstance(raw, bool) else raw)


def _number(raw: object) -> int | float:
    if isinstance(raw, bool) or not isinstance(raw, int | float) or abs(raw) > 1e12:
        raise TypeError
    return raw


def _whole(raw: object) -> int:
    if isinstance(raw, bool) or not isinstance(raw, int) or abs(raw) > 10**12:
        raise TypeError
    return raw


def _money(raw: object) -> str:
    if isinstance(raw, dict):
        raw = f"{raw.get('amount')} {raw.get('currency')}"
    found = _MONEY.fullmatch(raw) if isinstance(raw, str) else None
    if found is None:
        raise ValueError
    return f"{Decimal(found.group(1)):.2f} {found.group(2)}"


def _yes_no(raw: object) -> bool:
    if not isinstance(raw, bool):
        raise TypeError
    return raw


def _date(raw: object) -> str:
    if not isinstance(raw, str):
        raise TypeError
    return date.fromisoformat(raw).isoformat()


def _datetime(raw: object) -> str:
    if not isinstance(raw, str):
        raise TypeError
    moment = datetime.fromisoformat(raw)
    if moment.tzinfo is not None:
        # Local to the line, as everywhere in scripts: an offset would be dropped silently.
        raise ValueError
    return moment.strftime("%Y-%m-%dT%H:%M")


def _date_range(raw: object) -> str:
    first, _, last = raw.partition("/") if isinstance(raw, str) else ("", "", "")
    if date.fromisoformat(first) > date.fromisoformat(last):
        raise ValueError
    return f"{first}/{last}"


_READERS: Mapping[str, Callable[[object], Value]] = {
    "date": _date,
    "date_of_birth": _date,
    "time": _matching(_TIME),
    "datetime": _datetime,
    "date_range": _date_range,
    "duration": _matching(_DURATION),
    "number": _number,
    "ordinal": _whole,
    "party_size": _whole,
    "money": _money,
    "phone": _matching(_PHONE),
    "email": _matching(_EMAIL),
    "code": _code,
    "yes_no": _yes_no,
    "choice": _text,
    "person_name": _text,
    "spelled_name": _text,
    "address": _text,
    "postcode": _text,
    "free_text": _text,
}

RESULT_KINDS = (*_READERS, *(LIST + kind for kind in ("date", "time", "datetime", "code", "choice", "free_text")))
"""Kinds an answer may be read as."""
