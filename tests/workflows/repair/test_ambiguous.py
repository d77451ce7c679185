"""What can be understood in two ways is asked about, not guessed."""

from __future__ import annotations

import pytest

from calls.repairs import Repair
from tests.workflows.repair.talk import SEEDS, booking, draw, some

DAYS = ("next Friday", "next Friday please", "on next Friday", "maybe next Friday")
PICKS = (("the first one", 0), ("the second one", 1), ("the later one", 1), ("the earlier one", 0), ("the latter", 1))


@pytest.mark.parametrize("seed", SEEDS)
def test_the_caller_says_which(seed: int) -> None:
    rng = draw("ambiguous", seed)
    talk = booking(rng, [("service",)])
    talk.words_heard(some(rng, DAYS))
    assert Repair.AMBIGUOUS in talk.repairs, talk.meant
    assert "Do you mean" in talk.words
    offered = talk.last.guidance.offered
    assert offered == ("2026-03-20", "2026-03-27")
    said, place = some(rng, PICKS)
    talk.words_heard(said)
    assert talk.slots["date"] == offered[place], talk.meant
