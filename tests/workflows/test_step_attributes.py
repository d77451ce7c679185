"""How a step asks, how a slot is confirmed, what a line may be told: the attributes, in calls."""

from __future__ import annotations

import pytest

from calls.commands import (
    Affirm,
    AskQuestion,
    Cancel,
    Command,
    CorrectSlot,
    Deny,
    FillPart,
    FillSlot,
    StartWorkflow,
    Unclear,
    Value,
)
from calls.events import CallNoted, OutcomeReached, SlotPartlyFilled
from calls.guidance import Guidance
from calls.run import Run
from calls.runs import fold
from calls.speech import Heard
from tests.workflows.dialogue import FACTS, Dialogue, finished
from tests.workflows.little import World, dialogue, scripts
from workflows.language import ScriptError

PLAIN = """\
script: order
title: an order
dispositions: [ordered, nothing]
fields:
  size: {kind: choice, from: size}
  channel: {kind: free_text, from: {text: phone}}
  mail: {kind: email, from: mail}
topics:
  hours: {says: [when are you open], answer: Always.}
slots:
  size: {kind: choice, options: {small: [small], large: [large]}, confirm: implicit}
  day: {kind: date, names: [the day]}
  mail: {kind: email, names: [the e-mail address], optional: true}
  code: {kind: code, names: [the code], length: 6, confirm: explicit}
steps:
  size:
    collect: size
    ask: Small or large?
  day:
    collect: day
    ask: Which day?
  mail:
    collect: mail
    ask: What is your e-mail address?
  code:
    collect: code
    ask: What is the code?
  check:
    confirm: [size, day, mail, code]
    ask: "{size}, {day}, e-mail {mail}, code {code}. Right?"
    declined: nothing
  bye:
    end: ordered
    say: "{size} for {day}. Goodbye."
  nothing:
    end: nothing
    say: Goodbye.
"""


def fill(slot: str, value: Value, confidence: float = 0.95) -> FillSlot:
    return FillSlot(slot, value, str(value), confidence)


def order(text: str = PLAIN, **facts: object) -> Dialogue:
    return dialogue("order", scripts(text), **facts).opens()


def changed(old: str, new: str) -> str:
    assert old in PLAIN
    return PLAIN.replace(old, new, 1)


# --- retries and ladders -------------------------------------------------------------------------------------


@pytest.mark.parametrize("retries", [1, 2, 3, 4, 5])
def test_a_way_out_is_offered_after_as_many_tries_as_the_step_says(retries: int) -> None:
    call = order(changed("ask: Small or large?", f"ask: Small or large?\n    retries: {retries}"), has_human=True)
    for _ in range(retries - 1):
        call.says(Unclear("x"))
        assert call.run.confirming == ""
    call.says(Unclear("x"))
    assert call.run.confirming == "@human"


@pytest.mark.parametrize("retries", [1, 2, 3, 5])
def test_a_silent_caller_is_waited_for_as_often_as_the_step_says(retries: int) -> None:
    call = order(changed("ask: Small or large?", f"ask: Small or large?\n    retries: {retries}"))
    for count in range(1, retries + 1):
        call.silent(count)
        assert call.last.ending == "", count
    assert call.silent(retries + 1).ending == ("hang_up", "silent")


@pytest.mark.parametrize("retries", ["0", "6", "many"])
def test_retries_are_one_to_five(retries: str) -> None:
    with pytest.raises(ScriptError, match="from 1 to 5"):
        scripts(changed("ask: Small or large?", f"ask: Small or large?\n    retries: {retries}"))


# --- digressions ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("allowed", "answered"), [("all", True), ("none", False), ("[hours]", True), ("[paint]", False)]
)
def test_a_topic_is_answered_where_the_step_lets_it(allowed: str, answered: bool) -> None:
    text = changed("ask: Which day?", f"ask: Which day?\n    digressions: {allowed}")
    little = scripts(text, PLAIN.replace("script: order", "script: paint"))
    call = dialogue("order", little).opens().says(fill("size", "small"))
    assert ("hours" in [topic.id for topic in call.last.guidance.topics]) is answered
    call.says(AskQuestion("hours", "when are you open"))
    assert ("Always." in call.turn) is answered
    assert call.turn[-1] == "Which day?"


