"""The same once more."""

from __future__ import annotations

import pytest

from calls.repairs import Repair
from tests.workflows.repair.talk import SEEDS, booking, draw, some, unchanged, worked

SAYS = (
    "can you say that again",
    "sorry?",
    "pardon?",
    "what was that",
    "please repeat that",
    "I didn't catch that",
    *worked("repeat"),
)


@pytest.mark.parametrize("seed", SEEDS)
def test_the_question_is_said_again(seed: int) -> None:
    rng = draw("repeated", seed)
    talk = booking(rng)
    before, question = talk.asked, talk.turn[-1]
    talk.words_heard(some(rng, SAYS))
    assert Repair.REPEATED in talk.repairs, talk.meant
    assert talk.turn[-1] == question
    unchanged(talk, before)
