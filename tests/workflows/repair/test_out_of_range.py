"""What cannot be had is refused with a reason, and the nearest that can is named."""

from __future__ import annotations

import pytest

from calls.repairs import Repair
from tests.workflows.repair.talk import SEEDS, booking, draw, some


@pytest.mark.parametrize("seed", SEEDS)
def test_a_time_that_is_not_free(seed: int) -> None:
    rng = draw("out_of_range.time", seed)
    talk = booking(rng, [("service", "date")])
    talk.words_heard(
        some(rng, ("quarter past eleven at night", "at seven in the evening", "six in the morning", "8 pm"))
    )
    assert Repair.OUT_OF_RANGE in talk.repairs, talk.meant
    assert talk.asked == "time"
    assert "time" not in talk.slots
    offered = talk.last.guidance.offered
    assert len(offered) > 1
    talk.words_heard(some(rng, ("the second one", "the second", "the second one please")))
    assert talk.slots["time"] == offered[1]


@pytest.mark.parametrize("seed", SEEDS)
def test_a_day_too_far_away(seed: int) -> None:
    rng = draw("out_of_range.date", seed)
    talk = booking(rng, [("service",)])
    talk.words_heard(some(rng, ("the first of December", "December 24th", "on the tenth of November", "November 3rd")))
    assert Repair.OUT_OF_RANGE in talk.repairs, talk.meant
    assert talk.asked == "date"
    assert "The latest I can take is" in talk.words
