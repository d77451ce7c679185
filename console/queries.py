"""What a request asks for, read strictly."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, time, timedelta

from records.call_index import MOST, PAGE, RISKS, CallQuery, Order

ORDERS: Mapping[str, Order] = {"": "start", "start": "start", "risk": "risk"}
"""`sort` -> the order of the log"""


def query_of(given: Mapping[str, str]) -> CallQuery:
    """``from, to, line, disposition, risk, sort, limit, cursor``. Raises ValueError, naming the parameter and the
    remedy."""
    for name, value in given.items():
        if "\x00" in value:
            raise ValueError(f"{name}: holds a character that stands in no call")
    limit = whole(given, "limit", PAGE)
    if not 1 <= limit <= MOST:
        raise ValueError(f"limit: {limit} is not between 1 and {MOST}")
    if given.get("risk", "") not in RISKS:
        raise ValueError(f"risk: {given['risk'][:20]!r} is none of {', '.join(RISKS[1:])}")
    if given.get("sort", "") not in ORDERS:
        raise ValueError(f"sort: {given['sort'][:20]!r} is none of start, risk")
    return CallQuery(
        from_=_moment(given, "from", after=timedelta(0)),
        to=_moment(given, "to", after=timedelta(days=1)),
        line=given.get("line", ""),
        disposition=given.get("disposition", ""),
        risk=given.get("risk", ""),
        order=ORDERS[given.get("sort", "")],
        limit=limit,
        cursor=given.get("cursor", ""),
    )


def whole(given: Mapping[str, str], name: str, default: int) -> int:
    """A whole number of at most nine digits. Raises ValueError."""
    text = given.get(name, "")
    if not text:
        return default
    if not (text.isascii() and text.isdigit() and len(text) <= 9):
        raise ValueError(f"{name}: {text[:20]!r} is not a whole number")
    return int(text)


def _moment(given: Mapping[str, str], name: str, after: timedelta) -> datetime | None:
    """A time with its zone, or a day in UTC: then its start, ``after`` later (``to`` includes its day)."""
    text = given.get(name, "")
    if not text:
        return None
    try:
        moment = datetime.fromisoformat(text)
        if len(text) == len("2026-03-17"):
            return datetime.combine(moment.date(), time(), UTC) + after
    except (ValueError, OverflowError) as why:
        raise ValueError(f"{name}: {text[:30]!r} is no date; write it like 2026-03-17") from why
    if moment.tzinfo is None:
        raise ValueError(f"{name}: a time needs its zone, as in 2026-03-17T14:30:00Z")
    return moment
