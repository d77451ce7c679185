"""Values in words: one, a few out of a list, and the nearest to the one that was wanted."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, time

from calls.commands import Value
from spoken import Context, Kind, read_back

LIST_OF = "list of "
OFFERS = 3
"""how many of a list are said at once; nobody keeps more in mind"""


def fill(kind: str, value: Value, context: Context, *, spelled: bool = False, wanted: Value | None = None) -> str:
    """A value (or some of a list) in speakable words; the bare text when it is not in its kind's form.

    ``wanted``: of a list, those nearest to this one.
    """
    if kind.startswith(LIST_OF):
        kind = kind.removeprefix(LIST_OF)
        some = spread(items(value)) if wanted is None else nearest(kind, wanted, items(value))
        return joined([fill(kind, item, context) for item in some], "or")
    try:
        said = read_back(kind, value, context, spelled=spelled)
        # Letters alone are hard to follow: the name first, then how it is written.
        return f"{value}, spelled {said}" if spelled and kind == Kind.person_name else said
    except (ValueError, TypeError, OverflowError):
        return str(value)


def items(value: Value | None) -> list[str]:
    """The elements of a list fact."""
    return [item for item in str(value or "").split(",") if item]


def spread(values: Sequence[str], count: int = OFFERS) -> list[str]:
    """At most ``count``, from the first to the last and evenly between."""
    if len(values) <= count:
        return list(values)
    return [values[round(n * (len(values) - 1) / (count - 1))] for n in range(count)]


def nearest(kind: str, wanted: Value, values: Sequence[str], count: int = OFFERS) -> list[str]:
    """The ``count`` values nearest to ``wanted``, in their own order; the first ones where nearness means nothing."""
    try:
        ranked = sorted(values, key=lambda value: (abs(_place(kind, value) - _place(kind, str(wanted))), value))
    except ValueError:
        ranked = list(values)
    chosen = set(ranked[:count])
    return [value for value in values if value in chosen]


def _place(kind: str, value: str) -> int:
    if kind == "time":
        moment = time.fromisoformat(value)
        return moment.hour * 60 + moment.minute
    if kind == "date":
        return date.fromisoformat(value).toordinal()
    raise ValueError(kind)


def joined(words: Sequence[str], last: str) -> str:
    """ "a, b, or c"; "a or b"."""
    if len(words) <= 2:
        return f" {last} ".join(words)
    return f"{', '.join(words[:-1])}, {last} {words[-1]}"
