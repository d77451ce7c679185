"""What is wanted where a script stands is asked for many times a turn: of time, only the day tells in it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.workflows.dialogue import SCRIPTS, Dialogue
from workflows.advance import ScriptDirector
from workflows.guiding import guidance_for

TIMES = ("00:00:00", "10:00:00", "23:59:59")


@pytest.mark.parametrize("entry", sorted(SCRIPTS.scripts))
def test_it_is_the_same_from_midnight_to_midnight(entry: str) -> None:
    call = Dialogue(entry).opens()
    for _ in range(3):
        day, offset = call.facts.wall[:10], call.facts.wall[19:]
        facts = [replace(call.facts, wall=f"{day}T{time}{offset}") for time in TIMES]
        wanted = [guidance_for(SCRIPTS, call.run, one) for one in facts]
        assert [ScriptDirector(SCRIPTS, entry).guidance(call.run, one) for one in facts] == wanted
        assert wanted[0] == wanted[1] == wanted[2]
        call.silent(1)


def test_it_is_made_once_while_nothing_has_moved() -> None:
    call = Dialogue("book").opens()
    director = ScriptDirector(SCRIPTS, "book")
    later = replace(call.facts, wall=call.facts.wall.replace("T10:00:00", "T10:00:07"))
    assert director.guidance(call.run, later) is director.guidance(replace(call.run), call.facts)
    assert director.guidance(replace(call.run, step="gone"), later) is not director.guidance(call.run, later)
    assert director.guidance(call.run, replace(later, unhurried=True)) is not director.guidance(call.run, later)
