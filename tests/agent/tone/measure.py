"""How often the direction of a known change is heard right: `python -m tests.agent.tone.measure [--half held]`.

Prints a table: of each change and condition how many in a hundred sentences were heard right, missed (as usual) and
wrong. Says nothing about feelings of people: the speakers are synthesizers, the changes are made by arithmetic.
"""

from __future__ import annotations

import argparse
import json
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from tests.agent.tone.speakers import speakers
from tests.agent.tone.trial import BETWEEN, CONDITIONS, ENDS, UNCHANGED, Change, Trial, direction, trials

WANTED = 95.0
"""in a hundred, of unchanged speech and of the ends of the ranges"""


@dataclass
class Table:
    """What was heard, by condition and change."""

    counts: dict[tuple[str, str], Counter[str]]
    each: dict[str, Counter[str]]
    """of unchanged speech: which class stood out"""

    @classmethod
    def of(cls, found: Iterable[Trial]) -> Table:
        """Count."""
        table = cls({}, {})
        for trial in found:
            verdict = direction(trial.change, trial.tone)
            table.counts.setdefault((trial.condition, trial.change.name), Counter())[verdict] += 1
            if trial.change == UNCHANGED:
                classes = {"pitch": trial.tone.pitch, "pace": trial.tone.pace, "energy": trial.tone.energy}
                odd = [name for name, value in classes.items() if value != "usual"]
                odd += ["feeling"] if trial.tone.feeling != "neutral" else []
                table.each.setdefault(trial.condition, Counter()).update(odd)
        return table

    def right(self, condition: str, changes: Sequence[Change]) -> tuple[int, int]:
        """How many of how many were heard right."""
        some = [self.counts.get((condition, change.name), Counter()) for change in changes]
        return sum(one["right"] for one in some), sum(one.total() for one in some)

    def usual(self, condition: str) -> tuple[int, int]:
        """Of unchanged speech: how many of pitch, pace and energy were as usual, of how many."""
        trials = self.right(condition, (UNCHANGED,))[1]
        odd = self.each.get(condition, Counter())
        return 3 * trials - odd["pitch"] - odd["pace"] - odd["energy"], 3 * trials

    def neutral(self, condition: str) -> tuple[int, int]:
        """Of unchanged speech: in how many turns no feeling was named, of how many."""
        trials = self.right(condition, (UNCHANGED,))[1]
        return trials - self.each.get(condition, Counter())["feeling"], trials

    def percent(self, condition: str, changes: Sequence[Change]) -> float:
        """The same in a hundred; 0 where nothing was tried."""
        right, of = self.right(condition, changes)
        return 100 * right / of if of else 0.0


def measure(
    half: str, calls: int, probes: int, *, short: bool = False, conditions: tuple[str, ...] = CONDITIONS
) -> Table:
    """One half."""
    return Table.of(trials(half, conditions, calls, probes, short=short))


def share(counted: tuple[int, int]) -> str:
    """``97.1 % of 210``."""
    return f"{100 * counted[0] / (counted[1] or 1):.1f} % of {counted[1]}"


def _print(half: str, table: Table, title: str) -> None:
    who = ", ".join(speaker.name for speaker in speakers(half))
    print(f"{title}, half {half}: {who}")
    print(f"{'':<20}" + "".join(f"{condition:>26}" for condition in CONDITIONS))
    for change in (UNCHANGED, *ENDS, *BETWEEN):
        cells = []
        for condition in CONDITIONS:
            count = table.counts.get((condition, change.name), Counter())
            of = count.total() or 1
            cells.append(f"{100 * count['right'] / of:.1f} / {100 * count['missed'] / of:.1f} / "
                         f"{100 * count['wrong'] / of:.1f}")  # fmt: skip
        print(f"{change.name:<20}" + "".join(f"{cell:>26}" for cell in cells))
    for condition in CONDITIONS:
        odd = ", ".join(f"{name} {number}" for name, number in sorted(table.each.get(condition, {}).items())) or "none"
        usual, neutral = table.usual(condition), table.neutral(condition)
        print(f"  {condition}: ends of the ranges right {table.percent(condition, ENDS):.1f} % of "
              f"{table.right(condition, ENDS)[1]}; unchanged: pitch, pace and energy usual {share(usual)}, "
              f"feeling neutral {share(neutral)}; what stood out: {odd}")  # fmt: skip
    print()


def main() -> None:
    """The command."""
    parser = argparse.ArgumentParser(prog="python -m tests.agent.tone.measure")
    parser.add_argument("--half", choices=("worked", "held", "both"), default="both")
    parser.add_argument("--calls", type=int, default=6, help="calls per speaker and condition")
    parser.add_argument("--probes", type=int, default=4, help="sentences tried in each call, in every way")
    parser.add_argument("--json", action="store_true")
    asked = parser.parse_args()
    halves = ("worked", "held") if asked.half == "both" else (asked.half,)
    figures = {}
    for half in halves:
        table = measure(half, asked.calls, asked.probes)
        figures[half] = {
            condition: {
                "ends": table.right(condition, ENDS),
                "unchanged_usual": table.usual(condition),
                "unchanged_neutral": table.neutral(condition),
                "unchanged_nothing_at_all": table.right(condition, (UNCHANGED,)),
                "worst_end": min(table.percent(condition, (end,)) for end in ENDS),
            }
            for condition in CONDITIONS
        }
        if not asked.json:
            print("right / missed / wrong, in a hundred")
            _print(half, table, "sentences")
            _print(half, measure(half, 2, asked.probes, short=True), "answers of two to four words")
    if asked.json:
        print(json.dumps(figures))


if __name__ == "__main__":
    main()
