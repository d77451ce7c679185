"""What a proof is made of: a claim held against the world, and the ways of judging one."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from tests.proofs.commands import Ran, pytest


@dataclass(frozen=True, slots=True)
class Finding:
    """A claim, held against the world."""

    claim: str
    measured: str
    holds: bool


@dataclass(frozen=True, slots=True)
class Step:
    """Something to run; its findings are kept under its name."""

    name: str
    run: Callable[[], Sequence[Finding]]
    long: bool = False
    """left out by --quick"""


def by_tests(name: str, claim: str, *selection: str, within_s: float = 1200) -> Step:
    """A claim that stands when these tests pass, at full counts, and none of them is left out or known to fail."""

    def judge() -> list[Finding]:
        ran = pytest(name, *selection, within_s=within_s)
        counts = ran.tests
        told = ", ".join(f"{number} {what}" for what, number in counts.items()) or failure(ran)
        short = counts.get("skipped", 0) + counts.get("xfailed", 0)
        whole = ran.code == 0 and counts.get("passed", 0) > 0 and not short
        return [Finding(claim, f"{told} in {ran.seconds:.0f} s", whole)]

    return Step(name, judge)


def failure(ran: Ran) -> str:
    """Why a command gave nothing to judge by."""
    why = "took too long" if ran.code == 124 else f"exit code {ran.code}"
    return f"{why}: {ran.last[:120]}"
