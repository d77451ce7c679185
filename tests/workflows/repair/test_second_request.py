"""Two requests in one call: the second is named, kept, and come to."""

from __future__ import annotations

import pytest

from calls.commands import Cancel, StartWorkflow
from calls.repairs import Repair
from tests.workflows.little import dialogue, scripts
from tests.workflows.repair.talk import MOMENTS, SEEDS, Talk, booking, draw, some

AT_ONCE = (
    "I'd like to book an appointment and also I have a problem",
    "book an appointment, and then where is my order",
    "make an appointment and also there is something broken",
    "schedule a visit and also I need help",
)
LATER = (
    "and I also have a problem to report",
    "also, something is broken",
    "and after that I have a problem",
    "one more thing, I have a problem",
)


def finish_booking(talk: Talk) -> None:
    """Answer what is still open, and say yes."""
    talk.answers(*[slot for slot in ("service", "date", "time", "name", "phone") if slot not in talk.slots])
    talk.words_heard("yes")
    assert talk.done == ["book"]


@pytest.mark.parametrize("seed", SEEDS)
def test_both_in_one_breath(seed: int) -> None:
    rng = draw("second_request", seed)
    talk = booking(rng, [("service", "date", "time", "name", "phone")])
    talk.words_heard("yes").words_heard("yes")
    talk.words_heard(some(rng, AT_ONCE))
    assert Repair.SECOND_REQUEST in talk.repairs, talk.meant
    assert talk.run.script == "book"
    assert "a question for support" in talk.words
    talk.answers("service", "date")
    talk.words_heard("four in the afternoon")
    for _ in range(4):
        if talk.run.script == "book":
            talk.words_heard({"name": "Alex Kim", "phone": "212 555 0192"}.get(talk.asked, "yes"))
    assert talk.run.script == "support", talk.said
    assert talk.done == ["book", "book"]


@pytest.mark.parametrize("seed", SEEDS)
def test_in_the_middle_of_the_first(seed: int) -> None:
    rng = draw("second_request.later", seed)
    talk = booking(rng, MOMENTS[1:])
    before = talk.asked
    talk.words_heard(some(rng, LATER))
    assert Repair.SECOND_REQUEST in talk.repairs, talk.meant
    assert talk.asked == before
    finish_booking(talk)
    assert talk.run.script == "support", talk.said
    assert "Now to the other thing" in talk.words


def test_what_was_promised_is_come_to_when_the_first_is_called_off() -> None:
    # A script of somebody's own need not say where a caller is led who calls it off.
    text = """\
script: NAME
title: the NAME thing
says: [the NAME thing]
slots: {day: {kind: date}}
steps:
  day: {collect: day, ask: "Which NAME day?"}
  bye: {end: done, say: Goodbye.}
"""
    call = dialogue("first", scripts(text.replace("NAME", "first"), text.replace("NAME", "second"))).opens()
    call.says(StartWorkflow("second", later=True)).says(Cancel())
    assert call.ending == ("", "")
    assert call.turn[-1] == "Which second day?"
    call.says(Cancel())
    assert call.ending == ("hang_up", "declined")
