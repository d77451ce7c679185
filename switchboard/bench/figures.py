"""The arithmetic of a bench: what each turn took, whose time it was, and whether a limit is kept."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from records.waterfall import percentile
from switchboard.bench.ledger import Utterance

AUDIBLE_MS = 20.0
"""a frame: what is missing for less than this is not heard as a gap"""


@dataclass(frozen=True, slots=True)
class Figure:
    """One line of the table. ``limit``: the most it may be; None: there is none."""

    name: str
    value: float | None
    unit: str = "ms"
    limit: float | None = None
    count: int = 0
    """of what it is a figure: turns, calls; 0: does not apply"""

    @property
    def kept(self) -> bool | None:
        """Whether it keeps its limit; None where there is none, or nothing was measured."""
        return None if self.limit is None or self.value is None else self.value <= self.limit


def response_ms(said: Utterance) -> float | None:
    """From the caller's last audio to the agent's first, at the caller."""
    return _between(said.said_ms, said.answered_ms)


def writing_ms(said: Utterance) -> float | None:
    """How long the model wrote, from its first token's time on, until there was enough to speak."""
    if not said.questions or said.written_ms is None:
        return None
    from switchboard.bench.vendors import FIRST_TOKEN_MS

    return max(0.0, said.written_ms - said.questions[-1] - FIRST_TOKEN_MS)


def overhead_ms(said: Utterance) -> float | None:
    """The response less what the vendors took for it, each by its own record; None for what was begun ahead."""
    response, hearing = response_ms(said), _between(said.reached_ms, said.final_ms)
    if response is None or hearing is None or said.answer is None or said.final_ms is None:
        return None
    vendors = hearing
    if said.questions:
        if said.written_ms is None or said.questions[-1] < said.final_ms:
            return None
        vendors += said.written_ms - said.questions[-1]
    if was_voiced(said):
        vendors += (said.answer.first_ms or said.answer.asked_ms) - said.answer.asked_ms
    return response - vendors


def was_voiced(said: Utterance) -> bool:
    """Whether the voice was asked for the answer; False where its audio was known beforehand."""
    return said.answer is not None and said.reached_ms is not None and said.answer.asked_ms >= said.reached_ms


def barge_in_ms(said: Utterance) -> float | None:
    """From the recognizer's word that somebody speaks to the order, at the caller, to fall silent."""
    return _between(said.noticed_ms, said.cleared_ms) if said.barges else None


def discarded(questions: int, turns: Iterable[Utterance]) -> float | None:
    """Share of the questions to the model whose answer was of no use: all but one for each turn that had any."""
    used = sum(1 for said in turns if said.questions)
    return (questions - used) / questions if questions else None


def one_call(turns: Iterable[Utterance]) -> float | None:
    """Share of the turns a model was asked about for which it was asked once."""
    asked = [len(said.questions) for said in turns if said.questions]
    return sum(count == 1 for count in asked) / len(asked) if asked else None


def known(measure: Callable[[Utterance], float | None], turns: Iterable[Utterance]) -> list[float]:
    """What could be measured."""
    return [value for said in turns if (value := measure(said)) is not None]


def audible(gaps_ms: Iterable[float]) -> list[float]:
    """The gaps which are heard."""
    return [gap for gap in gaps_ms if gap >= AUDIBLE_MS]


def spread(name: str, values: Sequence[float], *, p50: float | None = None, p95: float | None = None) -> list[Figure]:
    """Three figures; limits where given."""
    parts = ((0.5, "p50", p50), (0.95, "p95", p95), (0.99, "p99", None))
    return [Figure(f"{name}, {label}", percentile(values, share), "ms", limit, len(values))
            for share, label, limit in parts]  # fmt: skip


def middle(name: str, values: Sequence[float], limit: float | None = None) -> Figure:
    """The median."""
    return Figure(f"{name}, p50", percentile(values, 0.5), "ms", limit, len(values))


def ratio(value: float | None, other: float | None) -> float | None:
    """How many times as much."""
    return value / other if value is not None and other else None


def _between(began: float | None, ended: float | None) -> float | None:
    return None if began is None or ended is None else ended - began
