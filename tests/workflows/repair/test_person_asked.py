"""A person is asked for, at any moment."""

from __future__ import annotations

import pytest

from calls.repairs import Repair
from tests.workflows.repair.talk import SEEDS, booking, draw, read_back, some, worked

SAYS = (
    "agent",
    "I want to speak to a person",
    "let me talk to a human",
    "operator",
    "real person please",
    *worked("ask_human"),
)


@pytest.mark.parametrize("seed", SEEDS)
def test_with_somebody_there_they_are_put_through(seed: int) -> None:
    rng = draw("person_asked", seed)
    talk = read_back(has_human=True) if seed % 4 == 0 else booking(rng, has_human=True)
    if seed % 3 == 0 and talk.asked not in ("phone",):
        talk.words_heard("0", keys=True)
    else:
        talk.words_heard(some(rng, SAYS))
    assert Repair.PERSON_ASKED in talk.repairs, talk.meant
    assert talk.ending == ("hand_over", "handed_over")


@pytest.mark.parametrize("seed", SEEDS)
def test_with_nobody_there_a_message_is_offered(seed: int) -> None:
    rng = draw("person_asked.nobody", seed)
    talk = booking(rng)
    talk.words_heard(some(rng, SAYS))
    assert Repair.PERSON_ASKED in talk.repairs, talk.meant
    assert talk.run.script == "callback"
    assert talk.ending == ("", "")
