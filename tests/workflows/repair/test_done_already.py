"""A change of what is done already leads on, never into a dead end."""

from __future__ import annotations

import pytest

from calls.repairs import Repair
from tests.workflows.repair.talk import SEEDS, draw, read_back, some

SAYS = (
    "actually, make it Friday",
    "can we change the day to Friday",
    "oh, I need ten o'clock instead",
    "no wait, Friday",
)


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("human", [True, False])
def test_a_way_is_offered(human: bool, seed: int) -> None:
    rng = draw("done_already", seed)
    talk = read_back(has_human=human)
    talk.words_heard("yes")
    assert talk.done == ["book"]
    talk.words_heard(some(rng, SAYS))
    assert Repair.DONE_ALREADY in talk.repairs, talk.meant
    assert talk.done == ["book"]
    assert talk.run.confirming or talk.run.script != "book" or talk.asked
