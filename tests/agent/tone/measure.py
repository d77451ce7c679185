"""How often the direction of a known change is heard right: `python -m tests.agent.tone.measure [--half held]`.

Prints a table of cells, one for each change in each condition: how many sentences were heard right, missed (as usual)
and wrong, of how many; and what was farthest off. Says nothing about feelings of people: the changes are made by
arithmetic, on synthesizers and one person reading.
"""

from __future__ import annotations

import argparse
import json
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from tests.agent.tone.speakers import speakers
from tests.agent.tone.trial import BETWEEN, CONDITIONS, ENDS, UNCHANGED, Change, Trial, direction, trials

WANTED = 95.0
"""in a hundred, of every cell"""
ASPECTS = ("pitch usual", "pace usual", "energy usual", "feeling neutral")
"""the cells of unchanged speech"""
_WORST = 10


@dataclass(frozen=True)
class Cell:
    """A change in a condition, or an aspect of unchanged speech in it."""

    condition: str
    of: str
    right: int
    trials: int

    @property
    def percent(self) -> float:
        """0 where nothing was tried."""
        return 100 * self.right / self.trials if self.trials else 0.0

    def __str__(self) -> str:
        return f"{self.of}, {self.condition}: {self.percent:.1f} % of {self.trials}"


@dataclass
class Table:
    """What was heard, by condition and change."""

    counts: dict[tuple[str, str], Counter[str]] = field(default_factory=dict)
    leaning: Counter[tuple[str, str]] = field(default_factory=Counter)
    """how many differed from the baseline in the right direction, however little"""
    odd: dict[str, Counter[str]] = field(default_factory=dict)
    """of unchanged speech: which aspect stood out"""
    failures: list[Trial] = field(default_factory=list)

    @classmethod
    def of(cls, found: Iterable[Trial]) -> Table:
        """Count."""
        table = cls()
        for trial in found:
            cell = trial.condition, trial.change.name
            verdict = direction(trial.change, trial.tone)
            table.counts.setdefault(cell, Counter())[verdict] += 1
            table.leaning[cell] += trial.shortfall < 1
            if verdict != "right" and trial.change not in BETWEEN:
                table.failures.append(trial)
            if trial.change == UNCHANGED:
                heard = (trial.tone.pitch, trial.tone.pace, trial.tone.energy, trial.tone.feeling)
                usual = ("usual", "usual", "usual", "neutral")
                odd = [aspect for aspect, one, other in zip(ASPECTS, heard, usual, strict=True) if one != other]
                table.odd.setdefault(trial.condition, Counter()).update(odd)
        return table

    def right(self, condition: str, changes: Sequence[Change]) -> tuple[int, int]:
        """How many of how many were heard right."""
        some = [self.counts.get((condition, change.name), Counter()) for change in changes]
        return sum(one["right"] for one in some), sum(one.total() for one in some)

    def cells(self, condition: str) -> list[Cell]:
        """The ends of the ranges that are promised, and every aspect of unchanged speech."""
        ends = [Cell(condition, end.name, *self.right(condition, (end,))) for end in ENDS]
        of = self.right(condition, (UNCHANGED,))[1]
        odd = self.odd.get(condition, Counter())
        return ends + [Cell(condition, f"unchanged: {aspect}", of - odd[aspect], of) for aspect in ASPECTS]

    def worst(self) -> list[Trial]:
        """What was farthest from right."""
        return sorted(self.failures, key=lambda trial: -trial.shortfall)[:_WORST]


def measure(
    half: str,
    calls: int,
    probes: int,
    *,
    short: bool = False,
    conditions: Sequence[str] = CONDITIONS,
    changes: Sequence[Change] = (*ENDS, *BETWEEN),
) -> Table:
    """One half."""
    return Table.of(trials(half, conditions, calls, probes, short=short, changes=changes))


def _print(half: str, table: Table, title: str) -> None:
    who = ", ".join(speaker.name for speaker in speakers(half))
    print(f"{title}, half {half}: {who}")
    print(f"{'':<28}" + "".join(f"{condition:>28}" for condition in CONDITIONS))
    tried = {name for _, name in table.counts}
    for change in (change for change in (*ENDS, *BETWEEN) if change.name in tried):
        cells = []
        for condition in CONDITIONS:
            count = table.counts.get((condition, change.name), Counter())
            of = count.total() or 1
            parts = [f"{100 * count[verdict] / of:.1f}" for verdict in ("right", "missed", "wrong")]
            leaning = f"({100 * table.leaning[condition, change.name] / of:.1f})"
            cells.append(" ".join((*parts, leaning if change in BETWEEN else f"of {of}")))
        print(f"{change.name:<28}" + "".join(f"{cell:>28}" for cell in cells))
    columns = [table.cells(condition)[len(ENDS) :] for condition in CONDITIONS]
    for aspect in zip(*columns, strict=True):
        row = "".join(f"{f'{cell.percent:.1f} of {cell.trials}':>28}" for cell in aspect)
        print(f"{aspect[0].of:<28}{row}")
    nothing = [table.right(condition, (UNCHANGED,)) for condition in CONDITIONS]
    row = "".join(f"{f'{100 * n / (of or 1):.1f} of {of}':>28}" for n, of in nothing)
    print(f"{'unchanged: all of them':<28}{row}")
    print("\nfarthest off:")
    for trial in table.worst():
        print(f"  {_told(trial)}")
    print()


def _told(trial: Trial) -> str:
    tone = trial.tone
    heard = f"pitch {tone.pitch}, pace {tone.pace}, energy {tone.energy}, {tone.feeling}"
    return f"{trial.speaker}, {trial.condition}, {trial.change.name}: {heard} ({trial.measured}): {trial.text!r}"


def _figures(table: Table) -> dict[str, object]:
    """As JSON."""
    return {
        "cells": [
            {"condition": cell.condition, "of": cell.of, "right": cell.right, "trials": cell.trials}
            for condition in CONDITIONS
            for cell in table.cells(condition)
        ],
        "unchanged_nothing_at_all": {c: table.right(c, (UNCHANGED,)) for c in CONDITIONS},
        "worst": [_told(trial) for trial in table.worst()],
    }


def main() -> None:
    """The command."""
    parser = argparse.ArgumentParser(prog="python -m tests.agent.tone.measure")
    parser.add_argument("--half", choices=("worked", "held", "both"), default="both")
    parser.add_argument("--calls", type=int, default=6, help="calls per speaker and condition")
    parser.add_argument("--probes", type=int, default=4, help="sentences tried in each call, in every way")
    parser.add_argument("--promised", action="store_true", help="sentences only, and only the ends of the ranges")
    parser.add_argument("--json", action="store_true", help="what --promised measures, for programs")
    asked = parser.parse_args()
    halves = ("worked", "held") if asked.half == "both" else (asked.half,)
    figures = {}
    for half in halves:
        whole = not (asked.promised or asked.json)
        table = measure(half, asked.calls, asked.probes, changes=(*ENDS, *BETWEEN) if whole else ENDS)
        figures[half] = _figures(table)
        if not asked.json:
            print("right, missed, wrong in a hundred; of half the size also (leaning the right way)")
            _print(half, table, "sentences")
        if whole:
            _print(half, measure(half, 2, asked.probes, short=True), "answers of two to four words")
    if asked.json:
        print(json.dumps(figures))


if __name__ == "__main__":
    main()
