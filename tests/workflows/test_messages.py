"""Taking a message, and handing over: each names what follows, and none ends in silence."""

from __future__ import annotations

import pytest

from calls.commands import Affirm, Deny, FillSlot, StartWorkflow
from tests.workflows.dialogue import Dialogue
from tests.workflows.little import World, dialogue, scripts
from tests.workflows.test_step_attributes import fill
from workflows.language.parts import Place
from workflows.rendering import without_sentences

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
    assert call.turn == ["I have: I am late. Your name is Alex Kim. Shall I pass that on?"]
    call.says(Affirm())
    assert call.turn == ["Your message has been passed on.", "Anything else?"]
    assert dict(world.asked[0].arguments) == {"message": "I am late", "name": "Alex Kim"}
    assert call.run.outcome == "message"
    call.says(StartWorkflow("again"))
    assert call.turn[-1] == "What shall I tell them?", "another message is another one"
    assert call.says(FillSlot("message", "Never mind", "x")).run.confirming == "*"


def test_a_message_not_to_be_passed_on_is_not() -> None:
    call, world = take()
    call.says(FillSlot("message", "I am late", "x")).says(fill("name", "Alex Kim")).says(Deny())
    call.says(Deny()).says(Deny()).says(Deny())
    assert world.asked == []
    assert call.turn[-1] == "Anything else?"


def test_a_message_that_cannot_be_taken_down_is_said_to_be_lost() -> None:
    call, world = take()
    world.refuse["leave_message"] = "unavailable"
    call.says(FillSlot("message", "I am late", "x")).says(fill("name", "Alex Kim")).says(Deny()).says(Affirm())
    assert call.turn == ["I'm sorry, I can't take that down right now.", "Anything else?"]


A, B = Place("slot", "a", "phone"), Place("slot", "b", "phone")


@pytest.mark.parametrize(
    ("parts", "left"),
    [
        (("I have: ", A, ".", " Your number is ", B, ".", " Right?"), ("I have: ", A, ". Right?")),
        (("Your number is ", B, ". For ", A, ", then?"), ("For ", A, ", then?")),
        (("For ", A, ", number ", B, ". Right?"), ("For ", A, ", number ", B, ". Right?")),
        (("Your number is ", B, ". Right?"), ("Your number is ", B, ". Right?")),
    ],
)
def test_only_a_sentence_about_nothing_is_left_out(
    parts: tuple[str | Place, ...], left: tuple[str | Place, ...]
) -> None:
    assert without_sentences(parts, [B]) == left


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
        assert "if nobody answers" in call.words
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
