"""A change of mind when everything has been read back."""

from __future__ import annotations

import pytest

from calls.repairs import Repair
from tests.workflows.repair.talk import SEEDS, draw, read_back, some

CHANGES = (
    ("no, make it Friday", "date", "2026-03-20"),
    ("no, on Friday please", "date", "2026-03-20"),
    ("yes but on Friday", "date", "2026-03-20"),
    ("actually, can we do a check-up instead", "service", "checkup"),
    ("no, the name is Sam Lee", "name", "Sam Lee"),
    ("almost, it's 212 555 0142", "phone", "+12125550142"),
    ("wait, make it ten o'clock", "time", "10:00"),
    ("no, a consultation", "service", "consultation"),
)


@pytest.mark.parametrize("seed", SEEDS)
def test_the_new_value_is_read_back_and_nothing_is_booked(seed: int) -> None:
    rng = draw("changed_at_confirmation", seed)
    talk = read_back()
    said, slot, value = some(rng, CHANGES)
    talk.words_heard(said)
    assert talk.slots.get(slot) == value, talk.meant
    assert Repair.CHANGED_AT_CONFIRMATION in talk.repairs
    assert talk.done == []
    assert talk.ending == ("", "")


@pytest.mark.parametrize("seed", SEEDS)
def test_a_plain_no_asks_what_to_change(seed: int) -> None:
    rng = draw("changed_at_confirmation.no", seed)
    talk = read_back()
    talk.words_heard(some(rng, ("no", "nope", "no, that's not right", "not quite", "no that's wrong")))
    assert Repair.CHANGED_AT_CONFIRMATION in talk.repairs, talk.meant
    assert "change" in talk.words
    talk.words_heard(some(rng, ("the day", "the date is wrong", "the date")))
    assert "date" not in talk.slots
    assert talk.asked == "date"
