"""Single keys at a question for a number: the question comes again, and its answer begins anew."""

from __future__ import annotations

from calls.repairs import Repair
from calls.run import CardSpoken
from tests.workflows.repair.talk import Talk


def at_the_phone() -> Talk:
    talk = Talk()
    talk.opens()
    talk.answers("service", "date", "time", "name")
    assert talk.asked == "phone", talk.said
    return talk


def test_after_two_single_keys_the_question_comes_again() -> None:
    talk = at_the_phone()
    for key in "56":
        talk.words_heard(key, keys=True)
        assert "go on" in talk.words and talk.asked == "phone"
    talk.words_heard("7", keys=True)
    assert "go on" not in talk.words and "number" in talk.words, talk.words
    assert talk.repairs[-1] is Repair.NO_MATCH_1 and "phone" not in talk.run.parts
    talk.words_heard("212555", keys=True).words_heard("0143", keys=True)
    assert talk.slots["phone"] == "+12125550143", "nothing of the stray keys is in it"


def test_they_lead_to_a_way_out_as_other_turns_that_fail() -> None:
    talk = at_the_phone()
    for key in "56789":
        talk.words_heard(key, keys=True)
    assert Repair.NO_MATCH_3 in talk.repairs, talk.repairs


def test_one_key_after_the_beginning_of_a_number_is_its_end() -> None:
    talk = at_the_phone()
    talk.words_heard("212555014", keys=True).words_heard("3", keys=True)
    assert talk.slots["phone"] == "+12125550143"


def test_single_digits_said_are_no_stray_keys() -> None:
    talk = at_the_phone()
    for word in ("two", "one", "two", "five"):
        talk.words_heard(word)
        assert "go on" in talk.words, talk.said


def test_a_card_that_was_keyed_is_not_said_to_be_spoken() -> None:
    for keyed, words in ((True, "enter a card number"), (False, "say a card number aloud")):
        talk = at_the_phone()
        talk.hears(CardSpoken(keyed))
        assert words in talk.words and talk.asked == "phone"
