"""What is done already, changed in the same call; and a second request in it."""

from __future__ import annotations

from calls.commands import Affirm, Cancel, CorrectSlot, Deny, StartWorkflow
from calls.events import OutcomeReached
from tests.workflows.dialogue import Dialogue
from tests.workflows.little import World, dialogue, scripts
from tests.workflows.test_step_attributes import fill

BOOK = """\
script: book
title: a booking
on_change: move
on_undo: drop
slots:
  service: {kind: choice, options: {cut: [a cut], color: [color]}}
  date: {kind: date, names: [the date]}
  time: {kind: time, names: [the time]}
  name: {kind: person_name, names: [the name]}
  phone: {kind: phone, names: [the number], offer_caller: false}
steps:
  service: {collect: service, ask: "What shall it be?"}
  date: {collect: date, ask: "Which day?"}
  time: {collect: time, ask: "What time?"}
  name: {collect: name, ask: "What name?"}
  phone: {collect: phone, ask: "What number?"}
  check:
    confirm: [service, date, time, name, phone]
    ask: "{service} on {date} at {time} for {name}, {phone}. Right?"
    declined: bye
  book:
    act: book
    arguments: {service: service, date: date, time: time, name: name, phone: phone}
    refused: {else: bye}
  booked:
    say: {text: "You are booked for {receipt.date}, code {receipt.code}.", must_say: true}
  more:
    choose:
      again: {says: [another], script: book}
    ask: Anything else?
    no: bye
  bye:
    end: booked
    say: Goodbye.
  move:
    call: reschedule
    with: {code: receipt.book.code, last_name: name}
    then: more
  drop:
    call: cancel
    with: {code: receipt.book.code}
    then: more
"""

MOVE = """\
script: reschedule
title: another time
slots:
  code: {kind: code, length: 6}
  last_name: {kind: person_name}
  date: {kind: date, names: [the new date]}
  time: {kind: time, names: [the new time]}
steps:
  who: {verify: booking, by: [code, last_name], failed: nothing}
  date: {collect: date, ask: "Which day instead?"}
  time: {collect: time, ask: "And what time?"}
  check: {confirm: [date, time], ask: "{date} at {time} instead. Right?", declined: nothing}
  move: {act: reschedule, arguments: {date: date, time: time}, refused: {else: nothing}}
  moved: {end: rescheduled, say: {text: "You have been rescheduled to {receipt.date}.", must_say: true}}
  nothing: {end: declined, say: Nothing was changed.}
"""

DROP = """\
script: cancel
title: a cancellation
slots:
  code: {kind: code, length: 6}
  sure: {kind: yes_no, names: [whether], confirm: never}
steps:
  who: {verify: booking, by: [code], failed: nothing}
  sure: {collect: sure, ask: "Shall I cancel it?"}
  which: {decide: [{slot: sure, is: true, then: drop}], else: nothing}
  drop: {act: cancel_booking, refused: {else: nothing}}
  dropped: {end: cancelled, say: {text: "Your booking is cancelled.", must_say: true}}
  nothing: {end: declined}
"""


def booked() -> tuple[Dialogue, World]:
    world = World(proof={"code": "K7QF2M", "last_name": "Alex Kim"})
    call = dialogue("book", scripts(BOOK, MOVE, DROP), world).opens()
    call.says(
        fill("service", "cut"), fill("date", "2026-03-18"), fill("time", "10:00"), fill("name", "Alex Kim"),
        fill("phone", "+12125550143"),
    )  # fmt: skip
    call.says(Affirm())
    assert "You are booked" in call.words
    return call, world


def test_what_is_booked_can_be_moved_in_the_same_call_with_what_the_caller_said() -> None:
    call, world = booked()
    call.says(CorrectSlot("date", "2026-03-19", "Thursday"))
    assert call.run.script == "reschedule"
    assert call.run.verified is not None, "proved by what was booked a moment ago"
    assert call.slots["date"] == "2026-03-19"
    assert call.turn[-1] == "And what time?"
    call.says(fill("time", "11:00")).says(Affirm())
    assert call.turn == ["You have been rescheduled to Wednesday, March eighteenth.", "Anything else?"]
    assert [request.action for request in world.asked] == ["book", "verify_caller", "reschedule"]
    assert call.says(Deny()).ending[0] == "hang_up"


def test_what_is_booked_can_be_cancelled_in_the_same_call() -> None:
    call, world = booked()
    world.proof = {"code": "K7QF2M"}
    call.says(Cancel())
    assert call.turn[-1] == "Shall I cancel it?"
    call.says(Affirm())
    assert "Your booking is cancelled." in call.turn
    assert call.turn[-1] == "Anything else?"


def test_after_a_lost_line_what_was_booked_proves_nothing() -> None:
    call, world = booked()
    call.resumes().says(CorrectSlot("date", "2026-03-19", "Thursday"))
    assert call.turn[-1] == "May I have the code, please?" or call.turn[-1].startswith("May I have code")
    assert [request.action for request in world.asked] == ["book"]


def test_two_requests_in_one_call() -> None:
    call, world = booked()
    call.says(StartWorkflow("again"), fill("service", "color"), fill("date", "2026-03-20"), fill("time", "09:00"))
    call.says(fill("name", "Bo Li"), fill("phone", "+12125550177")).says(Affirm())
    assert [request.action for request in world.asked] == ["book", "book"]
    assert call.says(Deny()).ending == ("hang_up", "booked")
    assert [body.outcome for body in call.record if isinstance(body, OutcomeReached)][-1] == "booked"


def test_what_was_booked_and_cancelled_can_be_booked_again() -> None:
    call, world = booked()
    world.proof = {"code": "K7QF2M"}
    call.says(Cancel()).says(Affirm())
    assert "Your booking is cancelled." in call.said
    call.says(StartWorkflow("again"), fill("service", "cut"), fill("date", "2026-03-18"), fill("time", "10:00"))
    call.says(fill("name", "Alex Kim"), fill("phone", "+12125550143")).says(Affirm())
    done = [request for request in world.asked if request.action == "book"]
    assert len(done) == len({request.key for request in done}) == 2, "another wish, with another key"
    assert "You are booked" in call.words


def test_what_is_moved_to_and_fro_is_done_each_time_and_told_once() -> None:
    call, world = booked()
    for day in ("2026-03-19", "2026-03-20", "2026-03-19"):
        call.says(CorrectSlot("date", day, day)).says(fill("time", "11:00")).says(Affirm())
        assert "You have been rescheduled" in call.words
    moves = [request.key for request in world.asked if request.action == "reschedule"]
    assert len(moves) == len(set(moves)) == 3
