"""Values told by another value: "half of that", "twice the price", "two dollars a minute", "a couple of hours"."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import timedelta

from agent.guardrail.facts import FactTable
from agent.guardrail.readings import Amount, Reading

_THAT = r"(?:that(?!\ (?!on|for|in|at|if|with|per|as|when|after|all)\w)|as\ much"
_PRICE = r"the\ (?:\w+\ )?(?:price|fee|cost|rate|amount|bill))"
_MULTIPLE = re.compile(
    rf"""\b(?:
        (?:half|twice|double|triple|quadruple)\ (?:of\ )?{_THAT}|{_PRICE}
      | (?:two|three|four|five|six|seven|eight|nine|ten|\d+)\ times\ {_THAT}|{_PRICE}
      | (?:an?|one|two|three|four)\ (?:half|third|quarter|fourth|fifth|tenth|quarters|thirds)\ (?:of|off)
        \ (?:that|it|the|your|a)
      | (?:an?|one|two|three|four|five|ten|half\ a)\ grand
    )\b""",
    re.IGNORECASE | re.VERBOSE,
)
_HOUR = re.compile(r"quarters? of an hour", re.IGNORECASE)
_VAGUE = re.compile(
    r"\b(?:couple of|a few|several|many) "
    r"(?:hundred|thousand|(?:business |working |more )?(hour|day|night|week|month|year)s)\b",
    re.IGNORECASE,
)
_PER = re.compile(r"\s*(?:an?|per|each|every|/)\s?(second|minute|hour|day|night|week|month|year)\b", re.IGNORECASE)
_UNITS = {
    "hour": ("minute", 60), "day": ("day", 1), "night": ("day", 1), "week": ("day", 7), "month": ("month", 1),
    "year": ("year", 1),
}  # fmt: skip
_SOME = 6
"""as many are still a few"""
_OCCASION = re.compile(
    r"\byour (?:\w+ )?(?:visit|appointment|booking|reservation|table|delivery|slot|class|order)\b", re.I
)
_WEEK = re.compile(r"\b(next|this|last) (week|month)\b", re.IGNORECASE)
_OPEN_WEEKEND = re.compile(
    r"\b(?:open|opens|work|works|available|serve)\b[^.?!]{0,25}\bweekends?\b|\bweekends? (?:we're|we are|it's) open\b",
    re.I,
)
_SHUT = re.compile(r"\b(?:closed|not|never|no|except|but)\b|n't\b", re.IGNORECASE)


def relative(text: str, readings: Sequence[Reading], table: FactTable) -> str:
    """Kind of the first such value which is not in the facts, or ""."""
    if any(not _known(found, table) for found in _MULTIPLE.finditer(_HOUR.sub("", text))):
        return "price"
    for reading in readings:
        per = _PER.match(text, reading.end) if isinstance(reading.value, Amount) else None
        if per is not None and per.group(1).lower() not in table.rates:
            return "price"
    if text.rstrip().endswith("?"):
        return ""
    for found in _VAGUE.finditer(text):
        unit = (found.group(1) or "").lower()
        if not _some(unit, table) and not _known(found, table):
            return "duration" if unit else "number"
    if table.dates and _OCCASION.search(text):
        for found in _WEEK.finditer(text):
            if not _within(found.group(1).lower(), found.group(2).lower(), table):
                return "date"
    opens = _OPEN_WEEKEND.search(text) is not None and not _SHUT.search(text)
    return "date" if opens and not _weekends(table) else ""


def _weekends(table: FactTable) -> bool:
    if {5, 6} & table.habitual_weekdays.keys():
        return True
    return any("weekend" in part and not _SHUT.search(part) for part in re.split(r"[.;!?\n]", table.text))


def _some(unit: str, table: FactTable) -> bool:
    if unit not in _UNITS:
        return False
    name, each = _UNITS[unit]
    return any(known == name and 2 * each <= number <= _SOME * each for number, known in table.spans)


def _within(which: str, unit: str, table: FactTable) -> bool:
    today = table.today
    if unit == "month":
        month = today.year * 12 + today.month + {"next": 1, "this": 0, "last": -1}[which]
        return any(day.year * 12 + day.month == month for day in table.dates)
    monday = today - timedelta(days=today.weekday()) + timedelta(days=7 * {"next": 1, "this": 0, "last": -1}[which])
    # A week begins on Sunday for some.
    return any(monday - timedelta(days=1) <= day < monday + timedelta(days=7) for day in table.dates)


def _known(found: re.Match[str], table: FactTable) -> bool:
    return found.group().lower() in table.text
