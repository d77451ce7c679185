"""Values a clause may hide in a wording: another currency, figures of another alphabet, "an hour", a denied price."""

from __future__ import annotations

import pytest

from agent.guardrail.gate import RuleGuardrail
from calls.grounding import Fact, Ground
from calls.speech import Clause

KNOWN = {
    "service": "cleaning",
    "price": "forty-nine dollars and fifty cents",
    "duration": "45 minutes",
    "date": "2026-03-19",
    "time": "14:30",
}
GROUND = Ground(
    facts=tuple(Fact(name, value, "script") for name, value in KNOWN.items()), wall="2026-03-16T10:00:00-04:00"
)


def rule(text: str, ground: Ground = GROUND) -> str:
    return RuleGuardrail().judge(Clause("r.1", text), ground).rule


WRONG = [
    ("The price is €49.50.", "price"),
    ("The price is £49.50.", "price"),
    ("It's forty-nine euros fifty.", "price"),
    ("It costs 49.505 dollars.", "price"),
    ("It costs ４０ dollars.", "number"),
    ("It costs 四十 dollars.", "number"),
    ("It costs ⅔ of that.", "number"),
    ("It takes an hour.", "duration"),
    ("There is no charge for that.", "weighty"),
    ("You can have it at no cost.", "weighty"),
]


@pytest.mark.parametrize(("text", "kind"), WRONG, ids=[text for text, _ in WRONG])
def test_what_is_not_known_is_not_said(text: str, kind: str) -> None:
    assert rule(text) == kind


RIGHT = [
    "The price is $49.50.",
    "It costs forty-nine fifty.",
    "It costs forty-nine dollars and fifty cents.",
    "It takes forty-five minutes.",
    "It is not free of charge.",
    "I can't promise a discount.",
    "We don't charge extra, I'm told? Let me check.",
]


@pytest.mark.parametrize("text", RIGHT)
def test_what_is_known_is_said(text: str) -> None:
    assert rule(text) == ""


def test_an_hour_that_is_known_is_said_and_a_price_without_a_currency_takes_any() -> None:
    facts = (Fact("duration", "60 minutes", "script"), Fact("price", 49.5, "script"))
    ground = Ground(facts=facts, wall="2026-03-16T10:00:00-04:00")
    assert rule("It takes an hour.", ground) == ""
    assert rule("It costs £49.50.", ground) == ""