def test_who_speaks_is_answered_wherever_it_is_asked() -> None:
    call = order(changed("ask: Which day?", "ask: Which day?\n    digressions: none")).says(fill("size", "small"))
    assert "robot" in [topic.id for topic in call.last.guidance.topics]
    assert "automated assistant" in call.says(AskQuestion("robot", "x")).turn[0]


def test_another_request_is_kept_for_afterwards_where_the_step_wants_no_digression() -> None:
    text = changed("ask: Which day?", "ask: Which day?\n    digressions: none")
    other = "script: paint\ntitle: some paint\nsays: [paint]\nsteps:\n  bye:\n    end: painted\n    say: Painted red.\n"
    call = dialogue("order", scripts(text, other)).opens().says(fill("size", "small")).says(StartWorkflow("paint"))
    assert call.run.script == "order"
    assert call.turn[-1] == "Which day?"


def test_a_digression_names_what_there_is() -> None:
    with pytest.raises(ScriptError, match="houres"):
        scripts(changed("ask: Which day?", "ask: Which day?\n    digressions: [houres]"))


# --- confirmation --------------------------------------------------------------------------------------------


def test_implicit_is_said_in_passing_with_the_next_question() -> None:
    assert order().says(fill("size", "small")).turn == ["Small.", "Which day?"]


def test_no_takes_back_what_was_said_in_passing() -> None:
    call = order().says(fill("size", "small"))
    assert "Deny" in call.last.guidance.allowed
    call.says(Deny())
    assert "size" not in call.slots
    assert call.turn[-1].startswith("Small or large?") or "Small or large?" in call.turn


def test_a_later_no_is_no_answer_to_it_any_more() -> None:
    call = order().says(fill("size", "small")).says(Unclear("x")).says(Deny())
    assert call.slots == {"size": "small"}


def test_no_with_another_value_replaces_it() -> None:
    call = order().says(fill("size", "small")).says(Deny(), CorrectSlot("size", "large", "large"))
    assert call.slots["size"] == "large"


def test_explicit_is_read_back_on_its_own_and_by_letter_after_a_no() -> None:
    call = order().says(fill("size", "small"), fill("day", "2026-03-18"), fill("mail", "a@example.com"))
    call.says(fill("code", "K7QF2M"))
    assert call.run.confirming == "code"
    call.says(Deny())
    assert "one character at a time" in call.words
    call.says(fill("code", "K7QF2N"))
    assert "K as in Kilo" in call.words
    assert call.says(Affirm()).run.confirming == "*"


@pytest.mark.parametrize("confirm", ["never", "implicit", "explicit", "unsure"])
@pytest.mark.parametrize("confidence", [0.3, 0.95])
def test_when_a_value_is_read_back(confirm: str, confidence: float) -> None:
    call = order(changed("confirm: implicit", f"confirm: {confirm}")).says(fill("size", "small", confidence))
    read_back = confirm == "explicit" or (confirm == "unsure" and confidence < 0.5)
    assert (call.run.confirming == "size") is read_back
    assert ("Small." in call.turn) is (confirm == "implicit")


# --- optional ------------------------------------------------------------------------------------------------


def test_having_none_is_an_answer_where_a_slot_is_optional() -> None:
    call = order().says(fill("size", "small"), fill("day", "2026-03-18"))
    assert "Deny" in call.last.guidance.allowed
    expected = call.last.guidance.slot("mail")
    assert expected is not None
    assert expected.optional
    call.says(Deny())
    assert call.last.guidance.primary == "code"
    call.says(fill("code", "K7QF2M")).says(Affirm())
    assert "e-mail none" in call.words
    assert call.says(Affirm()).ending == ("hang_up", "ordered")


def test_what_was_not_had_can_still_be_given() -> None:
    call = order().says(fill("size", "small"), fill("day", "2026-03-18")).says(Deny())
    call.says(fill("mail", "a@example.com"))
    assert call.slots["mail"] == "a@example.com"
    assert call.last.guidance.primary == "code"


def test_having_none_is_no_answer_where_a_slot_is_needed() -> None:
    call = order().says(fill("size", "small")).says(Unclear("x")).says(Deny())
    assert call.last.guidance.primary == "day"


