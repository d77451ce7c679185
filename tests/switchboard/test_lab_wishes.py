"""What the lab's callers press: only what they have just been told."""

from __future__ import annotations

import pytest

from spoken import Kind, key_prompt, to_pairs
from switchboard.lab.wishes import keys_told

MENU = "with the keys, press one: nine in the morning; two: three thirty in the afternoon. for a person, press zero."
NAME_PROMPT = (key_prompt(Kind.person_name) or "").casefold()
DATE_PROMPT = (key_prompt(Kind.date) or "").casefold()
TIME_PROMPT = (key_prompt(Kind.time) or "").casefold()
PHONE_PROMPT = (key_prompt(Kind.phone) or "").casefold()
SERVICES = "press one for a cleaning, two for a check-up, or three for a consultation."


@pytest.mark.parametrize(
    ("name", "value", "told", "keys"),
    [
        ("name", "Anna Lund", NAME_PROMPT, to_pairs("Anna Lund") + "#"),
        ("date", "2026-03-24", DATE_PROMPT, "0324"),
        ("phone", "+12125550163", PHONE_PROMPT, "2125550163#"),
        ("service", "checkup", SERVICES, "2"),
        ("time", "15:30", MENU, "2"),
        ("time", "10:00", MENU, ""),
        ("time", "15:30", TIME_PROMPT, "03302"),
        ("time", "15:30", DATE_PROMPT, ""),
        ("name", "Anna Lund", SERVICES, ""),
        ("date", "2026-03-24", "what day would you like to come in?", ""),
        ("phone", "+12125550163", "", ""),
        ("service", "checkup", "", ""),
    ],
)
def test_keys_are_pressed_as_told(name: str, value: str, told: str, keys: str) -> None:
    assert keys_told(name, value, told) == keys
