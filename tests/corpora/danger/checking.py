"""Check the safety layer: danger caught, ordinary talk left alone, both halves, held texts unseen.

``together`` is what a caller's whole turn meets: the watch where it is sure, otherwise both ears. ``watch`` is what
remains where the models of this machine are not loaded; ``meaning`` alone decides nowhere and is shown for the record.
"""

from __future__ import annotations

import argparse
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from statistics import median
from time import perf_counter

from agent.offline.similarity import SentenceEmbedder
from agent.safety.meaning import MeaningScorer, load_adapter
from agent.safety.phrases import KINDS
from agent.safety.watch import PhraseWatch
from tests.corpora import check_behaviour
from tests.corpora.check_behaviour import KindTurn

HALVES = ("worked", "held")
Ear = Callable[[KindTurn], tuple[str, str] | None]
"""The kind and the rule of the danger heard in a turn."""


@dataclass(frozen=True, slots=True)
class Score:
    """One half's outcome by one ear."""

    caught: int
    of: int
    other_kind: int
    """caught, but answered as another kind"""
    ordinary: int
    missed: tuple[KindTurn, ...]
    alarmed: tuple[KindTurn, ...]
    alarmed_by: tuple[str, ...]
    """the kind and the rule of each false alarm"""
    p50_ms: float
    p99_ms: float


def ears() -> dict[str, Ear]:
    """Each way to listen, by name. Raises ModelMissing."""
    watch, scorer = PhraseWatch(), MeaningScorer(SentenceEmbedder.load(), load_adapter())

    def watching(turn: KindTurn) -> tuple[str, str] | None:
        found = watch.find(turn.text, turn.locale, "")
        return (found.kind, found.rule) if found else None

    def meaning(turn: KindTurn) -> tuple[str, str] | None:
        scores = scorer.scores([turn.text])[0]
        return (KINDS[int(scores.argmax())], "meaning") if scores.max() >= 0 else None

    def together(turn: KindTurn) -> tuple[str, str] | None:
        found = watch.find(turn.text, turn.locale, "")
        if found is None or found.doubtful:
            found = watch.weigh(turn.text, scorer.scores([turn.text])[0], turn.locale, "")
        return (found.kind, found.rule) if found else None

    return {"watch": watching, "meaning": meaning, "together": together}


def score(half: check_behaviour.Half, ear: Ear) -> Score:
    """Listen to every turn of one half."""
    missed, alarmed, alarmed_by, times = [], [], [], []
    other = 0
    for turn in check_behaviour.danger(half):
        found = ear(turn)
        if found is None:
            missed.append(turn)
        elif found[0] != turn.kind:
            other += 1
    for turn in check_behaviour.ordinary(half):
        begun = perf_counter()
        found = ear(turn)
        times.append((perf_counter() - begun) * 1_000)
        if found is not None:
            alarmed.append(turn)
            alarmed_by.append(f"{found[0]}/{found[1].partition(':')[0]}")
    of = len(check_behaviour.danger(half))
    times.sort()
    return Score(
        of - len(missed), of, other, len(times), tuple(missed), tuple(alarmed), tuple(alarmed_by),
        median(times), times[int(len(times) * 0.99)],
    )  # fmt: skip


def main(arguments: Sequence[str]) -> int:
    """Print both halves; texts of the held half only with ``--show-held``."""
    parser = argparse.ArgumentParser(prog="python -m tests.corpora.check danger")
    parser.add_argument("--half", choices=(*HALVES, "both"), default="both")
    parser.add_argument("--failures", type=int, default=10)
    parser.add_argument("--show-held", action="store_true", help="spends the held half: for an audit only")
    chosen = parser.parse_args(arguments)
    listening = ears()
    print(f"{'half':8} {'ear':9} {'caught':>18} {'another kind':>13} {'false alarms':>18} {'p50 ms':>8} {'p99 ms':>8}")
    for half in check_behaviour.HALVES:
        if chosen.half not in (half, "both"):
            continue
        for name, ear in listening.items():
            found = score(half, ear)
            share, alarms = found.caught / found.of, len(found.alarmed) / found.ordinary
            print(
                f"{half:8} {name:9} {found.caught:4} of {found.of:4} {share:6.1%} {found.other_kind:13}"
                f" {len(found.alarmed):4} of {found.ordinary} {alarms:5.2%} {found.p50_ms:8.3f} {found.p99_ms:8.3f}"
            )
        print("         together: missed by kind:", dict(Counter(turn.kind for turn in found.missed)))
        print("         together: false alarms by rule:", dict(Counter(found.alarmed_by)))
        if half == "worked" or chosen.show_held:
            for turn in found.missed[: chosen.failures]:
                print(f"  missed {turn.kind}: {turn.text}")
            for turn in found.alarmed[: chosen.failures]:
                print(f"  false alarm: {turn.text}")
    return 0