@pytest.mark.parametrize(
    "words",
    ["I don't have one", "no", "none", "I haven't got an email", "there is none", "I have no email", "nope"],
)  # fmt: skip
def test_callers_who_have_none_are_understood(words: str) -> None:
    commands = understood(words, order().says(fill("size", "small"), fill("day", "2026-03-18")).last.guidance)
    assert [type(command) for command in commands] == [Deny], commands


def understood(words: str, guidance: Guidance) -> tuple[Command, ...]:
    from agent.understanding.local import LocalUnderstander

    heard = Heard(words, 0, 500, 0.95)
    return finished(LocalUnderstander().understand(heard, guidance, FACTS)).commands  # type: ignore[attr-defined, arg-type]


def test_an_action_is_not_given_what_the_caller_may_not_have() -> None:
    text = PLAIN.replace(
        "day: {kind: date, names: [the day]}", "day: {kind: phone, names: [the number], optional: true}"
    )
    text = text.replace(
        "  bye:\n",
        "  note:\n    act: leave_callback\n    arguments: {phone: day}\n    refused: {else: nothing}\n  bye:\n",
        1,
    )
    with pytest.raises(ScriptError, match="may have no day"):
        scripts(text)


# --- in pieces -----------------------------------------------------------------------------------------------


def test_a_value_given_in_pieces_is_kept_until_it_is_whole() -> None:
    call = order().says(fill("size", "small"), fill("day", "2026-03-18")).says(Deny())
    call.says(FillPart("code", "K7Q", "K seven Q"))
    assert call.run.parts == {"code": "K7Q"}
    assert call.last.guidance.part == "K7Q"
    assert any(isinstance(body, SlotPartlyFilled) for body in call.record)
    run = Run()
    for body in call.record:
        run = fold(run, body)
    assert run == call.run
    call.says(fill("code", "K7QF2M"))
    assert (call.slots["code"], call.run.parts) == ("K7QF2M", {})


# --- lines and languages -------------------------------------------------------------------------------------


def test_a_line_can_be_told_to_be_heard_out() -> None:
    text = changed("ask: Which day?", 'ask: {text: "Which day?", interruptible: false, must_say: true}')
    line = order(text).says(fill("size", "small")).last.lines[-1]
    assert (line.interruptible, line.must_say) == (False, True)


@pytest.mark.parametrize("where", ["line", "step", "script"])
def test_values_are_put_into_words_in_the_language_of_the_line(where: str) -> None:
    ask = "I have {day}. What is the code?"
    text = {
        "line": changed("ask: What is the code?", f'ask: {{text: "{ask}", language: en-GB}}'),
        "step": changed("ask: What is the code?", f'ask: "{ask}"\n    language: en-GB'),
        "script": changed("ask: What is the code?", f'ask: "{ask}"').replace("title:", "locale: en-GB\ntitle:"),
    }[where]
    call = order(text).says(fill("size", "small"), fill("day", "2026-03-18")).says(Deny())
    assert "the eighteenth of March" in call.words
    assert call.last.lines[-1].language == "en-GB"
    assert call.last.guidance.language == ("" if where == "line" else "en-GB")


@pytest.mark.parametrize("at", ["locale: fr-FR\ntitle:", "title:"])
def test_another_language_is_refused_with_the_list(at: str) -> None:
    text = PLAIN.replace("title:", at)
    if at == "title:":
        text = text.replace("ask: Which day?", 'ask: {text: "Which day?", language: fr-FR}')
    with pytest.raises(ScriptError, match="en-GB, en-US"):
        scripts(text)


# --- how a call is filed -------------------------------------------------------------------------------------


def test_fields_are_kept_at_the_end_as_far_as_they_are_known() -> None:
    call = order().says(fill("size", "small"), fill("day", "2026-03-18")).says(Deny()).says(fill("code", "K7QF2M"))
    call.says(Affirm()).says(Affirm())
    noted = {body.field: body.value for body in call.record if isinstance(body, CallNoted)}
    assert noted == {"size": "small", "channel": "phone"} == dict(call.run.noted)


