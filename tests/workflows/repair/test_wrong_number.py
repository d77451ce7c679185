"""The caller did not want this number."""

from __future__ import annotations

import pytest

from calls.repairs import Repair
from tests.workflows.repair.talk import SEEDS, Talk, draw, some, worked

SAYS = (
    "sorry, wrong number",
    "I think I have the wrong number",
    "oh, I must have the wrong number",
    "I was trying to reach my brother",
    "I called you by mistake",
    *worked("wrong_number"),
)


@pytest.mark.parametrize("seed", SEEDS)
def test_they_hear_whom_they_reached(seed: int) -> None:
    rng = draw("wrong_number", seed)
    talk = Talk(some(rng, ("book", "support")))
    talk.opens()
    talk.words_heard(some(rng, SAYS))
    assert Repair.WRONG_NUMBER in talk.repairs, talk.meant
    assert "Harbor Dental" in talk.words
    assert talk.ending == ("hang_up", "wrong_number")
