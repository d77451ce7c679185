"""Who is calling: proof before anything personal, one neutral answer, and nothing disclosed whatever a script says."""

from __future__ import annotations

import random
from dataclasses import replace

import pytest

from calls.commands import (
    Affirm,
    Command,
    CorrectSlot,
    Deny,
    FillSlot,
    Remark,
    Repeat,
    Restart,
    StartWorkflow,
    Unclear,
    Value,
)
from calls.events import CallAnswered, CallerVerified, VerificationFailed, VerificationLapsed
from calls.line import IncomingCall, Line
from calls.ports import EngineTraits
from calls.replies import AgentSide
from calls.run import Run
from calls.runs import fold
from calls.state import CallState
from tests.counts import count
from tests.workflows.dialogue import Dialogue
from tests.workflows.little import World, dialogue, scripts
from workflows.language import ScriptError

MOVE = """\
script: move
title: a booking to be moved
says: [move my booking]
slots:
  code: {kind: code, names: [the booking code], length: 6}
  last_name: {kind: person_name, names: [the last name]}
  date: {kind: date, names: [the date]}
  time: {kind: time, names: [the time]}
steps:
  who:
    verify: booking
    by: [code, last_name]
    attempts: 3
    ask: {code: "What is your booking code?"}
    failed: person
  look:
    act: find_booking
    refused: {else: person}
  tell:
    say: You come in on {fact.booking_date} at {fact.booking_time}.
  date:
    collect: date
    ask: Which day would you like instead?
  time:
    collect: time
    ask: And what time?
  check:
    confirm: [date, time]
    ask: "{date} at {time} in place of {fact.booking_date}. Shall I move it?"
    declined: bye
  move:
    act: reschedule
    arguments: {date: date, time: time}
    refused: {else: person}
  moved:
    say: Your booking has been rescheduled to {receipt.date} at {receipt.time}, code {receipt.code}.
  more:
    choose:
      again: {says: [another one], script: move}
    ask: Anything else?
    no: bye
  bye:
    end: done
    say: Goodbye.
  person:
    hand_over: human
"""
SET = scripts(MOVE)
RIGHT: dict[str, Value] = {"code": "K7QF2M", "last_name": "Kim"}
FOUND: dict[str, Value] = {"booking_date": "2026-03-18", "booking_time": "10:00"}
SECRETS = ("March eighteenth", "ten in the morning", "K seven", "K7QF2M", "K 7")


def world(**more: object) -> World:
    return World(found={"find_booking": dict(FOUND)}, **more)  # type: ignore[arg-type]


def give(**values: Value) -> tuple[Command, ...]:
    return tuple(FillSlot(name, value, str(value), 0.95) for name, value in values.items())


def opened(place: World | None = None, **facts: object) -> Dialogue:
    return dialogue("move", SET, place or world(), **facts).opens()


def proved(place: World | None = None) -> Dialogue:
    return opened(place).says(*give(code="K7QF2M")).says(*give(last_name="Kim"))


def test_the_proof_is_asked_for_piece_by_piece() -> None:
    call = opened()
    assert call.turn[-1] == "What is your booking code?"
    call.says(*give(code="K7QF2M"))
    assert call.turn[-1] == "May I have the last name, please?"
    call.says(*give(last_name="Kim"))
    assert call.turn == ["You come in on Wednesday, March eighteenth at ten in the morning.",
                         "Which day would you like instead?"]  # fmt: skip


def test_what_proved_the_caller_stands_on_the_record_without_its_values() -> None:
    call = proved()
    (body,) = [body for body in call.record if isinstance(body, CallerVerified)]
    assert (body.level, body.subject, body.by) == ("facts", "booking-17", ("code", "last_name"))
    assert call.run.verified is not None
    assert call.run.verified.subject == "booking-17"


def test_a_back_end_is_asked_once_and_given_what_it_compares() -> None:
    call = proved()
    first = call.requests[0]
    assert (first.action, first.writes) == ("verify_caller", False)
    assert dict(first.arguments) == {"what": "booking", "code": "K7QF2M", "last_name": "Kim"}
    call.says(*give(date="2026-03-19"), *give(time="11:00")).says(Affirm())
    assert [request.action for request in call.requests] == ["verify_caller", "find_booking", "reschedule"]
    assert "rescheduled to" in call.words