@pytest.mark.parametrize(
    ("old", "new", "complaint"),
    [
        ("size: {kind: choice, from: size}", "size: {kind: date, from: size}", "make it kind: choice"),
        ("size: {kind: choice, from: size}", "size: {kind: choice, from: sise}", "sise"),
        ("size: {kind: choice, from: size}", "Size: {kind: choice, from: size}", "lower case"),
        ("dispositions: [ordered, nothing]", "dispositions: [ordered]", "nothing"),
    ],
)
def test_what_cannot_be_filed_is_refused(old: str, new: str, complaint: str) -> None:
    with pytest.raises(ScriptError, match=complaint):
        scripts(changed(old, new))


# --- taking a message ----------------------------------------------------------------------------------------

TAKING = """\
script: taking
title: a message
slots:
  name: {kind: person_name, names: [the name]}
  number: {kind: phone, names: [the number], optional: true, offer_caller: false}
steps:
  take:
    message: What shall I tell them?
    name: name
    phone: number
    then: more
  more:
    choose:
      again: {says: [another message], then: take}
    ask: Anything else?
    no: bye
  bye:
    end: done
    say: Goodbye.
"""


def take() -> tuple[Dialogue, World]:
    world = World()
    return dialogue("taking", scripts(TAKING), world).opens(), world


def test_a_message_is_taken_read_back_passed_on_and_come_back_from() -> None:
    call, world = take()
    assert call.turn[-1] == "What shall I tell them?"
    call.says(FillSlot("message", "I am late", "I am late")).says(fill("name", "Alex Kim"))
    assert call.turn[-1] == "May I have the number, please?"
    call.says(Deny())
    assert call.turn == ["I have: I am late. Your name is Alex Kim. Your number is none. Shall I pass that on?"]
    call.says(Affirm())
    assert call.turn == ["Your message has been passed on.", "Anything else?"]
    assert dict(world.asked[0].arguments) == {"message": "I am late", "name": "Alex Kim"}
    assert call.run.outcome == "message"
    call.says(StartWorkflow("again"))
    assert call.turn[-1] == "What shall I tell them?", "another message is another one"
    assert call.says(FillSlot("message", "Never mind", "x")).run.confirming == "*"


def test_a_message_not_to_be_passed_on_is_not() -> None:
    call, world = take()
    call.says(FillSlot("message", "I am late", "x")).says(fill("name", "Alex Kim")).says(Deny()).says(Deny()).says(
        Deny()
    )
    assert world.asked == []
    assert call.turn[-1] == "Anything else?"


def test_a_message_that_cannot_be_taken_down_is_said_to_be_lost() -> None:
    call, world = take()
    world.refuse["leave_message"] = "unavailable"
    call.says(FillSlot("message", "I am late", "x")).says(fill("name", "Alex Kim")).says(Deny()).says(Affirm())
    assert call.turn == ["I'm sorry, I can't take that down right now.", "Anything else?"]


# --- handing over --------------------------------------------------------------------------------------------

HAND = """\
script: hand
title: a person
steps:
  over:
    hand_over: human
    otherwise: alone
  alone:
    hand_over: callback
    say: Nobody is free.
"""


@pytest.mark.parametrize("status", ["busy", "no-answer", "failed", "canceled", "none"])
@pytest.mark.parametrize("otherwise", [True, False])
def test_a_hand_over_never_ends_in_silence(status: str, otherwise: bool) -> None:
    text = HAND if otherwise else "script: hand\ntitle: a person\nsteps:\n  over:\n    hand_over: human\n"
    world = World()
    call = dialogue("hand", scripts(text), world, has_human=status != "none").opens()
    if status != "none":
        assert call.ending == ("hand_over", "handed_over")
        assert "If nobody answers" in call.words
        call.human_missed(status)
    assert call.last.ending == ""
    assert call.run.script == "callback"
    assert call.turn
    if not otherwise:
        call.says(fill("wish", "callback"))
    call.says(Affirm())
    assert call.ending == ("hang_up", "callback")
    assert [request.action for request in world.asked] == ["leave_callback"]


@pytest.mark.parametrize(("to", "asked"), [("message", "message now"), ("callback", "number you are calling from")])
def test_a_hand_over_to_a_message_or_a_call_back(to: str, asked: str) -> None:
    text = f"script: hand\ntitle: a person\nsteps:\n  over:\n    hand_over: {to}\n    say: All right.\n"
    call = dialogue("hand", scripts(text)).opens()
    assert call.turn[1] == "All right."
    assert asked in call.turn[-1]


# --- what is done, changed in the same call ------------------------------------------------------------------

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
