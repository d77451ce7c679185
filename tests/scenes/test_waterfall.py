"""Whole calls, and what their record says of who took how long."""

from __future__ import annotations

from typing import Any

import pytest

from calls import events as ev
from records.waterfall import TurnLatency, waterfall
from telephony.twin import Caller
from tests.scenes.stage import Played, asked
from tests.scenes.test_composed import Answer, asks_for_hours, broken, model_of, played
from tests.scenes.test_speculation import asks, reply
from tests.scenes.test_speculation import played as ahead


def answered(scene: Played) -> list[TurnLatency]:
    return [turn for turn in waterfall(scene.events) if turn.total is not None]


async def asks_for_children(phone: Caller) -> None:
    await asked(phone, "What would you like to know")
    await phone.says("can I bring my children along")
    await asked(phone, "Children are welcome")
    await phone.says("no that is all")
    await asked(phone, "Goodbye")


def test_a_composed_answer_is_the_models_time_and_a_farewell_nobodys() -> None:
    scene = played(asks_for_children, model_of(lambda words: ([], "Children are welcome. Anything else?")))
    first, last = answered(scene)
    assert (first.model, first.questions, first.token_ms, first.fast) == ("scripted/model", 1, 200.0, False)
    assert (first.first_token, first.fallback) == (pytest.approx(200.0, abs=1.0), False)
    assert first.hearing and first.voice == "scripted"
    assert (last.path, last.questions, last.first_token, last.fast) == ("grammar", 0, None, True)
    sent = next(at for at in scene.at(ev.AgentBegan) if at > first.speech_end_ms)
    assert first.total == pytest.approx(sent - first.speech_end_ms)


def test_what_is_looked_up_takes_a_second_question() -> None:
    async def caller(phone: Caller) -> None:
        await asked(phone, "What would you like to know")
        await phone.says("where can I park my car")
        await asked(phone, "behind the building")
        await phone.hangs_up()

    def answers(words: str) -> Answer:
        return [{"do": "ask", "topic": "@look_up"}], "There is a car park behind the building."

    (turn,) = answered(played(caller, model_of(answers)))
    assert (turn.questions, turn.acted is not None) == (2, True)


def test_a_model_that_fails_has_been_asked_and_answered_nothing() -> None:
    (turn,) = answered(played(asks_for_hours, broken("lost")))
    assert (turn.fallback, turn.questions, turn.model, turn.first_token) == (True, 2, "", None)
    assert turn.path == "grammar" and not turn.fast, "understood here, but after a model was waited for"


def test_begun_ahead_the_caller_waits_less_for_the_same_token() -> None:
    how: Any = reply()
    (turn,) = answered(ahead(asks, how, lambda words: words))
    assert turn.ahead == "used"
    assert turn.token_ms is not None and turn.first_token is not None
    assert turn.first_token < turn.token_ms
