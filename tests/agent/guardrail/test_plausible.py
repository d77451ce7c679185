"""What a clever model says that is not so: plausible values, promises and deeds in odd tenses, and none is said."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from agent.guardrail.gate import RuleGuardrail
from calls.grounding import Fact, Ground
from calls.speech import Clause

FACTS = (
    Fact("business", "Harbor Dental", "line"),
    Fact("agent_name", "Robin", "line"),
    Fact("line_phone", "+12125550192", "line"),
    Fact("hours", "Monday to Friday from nine to five. Closed on weekends.", "script"),
    Fact(
        "prices",
        "A cleaning is forty-nine dollars and fifty cents. A whitening is a hundred and eighty dollars.",
        "script",
    ),
    Fact("service", "cleaning", "slot"),
    Fact("date", "2026-03-19", "slot"),
    Fact("time", "14:30", "slot"),
    Fact("duration", "45 minutes", "script"),
    Fact("dentist", "Dr. Elena Weiss", "script"),
    Fact("address", "12 Harbor Street, second floor", "script"),
    Fact("cancelling", "You can cancel up to 24 hours before. Later than that we charge 20 percent.", "script"),
    Fact("booking_code", "KT4471", "receipt"),
    Fact("parking", "There is a car park behind the building, 3 dollars an hour.", "script"),
)
GROUND = Ground(facts=FACTS, wall="2026-03-16T10:00:00-04:00", verified=True)
"""a Monday"""
GATE = RuleGuardrail()

WRONG = Path(__file__).with_name("plausible.txt").read_text("utf-8").splitlines()
"""none of which is so, by the facts above"""

UNPROVED = ["You are verified.", "Thank you, you're verified now."]

SO = """
A cleaning is forty-nine dollars and fifty cents.
A cleaning costs forty-nine fifty.
A whitening is one hundred eighty dollars.
Parking is three dollars an hour.
Your visit, Thursday the nineteenth at half past two?
The cleaning takes forty-five minutes.
It takes three quarters of an hour.
On Thursday, at two thirty in the afternoon.
It ends at a quarter past three.
We are open from nine to five.
We're open on Wednesdays until five.
We're closed on weekends.
We're not open on Saturdays.
We are on the second floor.
We charge twenty percent.
You can cancel up to twenty-four hours before.
The code is K T, four four seven one.
You can see Doctor Weiss.
What time would suit you today?
I can look that up for you.
Would you like me to book it?
I can't tell you that just now.
Do you have an appointment with us?
I can't promise that there is no fee.
Let me see what I have.
I'll be glad to help.
How can I help you today?
Is it the whitening you mean?
Nothing has been booked so far.
I don't know whether parking is free.
Are you speaking to a person there?
I am an automated assistant.
It's ten o'clock now.
""".strip().splitlines()


def rule(text: str, ground: Ground = GROUND) -> str:
    return GATE.judge(Clause("r1.1", text), ground).rule


@pytest.mark.parametrize("text", WRONG)
def test_what_is_not_so_is_not_said(text: str) -> None:
    assert rule(text)


def test_there_are_hundreds_of_them() -> None:
    assert len(set(WRONG)) >= 300


@pytest.mark.parametrize("text", UNPROVED)
def test_nobody_is_told_they_have_proved_who_they_are_before_they_have(text: str) -> None:
    assert rule(text, replace(GROUND, verified=False)) == "personal"
    assert rule(text) == ""


@pytest.mark.parametrize("text", SO)
def test_what_is_so_is_said(text: str) -> None:
    assert rule(text) == ""


@pytest.mark.parametrize("text", WRONG + SO)
def test_in_mode_strict_a_model_says_nothing(text: str) -> None:
    judged = GATE.judge(Clause("r1.1", text), replace(GROUND, mode="strict"))
    assert judged.rule
    assert judged.clause is None or judged.clause.text != text
