"""Known changes of speech are heard in the right direction. The table: `python -m tests.agent.tone.measure`."""

from __future__ import annotations

import pytest

from tests.agent.tone.cost import cost
from tests.agent.tone.measure import WANTED, measure
from tests.agent.tone.trial import ENDS
from tests.counts import count, full_counts

FEW = 90.0
"""of some forty trials two or three more may be wrong by chance; `make prove` makes enough for what is promised"""
ON = ("mu-law", "noise")


@pytest.mark.models
@pytest.mark.parametrize("half", ["worked", "held"])
def test_directions_are_right_and_unchanged_speech_is_as_usual(half: str) -> None:
    table = measure(half, count(6, 1), count(4, 1), conditions=ON, changes=ENDS)
    cells = [cell for condition in ON for cell in table.cells(condition)]
    if full_counts():
        assert [str(cell) for cell in cells if cell.percent < WANTED] == [], table.worst()
    right = [table.right(condition, ENDS) for condition in ON]
    assert 100 * sum(n for n, _ in right) / sum(of for _, of in right) >= FEW
    usual = [cell for cell in cells if cell.of.startswith("unchanged")]
    assert 100 * sum(cell.right for cell in usual) / sum(cell.trials for cell in usual) >= FEW


def test_it_costs_little() -> None:
    cost()
    per_call, _, longest, kept = cost()
    assert per_call < 1.5 and longest < 10 and kept < 100_000
