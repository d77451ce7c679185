"""What is meant by the question is said in other words."""

from __future__ import annotations

import pytest

from calls.repairs import Repair
from tests.workflows.repair.talk import MOMENTS, SEEDS, booking, draw, some, unchanged, worked

SAYS = (
    "what do you mean",
    "what does that mean",
    "I don't understand the question",
    "why do you need that",
    "can you explain that",
    *worked("explain"),
)


@pytest.mark.parametrize("seed", SEEDS)
def test_the_question_is_explained_and_asked_again(seed: int) -> None:
    rng = draw("explained", seed)
    talk = booking(rng, [*MOMENTS, ("service", "date", "time", "name")])
    before, question = talk.asked, talk.turn[-1]
    talk.words_heard(some(rng, SAYS))
    assert Repair.EXPLAINED in talk.repairs, talk.meant
    assert len(talk.turn) >= 2
    assert talk.turn[-1] == question
    unchanged(talk, before)


@pytest.mark.parametrize("text", ["I don't get the question", "i you know don't get the question",
                                  "I didn't understand your question"])  # fmt: skip
@pytest.mark.parametrize("moment", MOMENTS, ids=str)
def test_a_question_that_is_not_understood_is_no_question_of_theirs(moment: tuple[str, ...], text: str) -> None:
    talk = booking(draw("explained.question", 0), [moment])
    before, question = talk.asked, talk.turn[-1]
    talk.words_heard(text)
    assert Repair.EXPLAINED in talk.repairs, talk.meant
    assert talk.turn[-1] == question
    unchanged(talk, before)
