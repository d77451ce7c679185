"""The caller does not want it any more."""

from __future__ import annotations

import pytest

from calls.repairs import Repair
from tests.workflows.repair.talk import SEEDS, booking, draw, read_back, some, worked

SAYS = (
    "cancel that",
    "never mind",
    "forget it",
    "I changed my mind",
    "please cancel this",
    "let's drop it",
    "I don't want it any more",
    *worked("cancel"),
)


@pytest.mark.parametrize("seed", SEEDS)
def test_it_is_left_there(seed: int) -> None:
    rng = draw("cancelled", seed)
    talk = booking(rng)
    talk.words_heard(some(rng, SAYS))
    assert Repair.CANCELLED in talk.repairs, (talk.meant, talk.path)
    assert talk.ending == ("hang_up", "declined")
    assert "not booked" in talk.words


@pytest.mark.parametrize("seed", SEEDS)
def test_never_mind_at_the_confirmation_takes_one_turn(seed: int) -> None:
    rng = draw("cancelled.confirm", seed)
    talk = read_back()
    talk.words_heard(some(rng, ("no, never mind", "never mind", "no, forget it", "cancel it", "no, cancel that")))
    assert talk.ending == ("hang_up", "declined"), talk.meant
    assert talk.done == []