@pytest.mark.parametrize(
    ("code", "name"), [("K7QF2X", "Kim"), ("K7QF2M", "Kin"), ("AAAAAA", "Kim"), ("AAAAAA", "Nobody")]
)
def test_every_wrong_answer_gets_the_same_sentence_and_everything_is_asked_again(code: str, name: str) -> None:
    call = opened().says(*give(code=code, last_name=name))
    assert call.turn == ["I'm sorry, I can't match what you gave me.", "What is your booking code?"]
    assert call.slots == {}


def test_after_the_last_attempt_a_person_or_a_message() -> None:
    call = opened(has_human=True)
    for attempt in (1, 2, 3):
        call.says(*give(code="AAAAAA", last_name="Kim"))
        failed = [body for body in call.record if isinstance(body, VerificationFailed)]
        assert [body.attempt for body in failed] == list(range(1, attempt + 1))
    assert call.ending == ("hand_over", "handed_over")
    assert call.turn[0] == "I'm sorry, I can't match what you gave me."


def test_a_locked_record_is_answered_with_the_same_sentence() -> None:
    call = opened(world(refuse={"verify_caller": "locked"})).says(*give(**RIGHT))
    assert call.turn[0] == "I'm sorry, I can't match what you gave me."
    assert call.run.script == "callback"
    assert [body.locked for body in call.record if isinstance(body, VerificationFailed)] == [True]


def test_when_it_cannot_be_checked_no_attempt_is_lost() -> None:
    call = opened(world(refuse={"verify_caller": "unavailable"})).says(*give(**RIGHT))
    assert call.turn[0] == "I'm sorry, I can't check that right now."
    assert not [body for body in call.record if isinstance(body, VerificationFailed)]
    assert call.run.script == "callback"


def test_an_answer_without_a_record_proves_nothing() -> None:
    call = opened(world(subject="")).says(*give(**RIGHT))
    assert call.run.verified is None
    assert call.turn[0] == "I'm sorry, I can't match what you gave me."


@pytest.mark.parametrize("command", [Restart(), StartWorkflow("move")])
def test_beginning_again_gives_no_new_attempts(command: Command) -> None:
    call = opened(has_human=True)
    for _ in range(2):
        call.says(*give(code="AAAAAA", last_name="Kim"))
    call.says(command)
    call.says(*give(code="AAAAAA", last_name="Kim"))
    assert call.ending[0] == "hand_over"


def test_once_proved_it_is_not_asked_again_in_the_same_call() -> None:
    call = proved().says(*give(date="2026-03-19", time="11:00")).says(Affirm())
    call.says(StartWorkflow("again"))
    assert call.turn[-1] == "Which day would you like instead?"
    assert [request.action for request in call.requests].count("verify_caller") == 1


def test_who_comes_to_the_phone_after_a_child_has_proved_nothing() -> None:
    call = proved().says(Remark("child")).says(Affirm())
    assert call.run.verified is None
    assert not any(secret in call.words for secret in SECRETS), call.turn
    assert call.turn[-1] == "What is your booking code?"


def test_another_code_has_to_be_proved_anew() -> None:
    call = proved().says(CorrectSlot("code", "AAAAAA", "AAAAAA"))
    assert call.turn[0] == "I'm sorry, I can't match what you gave me."
    call.says(*give(code="B2B2B2", last_name="Lee"))
    assert "March eighteenth" not in call.words


def test_what_was_found_for_one_record_is_never_said_of_another() -> None:
    place = world()
    call = proved(place)
    place.proof, place.subject = {"code": "B2B2B2", "last_name": "Lee"}, "booking-18"
    place.found["find_booking"] = {"booking_date": "2026-03-25", "booking_time": "15:00"}
    call.says(CorrectSlot("code", "B2B2B2", "x"), CorrectSlot("last_name", "Lee", "Lee"))
    assert "March eighteenth" not in call.words
    assert call.run.verified is not None
    assert call.run.verified.subject == "booking-18"
    call.says(*give(date="2026-03-26", time="11:00"))
    assert "March twenty-fifth" in call.words or "March twenty fifth" in call.words


