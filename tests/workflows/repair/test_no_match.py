"""Words come, and nothing in them helps: once, twice, three times."""

from __future__ import annotations

import pytest

from calls.repairs import Repair
from tests.workflows.repair.talk import MOMENTS, SEEDS, booking, draw, unchanged

SAYS = (
    "purple elephants sing",
    "well the thing with the",
    "so I was and then",
    "hmm you know the whatever of it",
    "it goes round and round like that",
    "the moon is made of it",
)


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("count", [1, 2, 3])
def test_it_is_asked_again_and_then_a_way_out_is_offered(count: int, seed: int) -> None:
    rng = draw(f"no_match_{count}", seed)
    human = rng.random() < 0.5
    talk = booking(rng, MOMENTS[:3], has_human=human)
    before = talk.asked
    for said in rng.sample(SAYS, count):
        talk.words_heard(said)
    assert talk.repairs[-1] == Repair(f"no_match_{count}"), talk.meant
    if count < 3:
        unchanged(talk, before)
    else:
        assert talk.run.confirming == ("@human" if human else "@callback")
