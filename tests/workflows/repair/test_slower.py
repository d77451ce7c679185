"""Said again, slower, and from now on."""

from __future__ import annotations

import pytest

from calls.repairs import Repair
from tests.workflows.repair.talk import MOMENTS, SEEDS, booking, draw, some, unchanged, worked

SAYS = ("slow down please", "can you speak more slowly", "you are too fast", "a bit slower", *worked("slow_down"))


@pytest.mark.parametrize("seed", SEEDS)
def test_everything_is_slower_from_now_on(seed: int) -> None:
    rng = draw("slower", seed)
    talk = booking(rng, MOMENTS[:3])
    before, question = talk.asked, talk.turn[-1]
    talk.words_heard(some(rng, SAYS))
    assert Repair.SLOWER in talk.repairs, talk.meant
    assert talk.turn[-1] == question
    assert all(line.style.pace < 1 for line in talk.last.lines)
    unchanged(talk, before)
    talk.answers(before)
    assert all(line.style.pace < 1 for line in talk.last.lines)
