"""Honest callers who answer otherwise than they were asked: what they said is taken, and nothing they did not say."""

from __future__ import annotations

import pytest

from tests.workflows.dialogue import SCRIPTS as SHIPPED
from tests.workflows.repair.talk import Talk, read_back


def booking(*slots: str) -> Talk:
    talk = Talk()
    talk.opens()
    talk.answers(*slots)
    return talk


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ("a cleaning and what are your opening hours", "open"),
        ("a cleaning, and also when are you open?", "open"),
        ("I'd like a cleaning, oh by the way, what time do you close", "open"),
    ],
)
def test_a_question_after_an_answer_is_answered_too(said: str, told: str) -> None:
    talk = booking()
    talk.words_heard(said)
    assert talk.slots == {"service": "cleaning"}, talk.meant
    assert told in talk.words and talk.asked == "date", talk.said


@pytest.mark.parametrize("said", ["Thursday, are you open on Saturday?", "Thursday. What time do you close?"])
def test_a_day_before_a_question_is_kept(said: str) -> None:
    talk = booking("service")
    talk.words_heard(said)
    assert talk.slots["date"] == "2026-03-19", talk.meant
    assert "open" in talk.words and talk.asked == "time", talk.said


def test_no_name_is_made_of_what_stands_before_a_question() -> None:
    talk = booking("service", "date", "time")
    talk.words_heard("Okay, what time do you close?")
    assert "name" not in talk.slots and talk.asked == "name", talk.meant


def test_a_day_that_is_only_asked_about_is_not_taken() -> None:
    talk = booking()
    talk.words_heard("a cleaning, but are you open on Saturday")
    assert talk.slots == {"service": "cleaning"}, talk.meant


def test_two_values_changed_in_one_breath_are_both_changed() -> None:
    talk = read_back()
    talk.words_heard("change the day to Friday and the time to eleven")
    assert (talk.slots["date"], talk.slots["time"]) == ("2026-03-20", "11:00"), talk.meant


def test_two_things_that_are_wrong_are_both_asked_for() -> None:
    talk = read_back()
    talk.words_heard("no").words_heard("the name and the time")
    assert {"name", "time"}.isdisjoint(talk.slots), talk.meant
    assert talk.slots["date"] and talk.asked in ("name", "time")


@pytest.mark.parametrize("said", ["the second one", "the one before that", "later"])
def test_what_picks_none_of_the_times_changes_nothing(said: str) -> None:
    talk = booking("service", "date")
    before = dict(talk.slots)
    talk.words_heard(said)
    assert talk.slots == before and talk.asked == "time" and talk.ending == ("", ""), talk.meant


@pytest.mark.parametrize("said", ["use a different number", "no, a different number please", "use another number"])
def test_another_phone_number_is_asked_for(said: str) -> None:
    talk = booking("service", "date", "time", "name")
    assert "ending in" in talk.words
    talk.words_heard(said)
    assert talk.ending == ("", "") and talk.asked == "phone", (talk.meant, talk.said)
    assert "ending in" not in talk.words and "stop" not in talk.words, talk.said
    talk.words_heard("212 555 0142")
    assert talk.slots["phone"] == "+12125550142", (talk.meant, talk.said)


def test_a_wrong_number_ends_no_call_in_which_something_has_been_told() -> None:
    talk = booking("service", "date", "time", "name")
    talk.words_heard("wrong number")
    assert talk.ending == ("", ""), talk.said
    talk.words_heard("212 555 0142")
    assert talk.slots["phone"] == "+12125550142", (talk.meant, talk.said)


@pytest.mark.parametrize("said", ["what was the code", "what was my booking code again", "sorry, what was the code?"])
def test_a_code_that_was_missed_is_said_again(said: str) -> None:
    talk = read_back()
    talk.words_heard("yes")
    told = talk.words
    assert "code" in told
    talk.words_heard(said)
    assert "code" in talk.words and talk.ending == ("", ""), (talk.meant, talk.words)


def test_times_that_were_missed_are_said_again() -> None:
    talk = booking("service", "date")
    asked = talk.words
    talk.words_heard("what times did you say")
    assert talk.words == asked, talk.meant


