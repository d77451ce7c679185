"""Whether it is a machine is answered truthfully, at once, anywhere."""

from __future__ import annotations

import pytest

from calls.repairs import Repair
from tests.workflows.repair.talk import SEEDS, booking, draw, some, unchanged

SAYS = (
    "are you a robot",
    "is this a real person",
    "am I talking to a machine",
    "are you human",
    "is this a recording",
    "is this a robot or what",
    "am I speaking to a real person",
)


@pytest.mark.parametrize("seed", SEEDS)
def test_it_says_what_it_is(seed: int) -> None:
    rng = draw("robot_asked", seed)
    talk = booking(rng)
    before = talk.asked
    talk.words_heard(some(rng, SAYS))
    assert Repair.ROBOT_ASKED in talk.repairs, talk.meant
    assert talk.turn[0] == "Yes. I'm Ava, an automated assistant for Harbor Dental."
    unchanged(talk, before)
