"""From the beginning, with nothing kept."""

from __future__ import annotations

import pytest

from calls.repairs import Repair
from tests.workflows.repair.talk import MOMENTS, SEEDS, booking, draw, read_back, some, worked

SAYS = ("start over", "can we start again", "let's begin from the beginning", "restart please", *worked("restart"))


@pytest.mark.parametrize("seed", SEEDS)
def test_everything_is_asked_anew(seed: int) -> None:
    rng = draw("restarted", seed)
    talk = read_back() if seed % 3 == 0 else booking(rng, MOMENTS[1:])
    talk.words_heard(some(rng, SAYS))
    assert Repair.RESTARTED in talk.repairs, talk.meant
    assert talk.slots == {}
    assert talk.asked == "service"
