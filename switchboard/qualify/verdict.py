"""Whether a candidate may take the current provider's place: every check with its limit, so that nothing is a matter
of taste. The limits are this module's; `docs/qualify.md` gives the reason of each."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from switchboard.qualify.measures import Measured

RIGHT_POINTS = 2.0
"""points of right answers that a candidate may lose"""
WRONG_POINTS = 1.0
"""points of harmful answers that it may gain"""
FAILED_PERCENT = 1.0
BLOCKED_POINTS = 5.0
"""points of composed clauses stopped by the gate that it may gain"""
WORD_ERROR_POINTS = 2.0
SLOWER = 1.25
LATENCY_MS = {"understanding": 1_200.0, "hearing": 900.0, "speaking": 400.0}
"""p95 that is quick enough whatever the current one takes: to the commands, after the end of speech, to first audio"""


@dataclass(frozen=True, slots=True)
class Check:
    """One thing a candidate is held to."""

    name: str
    candidate: str
    current: str
    limit: str
    holds: bool


def checks(stage: str, candidate: Measured, current: Measured) -> list[Check]:
    """All of a stage."""
    return list(_checks(stage, candidate, current))


def _checks(stage: str, candidate: Measured, current: Measured) -> Iterator[Check]:
    failed, right, was = candidate.share("failed"), candidate.share("right"), current.share("right")
    if candidate.known:
        least = was - _points(RIGHT_POINTS, candidate)
        yield Check("right", _percent(right), _percent(was), f"at least {least:.1f} %", right >= least)
        wrong, most = candidate.share("wrong"), current.share("wrong") + _points(WRONG_POINTS, candidate)
        name = "turns cut short" if stage == "hearing" else "wrong"
        yield Check(name, _percent(wrong), _percent(current.share("wrong")), f"at most {most:.1f} %", wrong <= most)
    yield Check("failed", _percent(failed), _percent(current.share("failed")), f"at most {FAILED_PERCENT:.1f} %",
                failed <= FAILED_PERCENT)  # fmt: skip
    if candidate.judged:
        most = current.blocked_percent + BLOCKED_POINTS
        yield Check("gate blocks", _percent(candidate.blocked_percent), _percent(current.blocked_percent),
                    f"at most {most:.1f} %", candidate.blocked_percent <= most)  # fmt: skip
    if candidate.words:
        most = current.word_error + WORD_ERROR_POINTS
        yield Check("word error", _percent(candidate.word_error), _percent(current.word_error), f"at most {most:.1f} %",
                    candidate.word_error <= most)  # fmt: skip
    p95 = candidate.latency(0.95)
    if p95 is not None:
        limit = max(LATENCY_MS[stage], SLOWER * (current.latency(0.95) or 0.0))
        yield Check("latency p95", _ms(p95), _ms(current.latency(0.95)), f"at most {limit:.0f} ms", p95 <= limit)


def _points(points: float, measured: Measured) -> float:
    """A limit in points; where one answer is worth more, that one: a single slip decides nothing."""
    return max(points, 100.0 / len(measured.known))


def _percent(share: float) -> str:
    return f"{share:.1f} %"


def _ms(ms: float | None) -> str:
    return "-" if ms is None else f"{ms:.0f} ms"
