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


@pytest.mark.parametrize(
    "said",
    [
        "and the visit make that a cleaning",
        "i told you the wrong time it's half past two",
        "wait, go back, the time should be half past two",
        "could you change the visit to cleaning",
        "the name should be Alex Kim",
        "thursday please",
    ],
)
def test_a_change_to_what_it_is_already_is_read_back(said: str) -> None:
    talk = read_back()
    talk.words_heard("no that's wrong")
    assert "like to change" in talk.words
    talk.words_heard(said)
    assert talk.ending == ("", "") and talk.done == [], (talk.meant, talk.said)
    assert "half past two" in talk.words or "two thirty" in talk.words, (talk.meant, talk.said)
    talk.words_heard("yes")
    assert talk.done == ["book"]


@pytest.mark.parametrize("heard", ["Now,", "know"])
def test_what_a_recognizer_makes_of_a_bare_no_changes_no_value(heard: str) -> None:
    talk = read_back()
    before = dict(talk.slots)
    talk.words_heard(heard)
    assert talk.slots == before and "like to change" in talk.words, talk.meant


NOTHING = ("no", "nothing", "nope, nothing", "nothing at all", "no thanks, it's fine", "oh, um, no changes")


@pytest.mark.parametrize("said", NOTHING)
def test_who_wants_nothing_changed_is_asked_again_whether_all_is_right(said: str) -> None:
    talk = read_back()
    before = dict(talk.slots)
    talk.words_heard("no").words_heard(said)
    assert talk.ending == ("", "") and talk.done == [] and talk.slots == before, (talk.meant, talk.said)
    assert talk.run.confirming == "*" and "Shall I book it?" in talk.words, (talk.meant, talk.said)
    talk.words_heard("yes")
    assert talk.done == ["book"]


@pytest.mark.parametrize("said", NOTHING)
def test_who_then_says_no_once_more_does_not_want_it(said: str) -> None:
    talk = read_back()
    talk.words_heard("no").words_heard(said).words_heard("no")
    assert talk.ending == ("hang_up", "declined") and talk.done == [], talk.said


def test_a_change_after_nothing_to_change_begins_anew() -> None:
    talk = read_back()
    talk.words_heard("no").words_heard("nothing").words_heard("no, on Friday please").words_heard("no")
    assert talk.ending == ("", "") and "like to change" in talk.words, talk.said


@pytest.mark.parametrize("said", ["never mind", "nothing, never mind", "no, don't book it", "nothing, cancel that"])
def test_who_does_not_want_it_is_not_asked_again(said: str) -> None:
    talk = read_back()
    talk.words_heard("no").words_heard(said)
    assert talk.ending == ("hang_up", "declined") and talk.done == [], (talk.meant, talk.said)
