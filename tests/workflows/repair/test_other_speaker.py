"""Somebody else takes the phone: nothing personal is said before they say yes."""

from __future__ import annotations

import pytest

from calls.repairs import Repair
from tests.workflows.repair.talk import SEEDS, booking, draw, read_back, some, worked

SAYS = (
    "here's my wife",
    "I'm passing you to my daughter",
    "I'll put my husband on",
    "hi, this is her father",
    *worked("another_speaker"),
)


@pytest.mark.parametrize("seed", SEEDS)
def test_nothing_personal_is_said(seed: int) -> None:
    rng = draw("other_speaker", seed)
    talk = read_back() if seed % 2 else booking(rng, [("service", "date", "time", "name")])
    talk.words_heard(some(rng, SAYS))
    assert Repair.OTHER_SPEAKER in talk.repairs, talk.meant
    assert "automated assistant" in talk.words
    assert "Alex" not in talk.words and "zero one nine two" not in talk.words
    assert talk.run.confirming == "@speaker"
    if seed % 3:
        talk.words_heard("yes")
        assert "name" in talk.slots
        assert talk.run.confirming != "@speaker"
    else:
        talk.words_heard("no")
        assert talk.slots == {}
        assert talk.asked == "service"