@pytest.mark.parametrize("said", ["ten uh eleven", "at four uh ten", "two um twelve"])
def test_two_hours_with_a_hesitation_between_are_asked_about(said: str) -> None:
    talk = booking("service", "date")
    talk.words_heard(said)
    assert "time" not in talk.slots and talk.asked == "time", talk.meant


@pytest.mark.parametrize("said", ["actually can we move it to Friday", "can you make it Friday instead"])
def test_a_booking_just_made_is_moved_where_moving_is_offered(said: str) -> None:
    talk = read_back(scripts=SHIPPED)
    talk.words_heard("yes")
    talk.words_heard(said)
    assert talk.run.script == "reschedule", (talk.meant, talk.said)
    assert "already done" not in talk.words and talk.slots["date"] == "2026-03-20", talk.slots


@pytest.mark.parametrize("said", ["Everything", "all of it", "everything is wrong", "um, the whole thing please"])
def test_who_wants_everything_changed_is_asked_anew(said: str) -> None:
    talk = read_back()
    talk.words_heard("no").words_heard(said)
    assert talk.slots == {} and talk.asked == "service" and talk.ending == ("", ""), (talk.meant, talk.said)


@pytest.mark.parametrize("said", ["that's all", "nothing"])
def test_who_wants_no_more_changed_loses_nothing(said: str) -> None:
    talk = read_back()
    before = dict(talk.slots)
    talk.words_heard("no").words_heard(said)
    assert talk.slots == before, (talk.meant, talk.said)


@pytest.mark.parametrize(
    "said",
    ["Who am I talking to?", "what's your name?", "who is this", "who am I speaking with", "what are you called"],
)
def test_who_asks_whom_they_talk_to_is_told_name_and_machine(said: str) -> None:
    talk = booking("service")
    talk.words_heard(said)
    assert "I'm Ava, an automated assistant for Harbor Dental." in talk.words, talk.meant
    assert "Yes" not in talk.words and talk.asked == "date", talk.said


@pytest.mark.parametrize("said", ["Sam Li, L I", "Sam Li, that's L I", "my name is Sam Li, L. I."])
def test_a_short_name_that_is_spelled_after_it_was_said_stays_what_it_is(said: str) -> None:
    talk = booking("service", "date", "time")
    talk.words_heard(said)
    assert talk.slots["name"] == "Sam Li", talk.meant


@pytest.mark.parametrize(
    "said", ["Not ten, eleven", "no, not ten, eleven", "not ten but eleven", "eleven, not ten", "not at ten, eleven"]
)
def test_of_a_refused_hour_and_another_the_other_is_taken(said: str) -> None:
    talk = booking("service", "date")
    talk.words_heard(said)
    assert talk.slots["time"] == "11:00", talk.meant
    talk = read_back()
    talk.words_heard("change the time to ten").words_heard(said)
    assert talk.slots["time"] == "11:00" and talk.run.confirming == "*", talk.meant


@pytest.mark.parametrize("said", ["not two, three", "not ten, eleven"])
def test_a_number_refused_that_is_not_the_hour_read_back_changes_no_hour(said: str) -> None:
    talk = read_back()
    before = dict(talk.slots)
    talk.words_heard(said)
    assert talk.slots == before, talk.meant


@pytest.mark.parametrize(
    "said", ["the earliest you have", "whatever works", "any time is fine", "I don't mind", "you choose", "the soonest"]
)
def test_who_leaves_the_time_to_us_is_asked_about_the_first(said: str) -> None:
    talk = booking("service", "date")
    talk.words_heard(said)
    assert talk.slots["time"] == "09:00" and talk.run.confirming == "time", talk.meant
    assert "nine in the morning" in talk.words and talk.words_heard("yes").asked == "name", talk.said


@pytest.mark.parametrize("said", ["any time after two", "any questions", "the earliest is too early"])
def test_what_leaves_something_open_leaves_nothing_to_us(said: str) -> None:
    talk = booking("service", "date")
    talk.words_heard(said)
    assert talk.slots.get("time") != "09:00", talk.meant
