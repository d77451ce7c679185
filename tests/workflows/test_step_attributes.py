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
    Goodbye,
    StartWorkflow,
    Unclear,
    Value,
)
from calls.events import CallNoted, SlotPartlyFilled
from calls.guidance import Guidance
from calls.run import Run
from calls.runs import fold
from calls.speech import Heard
from tests.workflows.dialogue import FACTS, Dialogue, finished
from tests.workflows.little import dialogue, scripts
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


@pytest.mark.parametrize("words", ["cancel", "cancel that", "never mind", "forget the whole thing"])
def test_who_calls_it_all_off_skips_no_question(words: str) -> None:
    commands = understood(words, order().says(fill("size", "small"), fill("day", "2026-03-18")).last.guidance)
    assert commands == (Cancel(),)


def test_a_question_that_is_needed_is_not_skipped() -> None:
    commands = understood("skip that", order().says(fill("size", "small")).last.guidance)
    assert not any(isinstance(command, Deny) for command in commands)


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


def test_fields_are_kept_of_a_call_that_was_left_too() -> None:
    call = order().says(fill("size", "small")).says(Goodbye())
    assert dict(call.run.noted) == {"size": "small", "channel": "phone"}


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
