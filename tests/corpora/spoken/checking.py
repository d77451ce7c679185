"""What ``spoken.parse`` makes of the corpus: exact answers and milliseconds, per kind and half.

The texts of the held half are not shown unless asked for: who reads them while working on the grammar
has no held half any more.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

from spoken import parse
from tests.corpora.spoken.cases import HALVES, Case, Half, Value, read, same

Failing = Literal["", "missed", "invented", "wrong", "raised"]


@dataclass(frozen=True)
class Outcome:
    """One case tried once: the answer, how sure it was, what is wrong with it, and the time it took (ms)."""

    case: Case
    value: Value
    confidence: float
    failing: Failing
    ms: float


def try_case(case: Case) -> Outcome:
    """Parse the case as ``switchboard parse --jsonl`` does: kind, text and a context, nothing else."""
    begun = time.perf_counter()
    try:
        parsed = parse(case.kind, case.text, case.context)
    except Exception:  # a parser that raises on what a caller said has failed, whatever it raised
        return Outcome(case, None, 0.0, "raised", (time.perf_counter() - begun) * 1000)
    took_ms = (time.perf_counter() - begun) * 1000
    value = None if parsed is None else parsed.value
    return Outcome(case, value, 0.0 if parsed is None else parsed.confidence, _failing(case, value), took_ms)


def _failing(case: Case, value: Value) -> Failing:
    if same(case.kind, value, case.value):
        return ""
    if value is None:
        return "missed"
    return "invented" if case.value is None else "wrong"


def check(half: Half) -> tuple[Outcome, ...]:
    """Every case of a half, tried on first sight after the other half has warmed the parser up."""
    for case in read("held" if half == "worked" else "worked"):
        try_case(case)
    return tuple(try_case(case) for case in read(half))


def exact(outcomes: Sequence[Outcome]) -> float:
    """The share of exact answers, in percent."""
    return 100.0 * sum(not outcome.failing for outcome in outcomes) / len(outcomes) if outcomes else 0.0


def percentile(numbers: Iterable[float], share: float) -> float:
    """The smallest number that ``share`` (0..1) of the numbers do not exceed."""
    ordered = sorted(numbers)
    return ordered[max(0, -(-len(ordered) * round(share * 100) // 100) - 1)]


def row(name: str, outcomes: Sequence[Outcome]) -> str:
    """One line of the table."""
    times = [outcome.ms for outcome in outcomes]
    return (
        f"{name:<26}{len(outcomes):>6}{exact(outcomes):>9.1f}{percentile(times, 0.5):>10.3f}"
        f"{percentile(times, 0.99):>10.3f}{max(times):>10.3f}"
    )


def table(half: Half, outcomes: Sequence[Outcome]) -> list[str]:
    """The kinds of one half, its total, and the subsets which have a target of their own."""
    lines = [f"{half:<26}{'cases':>6}{'exact %':>9}{'p50 ms':>10}{'p99 ms':>10}{'worst ms':>10}"]
    for kind in dict.fromkeys(outcome.case.kind for outcome in outcomes):
        lines.append(row(kind, [outcome for outcome in outcomes if outcome.case.kind == kind]))
    dated = [outcome for outcome in outcomes if outcome.case.edge]
    subsets = {
        "all": list(outcomes),
        "dates at edges": [outcome for outcome in dated if outcome.case.kind == "date"],
        "of these, clock changes": [
            outcome for outcome in dated if outcome.case.kind == "date" and outcome.case.note.startswith("edge:dst")
        ],
        "any kind at clock changes": [outcome for outcome in dated if outcome.case.note.startswith("edge:dst")],
        "nothing said": [outcome for outcome in outcomes if outcome.case.value is None],
    }
    return lines + [row(name, chosen) for name, chosen in subsets.items() if chosen]


def failures(outcomes: Sequence[Outcome], limit: int, show_texts: bool) -> list[str]:
    """The worst first: what raised, then wrong or invented values by how sure they were, then the missed."""
    failed = [outcome for outcome in outcomes if outcome.failing]
    failed.sort(key=lambda outcome: (outcome.failing != "raised", outcome.failing == "missed", -outcome.confidence))
    lines = []
    for outcome in failed[:limit]:
        line = f"  {outcome.case.id:<22}{outcome.failing:<10}"
        if show_texts:
            line += f"{outcome.case.text!r}: {outcome.value!r} ({outcome.confidence:.2f})"
            line += f", should be {outcome.case.value!r}"
        lines.append(line.rstrip())
    return lines


def main(arguments: Sequence[str]) -> int:
    """Print the tables; always 0, for the judging is left to the tests and the proofs."""
    parser = argparse.ArgumentParser(prog="python -m tests.corpora.check spoken", description=__doc__)
    parser.add_argument("--half", choices=(*HALVES, "both"), default="both")
    parser.add_argument("--failures", type=int, default=10, metavar="N", help="how many failures to list (default 10)")
    parser.add_argument("--show-held", action="store_true", help="show the texts of the held half: it is spent then")
    chosen = parser.parse_args(arguments)
    for half in HALVES:
        if chosen.half not in (half, "both"):
            continue
        outcomes = check(half)
        print("\n".join(table(half, outcomes)))
        listed = failures(outcomes, chosen.failures, show_texts=half == "worked" or chosen.show_held)
        if listed:
            print(f"worst failures of the {half} half:", *listed, sep="\n")
        print()
    return 0
