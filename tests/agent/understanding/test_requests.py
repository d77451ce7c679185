"""A wish that names what is to be changed: a request where nothing was given yet, a correction where something was."""

from __future__ import annotations

from dataclasses import replace

import pytest

from calls.guidance import Option
from tests.agent.understanding.booking import CHECK, MENU, understood

MOVE = Option("reschedule", ("move my appointment", "change my appointment"))


@pytest.mark.parametrize("text", ["i'd like to move my appointment to another day", "change my appointment please"])
def test_where_nothing_was_given_it_is_a_request(text: str) -> None:
    assert ">reschedule" in understood(text, replace(MENU, workflows=(*MENU.workflows, MOVE)))[0]


@pytest.mark.parametrize("text", ["could you change the visit to consultation", "make the visit a cleaning instead"])
def test_where_it_was_given_it_is_a_correction(text: str) -> None:
    found = understood(text, replace(CHECK, workflows=(MOVE,)))[0]
    assert [one for one in found if one.startswith("~service=")]
    assert ">reschedule" not in found
