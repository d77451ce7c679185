"""Check the safety layer's phrases: danger caught, ordinary talk left alone, both halves, held texts unseen."""

from __future__ import annotations

import argparse
from collections import Counter
from dataclasses import dataclass
from statistics import median
from time import perf_counter

from agent.safety.watch import PhraseWatch
from tests.corpora import check_behaviour

HALVES = ("worked", "held")


@dataclass(frozen=True, slots=True)
class Score:
    """One half's outcome."""

    half: str
    caught: int
    of: int
    other_kind: int
    """caught, but answered as another kind"""
    false_alarms: int
    ordinary: int
    missed: tuple[check_behaviour.KindTurn, ...]
    alarmed: tuple[check_behaviour.KindTurn, ...]
    alarmed_by: tuple[str, ...]
    """the kind and the rule of each false alarm"""
    p50_ms: float
    p99_ms: float


def score(half: str) -> Score:
    """Look at every turn of one half, as the watch does at a whole turn."""
    watch = PhraseWatch()
    missed, alarmed, alarmed_by, times = [], [], [], []
    other = 0
    for turn in check_behaviour.danger(half):
        found = watch.find(turn.text, turn.locale, "")
        if found is None:
            missed.append(turn)
        elif found.kind != turn.kind:
            other += 1
    for turn in check_behaviour.ordinary(half):
        begun = perf_counter()
        found = watch.find(turn.text, turn.locale, "")
        times.append((perf_counter() - begun) * 1_000)
        if found is not None:
            alarmed.append(turn)
            alarmed_by.append(f"{found.kind}/{found.rule.partition(':')[0]}")
    of, ordinary = len(check_behaviour.danger(half)), len(times)
    times.sort()
    return Score(
        half, of - len(missed), of, other, len(alarmed), ordinary, tuple(missed), tuple(alarmed),
        tuple(alarmed_by),
        median(times), times[int(len(times) * 0.99)],
    )  # fmt: skip


def main(arguments: list[str]) -> int:
    """Print both halves; texts of the held half only with ``--show-held``."""
    parser = argparse.ArgumentParser(prog="python -m tests.corpora.check danger")
    parser.add_argument("--half", choices=(*HALVES, "both"), default="both")
    parser.add_argument("--failures", type=int, default=10)
    parser.add_argument("--show-held", action="store_true", help="spends the held half: for an audit only")
    chosen = parser.parse_args(arguments)
    print(f"{'half':8} {'caught':>14} {'another kind':>13} {'false alarms':>18} {'p50 ms':>8} {'p99 ms':>8}")
    for half in HALVES if chosen.half == "both" else (chosen.half,):
        found = score(half)
        share, alarms = found.caught / found.of, found.false_alarms / found.ordinary
        print(
            f"{half:8} {found.caught:4} of {found.of} {share:4.0%} {found.other_kind:13}"
            f" {found.false_alarms:4} of {found.ordinary} {alarms:5.2%} {found.p50_ms:8.3f} {found.p99_ms:8.3f}"
        )
        print("         missed by kind:", dict(Counter(turn.kind for turn in found.missed)))
        print("         false alarms by rule:", dict(Counter(found.alarmed_by)))
        if half == "worked" or chosen.show_held:
            for turn in found.missed[: chosen.failures]:
                print(f"  missed {turn.kind}: {turn.text}")
            for turn in found.alarmed[: chosen.failures]:
                print(f"  false alarm: {turn.text}")
    return 0
