"""A name that does not come through is taken by keys, before the caller has to say it a third time."""

from __future__ import annotations

from calls.commands import FillSlot
from calls.run import Commanded
from spoken import to_pairs
from tests.workflows.repair.talk import Talk, booking, draw
from workflows.language import shipped_scripts

KEYS = "spell it with the keys"
SHIPPED = shipped_scripts()
AT_NAME = [("service", "date", "time")]


def at_name(**facts: bool) -> Talk:
    """Asked for the name."""
    return booking(draw("names by keys", 0), AT_NAME, scripts=SHIPPED, exact_hearing=False, has_human=True, **facts)


def misheard(talk: Talk) -> Talk:
    """The name comes through badly, and the read-back is refused."""
    talk.hears(Commanded((FillSlot("name", "Karl Weber", "Karl Weber", 0.5),), "Karl Weber"))
    return talk.words_heard("no")


def test_after_the_second_refusal_keys_are_told() -> None:
    talk = misheard(at_name())
    assert KEYS not in talk.words and "letter by letter" in talk.words
    talk.words_heard("R L W E B E R").words_heard("no")
    assert KEYS in talk.words and "letter by letter" not in talk.words


def test_not_understood_and_refused_is_twice() -> None:
    talk = misheard(at_name().words_heard("the upset is the one who was there in town"))
    assert KEYS in talk.words


def test_on_a_poor_line_keys_are_told_at_the_first() -> None:
    refused = misheard(at_name(poor_line=True))
    assert KEYS in refused.words and "letter by letter" in refused.words
    unheard = at_name(poor_line=True).words_heard("the upset is the one who was there in town")
    assert KEYS in unheard.words


def test_a_keyed_name_goes_on_without_a_read_back_of_its_own() -> None:
    talk = misheard(at_name()).words_heard("R L W E B E R").words_heard("no")
    talk.words_heard(to_pairs("Carl Weber"), keys=True)
    assert talk.slots["name"] == "Carl Weber" and talk.asked == "phone", talk.said


def test_spelling_it_once_more_is_still_taken() -> None:
    talk = misheard(at_name()).words_heard("R L W E B E R").words_heard("no")
    talk.words_heard("C A R L W E B E R")
    assert talk.slots["name"] == "Carl Weber" and talk.run.confirming == "name"


def test_a_keyed_name_is_not_read_out_by_letters() -> None:
    talk = misheard(misheard(at_name()))
    talk.words_heard(to_pairs("Carl Weber"), keys=True).words_heard("yes")
    assert talk.run.confirming == "*" and "Carl Weber" in talk.words and "Charlie" not in talk.words


def test_a_number_put_right_in_vain_is_asked_for_alone_with_the_keys() -> None:
    talk = at_name(poor_line=True).words_heard("Alex Kim")
    while talk.run.confirming != "*":
        talk.words_heard("yes")
    talk.words_heard("the phone number is wrong, it's 555-0163")
    assert "phone" not in talk.slots and talk.asked == "phone" and not talk.run.confirming, talk.said
    assert "pound key" in talk.words
    talk.words_heard("2125550163", keys=True)
    assert talk.run.confirming == "*" and talk.slots["phone"] == "+12125550163"
