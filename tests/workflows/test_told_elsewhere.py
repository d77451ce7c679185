"""What was told last is said again in the words of the script that told it."""

from __future__ import annotations

from calls.commands import Repeat
from tests.workflows.little import World, dialogue, scripts

FIRST = """\
script: first
title: the first
says: [the first]
steps:
  hello:
    say: This is the first.
  on:
    start: second
"""
SECOND = """\
script: second
title: the second
says: [the second]
slots:
  day: {kind: date, names: [the day]}
steps:
  day:
    collect: day
    ask: Which day?
  hello:
    say: This is the second.
  bye:
    end: done
    say: Goodbye.
"""


def test_it_is_not_looked_up_in_the_script_that_is_on_now() -> None:
    call = dialogue("first", scripts(FIRST, SECOND), World()).opens()
    assert call.run.script == "second" and "This is the first." in call.words
    for _ in range(2):
        call.says(Repeat())
        assert call.turn == ["This is the first.", "Which day?"], call.turn
