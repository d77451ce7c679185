"""Words that end the call and may never have been said."""

from __future__ import annotations

import pytest

from calls.commands import Affirm, Cancel, Command, Deny, Goodbye, Remark, WrongNumber
from calls.repairs import Repair
from calls.run import Commanded
from tests.workflows.repair.talk import SEEDS, Talk, booking, draw, some

LEAVES: tuple[Command, ...] = (Goodbye(), Cancel(), WrongNumber())
AT = ([("service",)], [("service", "date")], [("service", "date", "time")], [("service", "date", "time", "name")])


def hardly_heard(talk: Talk, command: Command, sure: float = 0.48) -> Talk:
    """The caller seems to mean ``command``."""
    talk.hears(Commanded((command,), "and will end here", sure=sure))
    return talk


@pytest.mark.parametrize("seed", SEEDS)
def test_what_is_hardly_heard_is_asked_about(seed: int) -> None:
    rng = draw("stop_asked", seed)
    talk = booking(rng, some(rng, AT))
    asked, kept = talk.asked, dict(talk.slots)
    hardly_heard(talk, some(rng, LEAVES))
    assert Repair.STOP_ASKED in talk.repairs and "Would you like to stop here?" in talk.words
    assert not talk.ending[0]
    hardly_heard(talk, Deny(), 0.9)
    assert talk.asked == asked and dict(talk.slots) == kept and not talk.ending[0]


@pytest.mark.parametrize("command", LEAVES)
@pytest.mark.parametrize("again", ["yes", "the same"])
def test_a_yes_or_the_same_again_ends_it(command: Command, again: str) -> None:
    talk = hardly_heard(booking(draw("stop_asked", 0), AT[2]), command)
    hardly_heard(talk, Affirm(), 0.9) if again == "yes" else hardly_heard(talk, command)
    assert talk.ending[0] == "hang_up" and talk.ending[1] != "booked"


def test_nothing_ends_on_words_that_are_not_understood() -> None:
    talk = hardly_heard(booking(draw("stop_asked", 1), AT[2]), Goodbye())
    talk.words_heard("the upset is the one")
    assert not talk.ending[0] and talk.asked == "name", talk.said


def test_on_a_poor_line_even_plain_words_are_asked_about() -> None:
    talk = booking(draw("stop_asked", 2), AT[1], poor_line=True)
    talk.words_heard("goodbye")
    assert Repair.STOP_ASKED in talk.repairs and not talk.ending[0]


def test_a_plain_goodbye_that_was_heard_well_ends_at_once() -> None:
    talk = booking(draw("stop_asked", 3), AT[2])
    talk.words_heard("goodbye")
    assert talk.ending[0] == "hang_up" and Repair.STOP_ASKED not in talk.repairs


def test_a_value_goes_on_without_an_answer_to_it() -> None:
    talk = hardly_heard(booking(draw("stop_asked", 4), AT[2]), Goodbye())
    talk.words_heard("my name is Alex Kim")
    assert talk.slots["name"] == "Alex Kim" and not talk.ending[0]


def test_a_yes_that_was_hardly_heard_ends_nothing() -> None:
    talk = hardly_heard(booking(draw("stop_asked", 5), AT[2]), Goodbye())
    assert "Press one for yes" in talk.words
    hardly_heard(talk, Affirm(), 0.5)
    assert not talk.ending[0] and talk.asked == "name"


def test_abuse_that_was_hardly_heard_is_not_reproved() -> None:
    talk = hardly_heard(booking(draw("stop_asked", 6), AT[2]), Remark("abusive"), 0.43)
    assert "polite" not in talk.words and Repair.NO_MATCH_1 in talk.repairs and talk.asked == "name"


def test_on_a_poor_line_what_awaits_a_yes_tells_the_keys() -> None:
    talk = booking(draw("stop_asked", 7), AT[3], poor_line=True)
    assert talk.run.confirming == "phone" and "Press one for yes" in talk.words


@pytest.mark.parametrize(
    ("said", "sure", "ends"),
    [("Bye bye me", 0.72, False), ("okay, bye bye", 0.72, True), ("thank you, goodbye", 0.72, True),
     ("bye then, my friend", 0.95, True)],
)  # fmt: skip
def test_a_plain_goodbye_has_no_other_words_beside_it(said: str, sure: float, ends: bool) -> None:
    talk = booking(draw("stop_asked", 8), AT[3])
    talk.hears(Commanded((Goodbye(),), said, sure=sure))
    assert bool(talk.ending[0]) is ends, talk.said
