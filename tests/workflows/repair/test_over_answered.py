"""More is told than was asked: all of it is taken, and nothing of it asked again."""

from __future__ import annotations

import pytest

from calls.repairs import Repair
from tests.workflows.repair.talk import SEEDS, booking, draw, some

ANSWERS = (
    "a cleaning on Thursday",
    "a cleaning, on Thursday at half past two",
    "I'd like a check-up on Friday",
    "a check-up this Friday please",
    "teeth cleaning on Thursday, for Alex Kim",
    "a consultation on Tuesday",
    "cleaning on Thursday, my number is 212 555 0192",
    "checkup, on Friday at ten",
)


@pytest.mark.parametrize("seed", SEEDS)
def test_everything_told_is_taken(seed: int) -> None:
    rng = draw("over_answered", seed)
    talk = booking(rng, [()])
    talk.words_heard(some(rng, ANSWERS))
    assert {"service", "date"} <= set(talk.slots), talk.meant
    assert Repair.OVER_ANSWERED in talk.repairs
    assert talk.asked not in ("service", "date")
