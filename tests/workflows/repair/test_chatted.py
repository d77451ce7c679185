"""Small talk and thanks are answered in a word, and the question stays."""

from __future__ import annotations

import pytest

from calls.repairs import Repair
from tests.workflows.repair.talk import MOMENTS, SEEDS, booking, draw, some, unchanged, worked

SAYS = (
    "how are you",
    "how's your day going",
    "you have a lovely voice",
    "thank you so much",
    "thanks a lot",
    *worked("thanks"),
)


@pytest.mark.parametrize("seed", SEEDS)
def test_the_question_stays(seed: int) -> None:
    rng = draw("chatted", seed)
    talk = booking(rng, MOMENTS[:3])
    before, question = talk.asked, talk.turn[-1]
    talk.words_heard(some(rng, SAYS))
    assert Repair.CHATTED in talk.repairs, talk.meant
    assert talk.turn[-1] == question
    unchanged(talk, before)
