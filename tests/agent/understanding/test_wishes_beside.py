"""Wishes whose words a value's grammar would like to have, and wishes which are said in two ways at once."""

from __future__ import annotations

from dataclasses import replace

import pytest

from agent.understanding.local import LocalUnderstander
from calls.speech import Heard
from calls.virtual_time import run_virtual
from tests.agent.understanding.booking import FACTS, TAKES, asking
from tests.agent.understanding.test_intents import ALL, name_of

CASES = [
    ("I'm in third grade", "service", ["Remark.child"]),
    ("slow down I can't keep up", "service", ["SlowDown"]),
    ("you're talking too fast", "service", ["SlowDown"]),
    ("never mind, I'll do it another time", "time", ["Cancel"]),
    ("I want to stop now", "date", ["Cancel"]),
    ("hold on, I'll give you to my mom", "date", ["Remark.another_speaker"]),
    ("my husband wants to talk to you", "date", ["Remark.another_speaker"]),
    ("this isn't who I wanted to call", "service", ["WrongNumber"]),
]


@pytest.mark.parametrize(("text", "step", "wanted"), CASES)
def test_it_is_the_wish_and_no_value(text: str, step: str, wanted: list[str]) -> None:
    guidance = replace(asking(step), allowed=ALL - {"Affirm", "Deny"} | TAKES)
    found = run_virtual(LocalUnderstander().understand(Heard(text, 0, 0), guidance, FACTS))
    assert [name_of(command) for command in found.commands] == wanted
