"""An abusive caller is asked to keep it civil once; then a person, or the end."""

from __future__ import annotations

import pytest

from calls.repairs import Repair
from tests.workflows.repair.talk import SEEDS, booking, draw, some, unchanged, worked

SAYS = ("shut up you stupid machine", "screw you", "you're an idiot", "go to hell", *worked("abusive"))


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("human", [True, False])
def test_the_second_time_ends_it(human: bool, seed: int) -> None:
    rng = draw("abused", seed)
    talk = booking(rng, has_human=human)
    before = talk.asked
    talk.words_heard(some(rng, SAYS))
    assert Repair.ABUSED in talk.repairs, talk.meant
    unchanged(talk, before)
    talk.words_heard(some(rng, SAYS))
    assert talk.ending == (("hand_over", "handed_over") if human else ("hang_up", "abusive"))
