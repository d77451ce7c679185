"""Said again, louder, and from now on."""

from __future__ import annotations

import pytest

from calls.repairs import Repair
from tests.workflows.repair.talk import MOMENTS, SEEDS, booking, draw, some, unchanged, worked

SAYS = ("speak up please", "louder", "I can hardly hear you", "you are too quiet", *worked("speak_up"))


@pytest.mark.parametrize("seed", SEEDS)
def test_everything_is_louder_from_now_on(seed: int) -> None:
    rng = draw("louder", seed)
    talk = booking(rng, MOMENTS[:3])
    before, question = talk.asked, talk.turn[-1]
    talk.words_heard(some(rng, SAYS))
    assert Repair.LOUDER in talk.repairs, talk.meant
    assert talk.turn[-1] == question
    assert all(line.style.volume > 1 for line in talk.last.lines)
    unchanged(talk, before)
    talk.answers(before)
    assert all(line.style.volume > 1 for line in talk.last.lines)
