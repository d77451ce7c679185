"""Nothing is heard: once, twice, three times."""

from __future__ import annotations

import pytest

from calls.repairs import Repair
from tests.workflows.repair.talk import MOMENTS, SEEDS, booking, draw, unchanged


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("count", [1, 2, 3])
def test_the_caller_is_asked_again(count: int, seed: int) -> None:
    rng = draw(f"silence_{count}", seed)
    talk = booking(rng, [*MOMENTS, ("service", "date", "time", "name")])
    before = talk.asked
    for nth in range(1, count + 1):
        talk.silent(nth)
    assert talk.repairs[-1] == Repair(f"silence_{count}")
    unchanged(talk, before)
    assert talk.turn


@pytest.mark.parametrize("seed", SEEDS)
def test_a_late_answer_goes_on(seed: int) -> None:
    rng = draw("silence.late", seed)
    talk = booking(rng)
    before = talk.asked
    talk.silent(1).silent(2)
    talk.answers(before)
    assert before in talk.slots