@pytest.mark.parametrize("turns", [0, 1, 2])
def test_after_a_lost_line_everything_is_proved_again(turns: int) -> None:
    later = [give(date="2026-03-19"), give(time="11:00")]
    call = proved()
    for commands in later[:turns]:
        call.says(*commands)
    call.resumes()
    for secret in SECRETS:
        assert secret not in call.words
    assert call.run.verified is None
    assert "code" not in call.slots
    assert "booking_date" not in call.run.facts
    assert any(isinstance(body, VerificationLapsed) for body in call.record)
    asked = len(call.requests)
    while call.run.step not in ("who", "who.code"):
        call.says(*(give(date="2026-03-19") if call.last.guidance.primary == "date" else give(time="11:00")))
    assert len(call.requests) == asked
    call.says(*give(**RIGHT))
    assert call.run.verified is not None


def test_a_repeat_after_a_lost_line_says_nothing_of_the_record() -> None:
    call = proved().resumes().says(Repeat())
    for secret in SECRETS:
        assert secret not in call.words


def test_while_the_proof_is_looked_up_a_lost_line_leaves_nothing_proved() -> None:
    call = opened()
    call.hold = True
    call.says(*give(**RIGHT))
    assert call.pending is not None
    call.resumes()
    call.settles()
    assert call.run.verified is None


def test_facts_tell_a_back_end_who_is_proved() -> None:
    answered = CallAnswered("CA1", "t", "+1", "+1", "l", "", "e", "en-US", "UTC", "2026-03-16T14:00:00+00:00")
    line = Line("l", "+15550100", "move", "Ava", "Harbor Dental", "Hello.")
    call = proved()
    traits = EngineTraits(True, False, "ours", "bridged", True)
    side = AgentSide(line, IncomingCall("CA1", "+12125550192", "+15550100"), call.director, traits)
    facts = side.facts_at(CallState(answered=answered, run=call.run), 0)
    assert (facts.verified_subject, facts.verified_level) == ("booking-17", "facts")
    before = side.facts_at(CallState(answered=answered), 0)
    assert (before.verified_subject, before.verified_level) == ("", "")


# --- scripts that forgot -------------------------------------------------------------------------------------

UNASKED = MOVE.replace(MOVE[MOVE.index("  who:") : MOVE.index("  look:")], "")
CARELESS = UNASKED.replace("script: move", "script: careless")


def test_a_script_which_forgot_to_ask_discloses_and_changes_nothing() -> None:
    place = world()
    call = dialogue("careless", scripts(CARELESS, checked=False), place).opens()
    assert place.asked == []
    assert call.run.script == "callback"
    assert "knowing who is calling" in call.words


def test_a_line_that_speaks_of_a_record_is_not_said_to_a_stranger() -> None:
    text = CARELESS.replace("  look:\n", "  day:\n    collect: date\n    ask: Which day?\n  look:\n")
    call = dialogue("careless", scripts(text, checked=False), world()).opens()
    call.run = replace(call.run, facts=FOUND, step="tell")
    call.says(Repeat())
    for secret in SECRETS:
        assert secret not in call.words


@pytest.mark.parametrize(
    ("old", "new", "complaint"),
    [
        ("by: [code, last_name]", "by: [code, nobody]", "nobody"),
        ("by: [code, last_name]", "by: [date]", "proves nobody"),
        ("verify: booking", "verify: anything", "anything"),
        ("attempts: 3", "attempts: 6", "from 1 to 5"),
        ("    failed: person\n", "", "failed"),
        ("failed: person", "failed: nowhere", "no step"),
        ("ask: {code:", "ask: {codes:", "codes"),
    ],
)
def test_what_is_wrong_with_a_verify_step_is_named(old: str, new: str, complaint: str) -> None:
    with pytest.raises(ScriptError, match=complaint):
        scripts(MOVE.replace(old, new))


# --- a code sent to the number on record ---------------------------------------------------------------------

SENT = MOVE.replace("by: [code, last_name]", "by: one_time_code").replace(
    '    ask: {code: "What is your booking code?"}\n', ""
)


