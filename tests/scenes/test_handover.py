"""From the agent to a person, and back when nobody is there."""

from __future__ import annotations

from dataclasses import replace

import pytest

from calls import events as ev
from telephony.twin import Caller, Human
from telephony.twin.config import Outcome
from tests.scenes.stage import CALLER, FRONT, HUMAN, LINES, TWIN, asked, run_scene


async def wants_a_person(phone: Caller) -> None:
    await asked(phone, "cleaning")
    await phone.says("agent please")
    await asked(phone, "put you through")


@pytest.mark.parametrize("words", ["agent", "let me speak to a human", "can I talk to somebody please"])
def test_a_person_answers(words: str) -> None:
    async def caller(phone: Caller) -> None:
        await asked(phone, "cleaning")
        await phone.says(words)
        await asked(phone, "put you through", "stay on the line")
        await asked(phone, "Harbor Dental, Dana speaking")

    config = replace(TWIN, human=Human(says="Harbor Dental, Dana speaking.", after_ms=3_000, talks_ms=20_000))
    played = run_scene(caller, config=config)
    (dialled,) = played.result.dialled
    assert (dialled.target, dialled.kind, dialled.status) == (HUMAN, "number", "completed")
    assert played.ended == ("handed_over", "handed_over")
    assert [body.address for body in played.all(ev.HandoverRequested)] == [HUMAN]
    assert played.result.bridged is not None
    assert played.result.end_reason == "server_hung_up"
    dial = next(twiml for path, twiml in played.house.answers if "<Dial" in twiml)
    assert 'answerOnBridge="true"' in dial and "/twilio/after" in dial


@pytest.mark.parametrize("outcome", ["no-answer", "busy", "failed"])
def test_nobody_answers_and_a_call_back_is_on_file(outcome: Outcome) -> None:
    async def caller(phone: Caller) -> None:
        await wants_a_person(phone)
        await asked(phone, "call you back, or take a message")
        await phone.says("call me back please")
        await asked(phone, "ending in zero one nine two")
        await phone.says("yes")
        await asked(phone, "Your call back is noted", "Goodbye")

    played = run_scene(caller, config=replace(TWIN, human=Human(outcome)))
    (note,) = played.house.memory.books.callbacks
    assert note["phone"] == CALLER
    assert [body.status for body in played.all(ev.HandoverFailed)] == [outcome]
    assert played.ended == ("agent_hung_up", "callback")
    assert len(played.result.streams) == 2
    assert played.all(ev.CarrierLost) == []
    assert played.result.findings == []


def test_nobody_answers_and_a_message_is_kept() -> None:
    async def caller(phone: Caller) -> None:
        await wants_a_person(phone)
        await asked(phone, "take a message")
        await phone.says("I want to leave a message")
        await asked(phone, "message now")
        await phone.says("please tell Doctor Lee that my tooth hurts again")
        await asked(phone, "my tooth hurts again", "Shall I pass that on?")
        await phone.says("yes")
        await asked(phone, "Your message has been passed on")

    played = run_scene(caller, config=replace(TWIN, human=Human("no-answer")))
    (message,) = played.house.memory.books.messages
    assert message["message"] == "please tell Doctor Lee that my tooth hurts again"
    assert played.ended == ("agent_hung_up", "message")


def test_the_caller_gives_up_while_it_rings() -> None:
    async def caller(phone: Caller) -> None:
        await wants_a_person(phone)
        await phone.waits(5)
        await phone.hangs_up()

    played = run_scene(caller, config=replace(TWIN, human=Human("no-answer")))
    assert played.result.dialled[0].status == "canceled"
    assert played.names[-1] == "call.ended"
    assert played.ended[0] == "completed"
    assert played.house.door.seated == []


def test_a_line_without_a_person_takes_a_call_back() -> None:
    async def caller(phone: Caller) -> None:
        await asked(phone, "cleaning")
        await phone.says("agent please")
        await asked(phone, "call you back")
        await phone.says("yes please")
        await asked(phone, "ending in")
        await phone.says("yes")
        await asked(phone, "noted")

    lines = LINES.replace('    human: {number: "+15550177", ring_seconds: 15}\n', "")
    played = run_scene(caller, lines=lines, to=FRONT)
    assert played.result.dialled == []
    assert len(played.house.memory.books.callbacks) == 1
