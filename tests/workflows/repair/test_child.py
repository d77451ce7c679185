"""A child on the line: a grown-up is asked for, nothing is taken or booked."""

from __future__ import annotations

import pytest

from calls.repairs import Repair
from tests.workflows.repair.talk import SEEDS, booking, draw, some, worked

SAYS = (
    "I'm eight years old",
    "my mommy is in the kitchen",
    "daddy said I can call",
    "I'm six",
    "I am only seven",
    *worked("child"),
)


@pytest.mark.parametrize("seed", SEEDS)
def test_a_grown_up_is_asked_for(seed: int) -> None:
    rng = draw("child", seed)
    talk = booking(rng)
    talk.words_heard(some(rng, SAYS))
    assert Repair.CHILD in talk.repairs, talk.meant
    assert "grown-up" in talk.words
    slots = talk.slots
    talk.words_heard(some(rng, ("on Thursday at ten", "a cleaning", "212 555 0142")))
    assert talk.slots == slots
    assert talk.done == []
    if seed % 2:
        talk.words_heard(some(rng, ("yes", "hello this is her mother", "yes I'm here")))
        assert talk.slots == {}
        assert talk.asked == "service"
    else:
        talk.words_heard(some(rng, ("no", "bye", "no she isn't")))
        assert talk.ending == ("hang_up", "child")


def test_it_does_not_wait_for_ever() -> None:
    talk = booking(draw("child.ever", 0))
    talk.words_heard("I'm eight years old")
    for said in ("I have a new bicycle", "it is blue", "do you want to see it", "and I have a bell"):
        if not talk.ending[0]:
            talk.words_heard(said)
    assert talk.ending == ("hang_up", "child")
