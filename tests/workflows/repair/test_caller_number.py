"""The number the caller is calling from is to be used."""

from __future__ import annotations

import pytest

from calls.repairs import Repair
from tests.workflows.repair.talk import SEEDS, booking, draw, some, worked

SAYS = (
    "use the number I'm calling from",
    "this number is fine",
    "the one I'm calling on",
    "you can use this number",
    *worked("use_caller_number"),
)


@pytest.mark.parametrize("seed", SEEDS)
def test_it_is_taken(seed: int) -> None:
    rng = draw("caller_number", seed)
    talk = booking(rng, [("service", "date", "time", "name")])
    talk.words_heard(some(rng, SAYS))
    assert talk.slots.get("phone") == "+12125550192", talk.meant
    assert Repair.CALLER_NUMBER in talk.repairs
    assert "ending in" in talk.words


@pytest.mark.parametrize("seed", SEEDS)
def test_a_withheld_one_cannot_be(seed: int) -> None:
    rng = draw("caller_number.withheld", seed)
    talk = booking(rng, [("service", "date", "time", "name")], caller="")
    talk.words_heard(some(rng, SAYS))
    assert Repair.CALLER_NUMBER in talk.repairs, talk.meant
    assert "can't see" in talk.words
    assert talk.asked == "phone"
