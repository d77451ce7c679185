"""Less is told than was asked: the part is kept, and what is missing is asked for."""

from __future__ import annotations

import pytest

from calls.repairs import Repair
from tests.workflows.repair.talk import SEEDS, booking, draw, some

MONTHS = ("in April", "some time in April", "April", "maybe in April")


@pytest.mark.parametrize("seed", SEEDS)
def test_a_number_comes_in_groups(seed: int) -> None:
    rng = draw("part_given", seed)
    talk = booking(rng, [("service", "date", "time", "name")])
    first = some(rng, ("two one two", "212", "area code two one two"))
    talk.words_heard(first)
    assert Repair.PART_GIVEN in talk.repairs, talk.meant
    assert "phone" not in talk.slots
    assert talk.asked == "phone"
    talk.words_heard(some(rng, ("five five five", "555"))).words_heard(some(rng, ("zero one nine two", "0192")))
    assert talk.slots["phone"] == "+12125550192", talk.meant


@pytest.mark.parametrize("seed", SEEDS)
def test_a_month_waits_for_its_day(seed: int) -> None:
    rng = draw("part_given.month", seed)
    talk = booking(rng, [("service",)])
    talk.words_heard(some(rng, MONTHS))
    assert Repair.PART_GIVEN in talk.repairs, talk.meant
    assert talk.asked == "date"
    talk.words_heard(some(rng, ("the fourteenth", "on the fourteenth", "the 14th")))
    assert talk.slots["date"] == "2026-04-14", talk.meant


@pytest.mark.parametrize("seed", SEEDS)
def test_a_day_gets_its_month_afterwards(seed: int) -> None:
    rng = draw("part_given.after", seed)
    talk = booking(rng, [("service",)])
    talk.words_heard(some(rng, ("the twenty third", "on the 23rd", "the twenty-third")))
    assert talk.slots["date"] == "2026-03-23", talk.meant
    talk.words_heard(some(rng, ("of April", "in April")))
    assert talk.slots["date"] == "2026-04-23", talk.meant


@pytest.mark.parametrize("seed", SEEDS)
def test_a_part_of_the_day_is_answered_with_its_free_times(seed: int) -> None:
    rng = draw("part_given.day", seed)
    talk = booking(rng, [("service", "date")])
    talk.words_heard(some(rng, ("in the afternoon", "sometime in the afternoon", "afternoon please", "the afternoon")))
    assert Repair.PART_GIVEN in talk.repairs, talk.meant
    offered = talk.last.guidance.offered
    assert offered and all("12:00" <= str(time) < "18:00" for time in offered)
    talk.words_heard(some(rng, ("the first one", "the first", "the earliest please", "the earlier one")))
    assert talk.slots["time"] == offered[0], talk.meant
