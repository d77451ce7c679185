"""A value that is heard wrong again and again: the call leaves the circle by keys, a person or a call back."""

from __future__ import annotations

import pytest

from calls.commands import Affirm, Deny, Goodbye, Unclear
from calls.repairs import Repair
from calls.run import Commanded
from tests.workflows.repair.talk import Talk, booking, draw, read_back

MISHEARD = (
    ("Alina Rossi, e, l, e, n, r, o, s, s, i", "no it's Alina Rossi"),
    ("it's Alina Rossi", "no", "Alina Rosty", "no"),
    ("no it's Alina Rothy", "no it's Alina Rossi"),
    ("the name is wrong", "Alina Rothy", "no", "E L E N R O S S I"),
)


def is_out(talk: Talk) -> bool:
    """Whether a person or a call back was offered or taken."""
    return bool(talk.ending[0]) or talk.run.confirming in ("@human", "@callback") or talk.run.script != "book"


@pytest.mark.parametrize("human", [True, False])
@pytest.mark.parametrize("turns", MISHEARD)
def test_a_name_put_right_time_and_again_leads_out(turns: tuple[str, ...], human: bool) -> None:
    talk = read_back(exact_hearing=False, has_human=human)
    talk.words_heard("the name is wrong").words_heard("Elena Rothy")
    said = 0
    while not is_out(talk) and said < 12:
        talk.words_heard(turns[said % len(turns)])
        said += 1
    assert said <= 6, talk.said


def test_a_mind_that_is_changed_a_few_times_is_followed() -> None:
    talk = read_back()
    for day in ("make it Friday", "no, Thursday please"):
        talk.words_heard(day)
        while talk.run.confirming != "*" and not talk.ending[0]:
            talk.words_heard("half past two" if talk.asked == "time" else "yes")
    assert not is_out(talk), talk.said
    assert talk.slots["date"] == "2026-03-19", talk.meant


def test_letters_that_were_refused_are_not_agreed_to_by_saying_them_again() -> None:
    talk = read_back(exact_hearing=False)
    talk.words_heard("the name is wrong").words_heard("Alina Rossi").words_heard("no")
    talk.words_heard("E L E N R O S S I")
    assert talk.run.confirming == "name"
    talk.words_heard("E L E N R O S S I")
    assert not talk.run.slots["name"].confirmed and talk.run.confirming == "name", talk.said


def test_a_number_with_digits_too_many_is_no_number_and_leads_to_the_keys() -> None:
    talk = booking(draw("too many", 0), [("service", "date", "time", "name")], caller="")
    talk.words_heard("2125550, 11500")
    assert "phone" not in talk.slots and talk.asked == "phone"
    assert Repair.OUT_OF_RANGE in talk.repairs, talk.said
    assert "too many digits" in talk.words
    talk.words_heard("two one two five five five").words_heard("0, 11500")
    assert "phone" not in talk.slots and "phone" not in talk.run.parts
    assert "pound key" in talk.words
    talk.words_heard("two one two five five five zero one nine two")
    assert talk.slots["phone"] == "+12125550192"


@pytest.mark.parametrize(("yes", "heard", "agreed"), [(0.66, 0.3, False), (0.66, 0.9, True), (0.97, 0.3, True)])
def test_words_hardly_heard_that_merely_resemble_a_yes_confirm_nothing(yes: float, heard: float, agreed: bool) -> None:
    talk = read_back(exact_hearing=False)
    talk.words_heard("the name is wrong").words_heard("Strong")
    assert talk.run.confirming == "name", talk.said
    talk.hears(Commanded((Affirm(confidence=yes),), "the area of perfect nature", sure=heard))
    assert talk.run.slots["name"].confirmed == agreed, talk.said
    assert agreed or talk.run.confirming == "name", "it is asked again"


def test_a_goodbye_that_was_none_counts_as_the_two_turns_it_cost() -> None:
    talk = read_back(exact_hearing=False, has_human=True)
    unclear = Unclear("nothing found")
    turns = [(Goodbye(), "firing out"), (Deny(), "no"), (unclear, "or the names"), (Deny(), "it is almost your logo")]
    for command, text in [*turns, (unclear, "the hitchington hotel")]:
        talk.hears(Commanded((command,), text, sure=0.5))
        assert not talk.ending[0], talk.said
    talk.hears(Commanded((unclear,), "thrilling the other day", sure=0.5))
    assert talk.ending[0] == "hand_over", "the sixth in vain: nobody is asked any more whether they want a person"