def test_a_one_time_code_is_sent_and_asked_for() -> None:
    place = world(proof={"one_time_code": "482913"})
    call = dialogue("move", scripts(SENT), place).opens()
    assert [request.action for request in call.requests] == ["send_code"]
    assert call.requests[0].arguments["phone"] == "+12125550192"
    assert call.turn[-1] == "What is the code I have just sent you?"
    call.says(*give(one_time_code="482913"))
    assert "March eighteenth" in call.words
    assert call.run.outcome == "", "a code that was sent achieves nothing by itself"


def test_what_a_code_has_to_prove_is_not_proved_by_less() -> None:
    stricter = SENT.replace("script: move\n", "script: stricter\n").replace("says: [move my", "says: [give up my")
    call = dialogue("move", scripts(MOVE, stricter), world()).opens().says(*give(**RIGHT))
    assert call.run.verified is not None and call.run.verified.level == "facts"
    call.says(*give(date="2026-03-19", time="11:00")).says(Affirm())
    call.says(StartWorkflow("stricter"))
    assert call.run.script == "stricter"
    assert call.turn[-1] == "What is the code I have just sent you?"


def test_a_number_without_a_record_is_answered_alike() -> None:
    known, unknown = (dialogue("move", scripts(SENT), place).opens() for place in (
        world(), world(refuse={"send_code": "locked"})))  # fmt: skip
    assert known.said == unknown.said
    unknown.says(*give(one_time_code="111111"))
    assert unknown.turn == ["I'm sorry, I can't match what you gave me.", "What is the code I have just sent you?"]


# --- impostors ------------------------------------------------------------------------------------------------


def tries(chance: random.Random, call: Dialogue) -> tuple[Command, ...]:
    wrong = {
        "code": ("AAAAAA", "K7QF2N", "K7QF2M"),
        "last_name": ("Kin", "Lee"),
        "date": ("2026-03-19",),
        "time": ("11:00",),
    }
    draw = chance.random()
    if draw < 0.6:
        slot = chance.choice(list(wrong))
        return give(**{slot: chance.choice(wrong[slot]), "last_name": chance.choice(wrong["last_name"])})
    return (chance.choice((Affirm(), Deny(), Repeat(), Restart(), Unclear("x"), StartWorkflow("move"))),)


def test_impostors_learn_nothing_and_change_nothing() -> None:
    for seed in range(count(1_000, 60)):
        chance = random.Random(seed)
        place = world()
        call = opened(place, has_human=chance.random() < 0.5, exact_hearing=chance.random() < 0.5)
        for _ in range(25):
            if call.last.ending == "hand_over":
                call.human_missed("busy")
            elif call.last.ending:
                break
            elif chance.random() < 0.05:
                call.resumes()
            else:
                call.says(*tries(chance, call))
        said = " ".join(call.said)
        for secret in SECRETS[:2]:
            assert secret not in said, seed
        assert not {request.action for request in place.asked} & {"find_booking", "reschedule"}, seed
        run = Run()
        for body in call.record:
            run = fold(run, body)
        assert run == call.run, seed


def test_what_was_put_into_a_slot_from_a_record_is_forgotten_too() -> None:
    text = MOVE.replace(
        "  date:\n    collect",
        "  keep:\n    say: Let me see.\n    sets: {date: fact.booking_date}\n  date:\n    collect",
    )
    call = dialogue("move", scripts(text), world()).opens().says(*give(**RIGHT))
    assert call.slots["date"] == "2026-03-18"
    call.resumes()
    assert "date" not in call.slots
    for secret in SECRETS:
        assert secret not in call.words


def test_a_call_with_something_of_a_record_is_for_verified_callers() -> None:
    other = "script: other\ntitle: other\nslots:\n  day: {kind: date}\nsteps:\n  bye:\n    end: done\n    say: Bye.\n"
    text = MOVE.replace("  tell:\n", "  pass:\n    call: other\n    with: {day: fact.booking_date}\n  tell:\n")
    little = scripts(text, other)
    assert "pass" in little.scripts["move"].personal
    assert dialogue("move", little, world()).opens().says(*give(**RIGHT)).run.verified is not None
