"""An angry caller: a calm line, shorter prompts, a person."""

from __future__ import annotations

import pytest

from calls.repairs import Repair
from tests.workflows.repair.talk import SEEDS, Talk, booking, draw, some, unchanged, worked

SAYS = (
    "this is ridiculous",
    "I'm really annoyed",
    "I've had enough of this",
    "you're useless",
    "this is unacceptable",
    *worked("angry"),
)


@pytest.mark.parametrize("seed", SEEDS)
def test_a_person_is_offered_once(seed: int) -> None:
    rng = draw("calmed", seed)
    talk = booking(rng, has_human=True)
    talk.words_heard(some(rng, SAYS))
    assert Repair.CALMED in talk.repairs, talk.meant
    assert talk.run.confirming == "@human"
    talk.words_heard("no")
    assert talk.run.confirming == ""
    talk.words_heard(some(rng, SAYS))
    assert talk.run.confirming == ""
    assert talk.ending == ("", "")


@pytest.mark.parametrize("seed", SEEDS)
def test_without_a_person_it_goes_on_shorter(seed: int) -> None:
    rng = draw("calmed.nobody", seed)
    talk = Talk("support")
    talk.opens()
    before, longer = talk.asked, talk.turn[-1]
    talk.words_heard(some(rng, SAYS))
    assert Repair.CALMED in talk.repairs, talk.meant
    assert len(talk.turn[-1]) <= len(longer)
    assert talk.turn[-1].endswith("?")
    unchanged(talk, before)
