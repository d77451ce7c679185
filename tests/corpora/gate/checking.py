"""Check the speech gate on its corpora: wrong values stopped, what may be said let through, the time it takes."""

from __future__ import annotations

import argparse
import json
from collections import Counter
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from statistics import median
from time import perf_counter, thread_time

from agent.guardrail.gate import RuleGuardrail
from calls.grounding import Fact, Ground
from calls.speech import Clause

HERE = Path(__file__).resolve().parent
BENIGN = HERE.parent / "benign"
HALVES = ("worked", "held")


@dataclass(frozen=True, slots=True)
class Case:
    """A sentence, and what is known when it is said."""

    id: str
    kind: str
    """of the wrong value; ``benign`` when there is none"""
    text: str
    ground: Ground


@dataclass(frozen=True, slots=True)
class Score:
    """One half's outcome."""

    half: str
    wrong: int
    through: tuple[Case, ...]
    """wrong, and cleared"""
    benign: int
    blocked: tuple[tuple[Case, str], ...]
    """may be said, and was not; with the rule"""
    p50_ms: float
    p99_ms: float
    """of this thread's own work: a busy machine's waits are not the gate's"""
    wall_p99_ms: float


def cases(half: str) -> tuple[Case, ...]:
    """Wrong and benign sentences of one half."""
    found = []
    files = [HERE / f"{half}.jsonl", BENIGN / f"{half}.jsonl", *([BENIGN / "hand.jsonl"] if half == "worked" else [])]
    for file in files:
        for line in file.read_text("utf-8").splitlines():
            entry = json.loads(line)
            scene = _scenes()[entry["scene"]]
            found.append(Case(entry["id"], entry.get("kind", "benign"), entry["text"], scene))
    return tuple(found)


@lru_cache(maxsize=1)
def _scenes() -> dict[str, Ground]:
    scenes = {}
    for folder in (HERE, BENIGN):
        for line in (folder / "scenes.jsonl").read_text("utf-8").splitlines():
            entry = json.loads(line)
            facts = tuple(Fact(name, value, origin) for name, value, origin in entry["facts"])
            scenes[entry["scene"]] = Ground(
                facts=facts,
                wall=entry["wall"],
                locale=entry.get("locale", "en-US"),
                # What was looked up is said to callers who have proved who they are.
                verified=True,
            )
    return scenes


def score(half: str) -> Score:
    """Judge every sentence of one half, as a model's clause."""
    gate, times, walls = RuleGuardrail(), [], []
    through, blocked, wrong = [], [], 0
    for case in cases(half):
        begun, wall = thread_time(), perf_counter()
        judged = gate.judge(Clause("r1.1", case.text), case.ground)
        times.append((thread_time() - begun) * 1_000)
        walls.append((perf_counter() - wall) * 1_000)
        if case.kind != "benign":
            wrong += 1
            if judged.clause is not None and judged.clause.text == case.text:
                through.append(case)
        elif judged.rule:
            blocked.append((case, judged.rule))
    times.sort()
    walls.sort()
    return Score(
        half, wrong, tuple(through), len(times) - wrong, tuple(blocked), median(times), _p99(times), _p99(walls)
    )


def _p99(ordered: list[float]) -> float:
    return ordered[int(len(ordered) * 0.99)]


def main(arguments: list[str]) -> int:
    """Print a table; exit 1 when a wrong value gets through or over 1 % of a half is blocked."""
    parser = argparse.ArgumentParser(prog="python -m tests.corpora.check gate")
    parser.add_argument("--half", choices=(*HALVES, "both"), default="both")
    parser.add_argument("--failures", type=int, default=10, metavar="N", help="how many to name (default 10)")
    parser.add_argument("--show-held", action="store_true", help="print held texts, for an audit")
    chosen = parser.parse_args(arguments)
    fine = True
    for half in HALVES if chosen.half == "both" else (chosen.half,):
        found = score(half)
        share = len(found.blocked) / found.benign
        fine = fine and not found.through and share <= 0.01
        print(
            f"{half}: {len(found.through)} of {found.wrong} wrong values through; "
            f"{len(found.blocked)} of {found.benign} benign blocked ({share:.1%}); "
            f"p50 {found.p50_ms:.2f} ms, p99 {found.p99_ms:.2f} ms (with waits {found.wall_p99_ms:.2f} ms)"
        )
        print(f"  through by kind: {dict(Counter(case.kind for case in found.through))}")
        print(f"  blocked by rule: {dict(Counter(rule for _, rule in found.blocked))}")
        shown = half == "worked" or chosen.show_held
        for case in found.through[: chosen.failures]:
            print(f"  through  {case.id}  {case.text if shown else ''}")
        for case, rule in found.blocked[: chosen.failures]:
            print(f"  blocked  {case.id}  {rule}  {case.text if shown else ''}")
    return 0 if fine else 1
