"""A value given before is replaced in the middle of a later question."""

from __future__ import annotations

import pytest

from calls.repairs import Repair
from tests.workflows.repair.talk import SEEDS, booking, draw, some

WAYS = (
    "sorry, make that {}",
    "actually, change the day to {}",
    "wait, I need {} instead",
    "no, {} instead",
    "can we make it {}",
    "I meant {}",
    "the date should be {}",
)
DAYS = {"Friday": "2026-03-20", "Wednesday": "2026-03-18", "the twentieth of March": "2026-03-20"}


@pytest.mark.parametrize("seed", SEEDS)
def test_an_earlier_day_is_replaced_and_the_rest_stays(seed: int) -> None:
    rng = draw("corrected_earlier", seed)
    talk = booking(rng, [("service", "date"), ("service", "date", "time"), ("service", "date", "time", "name")])
    before = set(talk.slots)
    day = some(rng, sorted(DAYS))
    talk.words_heard(some(rng, WAYS).format(day))
    assert talk.slots["date"] == DAYS[day], talk.meant
    assert Repair.CORRECTED_EARLIER in talk.repairs
    assert before - {"time"} <= set(talk.slots)
    assert talk.ending == ("", "")
