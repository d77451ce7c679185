"""A caller speaks for somebody else: both names are noted."""

from __future__ import annotations

import pytest

from calls.repairs import Repair
from tests.workflows.repair.talk import MOMENTS, SEEDS, booking, draw, some, worked

SAYS = (
    "I'm calling for my mother",
    "it's for my son",
    "I'm calling on behalf of my husband",
    "this is for a friend",
    "I'm his assistant",
    *worked("for_another"),
)


@pytest.mark.parametrize("seed", SEEDS)
def test_both_names_are_noted(seed: int) -> None:
    rng = draw("for_another", seed)
    talk = booking(rng, MOMENTS[:3])
    missing = [slot for slot in ("service", "date", "time", "name", "phone") if slot not in talk.slots]
    talk.words_heard(some(rng, [s for s in SAYS if "appointment" not in s]))
    assert Repair.FOR_ANOTHER in talk.repairs, talk.meant
    talk.answers(*missing)
    assert talk.asked == "caller_name", talk.said
    name = some(rng, ("Sam Lee", "Jo Miller", "Maria Lopez"))
    talk.words_heard(some(rng, ("{}", "my name is {}", "it's {}", "I'm {}")).format(name))
    assert talk.run.facts["@caller_name"] == name, talk.meant
    assert talk.slots["name"] == "Alex Kim"
    assert talk.run.confirming == "*"
    talk.words_heard("yes")
    assert talk.done == ["book"]
