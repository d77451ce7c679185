"""The cases of this corpus, and when an answer counts as the one written down."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Literal

from spoken import Choice, Context

HERE = Path(__file__).parent
Half = Literal["worked", "held"]
HALVES: tuple[Half, ...] = ("worked", "held")
Value = str | int | float | bool | None

_FILLERS = frozenset({"um", "uh", "er", "erm"})
_NUMBERED = {
    "first": "1st", "second": "2nd", "third": "3rd", "fourth": "4th", "fifth": "5th",
    "sixth": "6th", "seventh": "7th", "eighth": "8th", "ninth": "9th", "tenth": "10th",
}  # fmt: skip
_DURATION = re.compile(
    r"P(?:(?P<Y>\d+)Y)?(?:(?P<M>\d+)M)?(?:(?P<W>\d+)W)?(?:(?P<D>\d+)D)?"
    r"(?:T(?:(?P<h>\d+)H)?(?:(?P<m>\d+)M)?(?:(?P<s>\d+)S)?)?"
)


@dataclass(frozen=True)
class Case:
    """One answer on the phone: the kind asked for, the words, and what a receptionist would write down."""

    id: str
    kind: str
    text: str
    context: Context
    value: Value
    note: str

    @property
    def edge(self) -> bool:
        """Whether the moment is special: a clock change, a zone, midnight, the end of a month or year, a leap day."""
        return self.note.startswith("edge:")


def read(half: Half, directory: Path = HERE) -> tuple[Case, ...]:
    """The cases of one half, in the order of the file."""
    lines = (directory / f"{half}.jsonl").read_text(encoding="utf-8").splitlines()
    return tuple(_case(json.loads(line)) for line in lines)


def _case(record: dict[str, Any]) -> Case:
    context = Context(
        now=datetime.fromisoformat(record["now"]),
        tz=record["tz"],
        locale=record["locale"],
        choices=tuple(Choice(option["id"], tuple(option["says"])) for option in record.get("options", ())),
        length=record.get("length"),
        pattern=record.get("pattern"),
    )
    return Case(record["id"], record["kind"], record["text"], context, record["value"], record.get("note", ""))


def words_of(text: str) -> str:
    """The text without case, punctuation and spacing: two texts alike in this are the same text."""
    return " ".join(re.findall(r"[a-z0-9]+", text.lower().replace("'", "")))


def same(kind: str, value: Value, gold: Value) -> bool:
    """Whether ``value`` is ``gold``: exactly, but for the liberties the README of the corpora names."""
    if value is None or gold is None:
        return value is gold
    if isinstance(value, bool) or isinstance(gold, bool):
        return value is gold
    if isinstance(value, str) and isinstance(gold, str):
        if kind == "duration":
            return value == gold or _amounts(value) == _amounts(gold) is not None
        if kind == "address":
            return _place(value) == _place(gold)
        if kind == "free_text":
            return _said(value) == _said(gold)
    return value == gold


def _said(text: str) -> list[str]:
    return [word for word in words_of(text).split() if word not in _FILLERS]


def _place(address: str) -> list[str]:
    return [_NUMBERED.get(word, word) for word in words_of(address).split()]


def _amounts(duration: str) -> tuple[int, int, int] | None:
    """Months, days and seconds: a year is 12 months and a week 7 days, but a day is not 24 hours."""
    found = _DURATION.fullmatch(duration)
    if found is None:
        return None
    part = {name: int(count or 0) for name, count in found.groupdict().items()}
    return (
        part["Y"] * 12 + part["M"],
        part["W"] * 7 + part["D"],
        part["h"] * 3600 + part["m"] * 60 + part["s"],
    )
