"""Values in words: one, a few out of a list, and the nearest to the one that was wanted."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from datetime import date, time

from calls.commands import Value
from spoken import Context, Kind, read_back
from workflows.language.parts import Place

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


_END = re.compile(r"[.?!](?=\s|$)")


def without_sentences(parts: Sequence[str | Place], empty: Collection[Place]) -> tuple[str | Place, ...]:
    """A line without the sentences that speak of nothing but an ``empty`` gap: "Your number is none".

    The whole line, where no other gap would be left in it, or where such a gap shares its sentence with another.
    """
    found: list[str | Place] = []
    for part in parts:  # literals side by side are one
        if isinstance(part, str) and found and isinstance(found[-1], str):
            found[-1] += part
        else:
            found.append(part)
    at = 0
    while at < len(found):
        part = found[at]
        before, after = found[at - 1] if at else "", found[at + 1] if at + 1 < len(found) else ""
        if isinstance(part, Place) and part in empty and isinstance(before, str) and isinstance(after, str):
            began, ends = list(_END.finditer(before)), _END.search(after)
            if ends and (began or at <= 1):
                rest = after[ends.end() :]
                found[max(at - 1, 0) : at + 2] = [before[: began[-1].end()] + rest if began else rest.lstrip()]
                continue
        at += 1
    return tuple(found) if any(isinstance(part, Place) for part in found) else tuple(parts)


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
