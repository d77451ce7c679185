"""Free words: what is told, what is only talk, and what was written down put right by its name."""

from __future__ import annotations

from dataclasses import replace

import pytest

from calls.guidance import Guidance, SlotExpectation
from tests.agent.understanding.booking import CHECK, NAME, WORKFLOWS, asking, understood

PROBLEM = SlotExpectation("problem", "free_text", names=("the problem", "what happened"))
MESSAGE = SlotExpectation("message", "free_text", names=("the message",))
ASKED = replace(asking("problem", slots=(PROBLEM, NAME)), workflows=WORKFLOWS)
WRITTEN = replace(
    CHECK,
    slots=(replace(PROBLEM, filled=True), replace(MESSAGE, filled=True), replace(NAME, filled=True)),
    workflows=(),
)


@pytest.mark.parametrize(
    "text",
    [
        "i paid the bill this morning and i need an appointment for my mother",
        "nobody called me back although i asked to speak to somebody in the office twice",
        "i cancelled my appointment and it was charged all the same",
    ],
)
def test_an_account_may_speak_of_anything(text: str) -> None:
    assert understood(text, ASKED)[0] == [f"+problem={text}"]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("sorry what are you asking me", ["Explain"]),
        ("what do you mean", ["Explain"]),
        ("could you speak up", ["SpeakUp"]),
        ("let me talk to a person", ["AskHuman"]),
        ("say that again please", ["Repeat"]),
    ],
)
def test_talk_about_the_talk_is_no_account(text: str, found: list[str]) -> None:
    more = replace(ASKED, allowed=ASKED.allowed | {"Explain", "SpeakUp"})
    assert understood(text, more)[0] == found


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("the problem is wrong it's the screen flickers", "~problem=the screen flickers"),
        ("oh the problem i gave you is wrong it's the picture freezes", "~problem=the picture freezes"),
        ("could you change the problem to the lid is loose", "~problem=the lid is loose"),
        ("sorry about the problem before it's really it smells of plastic", "~problem=it smells of plastic"),
        ("the message should be please ring my son", "~message=please ring my son"),
        ("sorry about the name before it's really ana lund", "~name=Ana Lund"),
    ],
)
def test_what_was_written_down_is_put_right_by_its_name(text: str, found: str) -> None:
    assert found in understood(text, WRITTEN)[0]


@pytest.mark.parametrize("text", ["the problem is wrong", "i want to change the message"])
def test_without_a_new_text_it_is_asked_for(text: str) -> None:
    assert understood(text, WRITTEN)[0][0] in ("~problem=None", "~message=None", "no")


GUESSES = ["where do i park", "what time do you close", "am i talking to a computer", "where are you again"]


@pytest.mark.parametrize("text", GUESSES)
@pytest.mark.parametrize("guidance", [asking("service")])
def test_a_question_is_no_choice(text: str, guidance: Guidance) -> None:
    assert not [found for found in understood(text, guidance)[0] if found.startswith("+service")]
