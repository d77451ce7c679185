"""A bench's figures as people and programs read them."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass

from switchboard.bench.figures import Figure


@dataclass(frozen=True, slots=True)
class Section:
    """Figures of one load."""

    title: str
    figures: Sequence[Figure]


@dataclass(frozen=True, slots=True)
class Report:
    """All that a bench has found."""

    machine: str
    sections: Sequence[Section]
    troubles: Sequence[str] = ()
    """of calls that did not go as their callers wanted"""

    @property
    def missed(self) -> list[Figure]:
        """Those that are over their limits."""
        return [figure for section in self.sections for figure in section.figures if figure.kept is False]


def as_text(report: Report) -> str:
    """One table."""
    lines = [report.machine]
    for section in report.sections:
        lines += ["", section.title]
        lines += [_row(figure) for figure in section.figures]
    if report.troubles:
        lines += ["", f"{len(report.troubles)} call(s) with trouble, for example: {report.troubles[0]}"]
    return "\n".join(lines)


def as_json(report: Report) -> str:
    """The same, for programs."""
    sections = [
        {"title": s.title, "figures": [{**asdict(figure), "kept": figure.kept} for figure in s.figures]}
        for s in report.sections
    ]
    return json.dumps({"machine": report.machine, "sections": sections, "troubles": list(report.troubles)}, indent=2)


def _row(figure: Figure) -> str:
    value = "-" if figure.value is None else _told(figure.value, figure.unit)
    limit = "" if figure.limit is None else f"at most {_told(figure.limit, figure.unit)}"
    verdict = {True: "kept", False: "MISSED", None: ""}[figure.kept]
    count = f"n={figure.count}" if figure.count else ""
    return f"  {figure.name:58} {value:>12}  {limit:18} {verdict:7} {count}".rstrip()


def _told(value: float, unit: str) -> str:
    if unit == "share":
        return f"{value * 100:.0f} %"
    digits = 2 if abs(value) < 10 else 1 if abs(value) < 100 else 0
    return f"{value:.{0 if value == int(value) else digits}f}{' ' + unit if unit else ''}"
