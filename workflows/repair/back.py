"""Back to where the talk was."""

from __future__ import annotations

from workflows.asking import ask, repeat
from workflows.language.model import Choose, Collect, Confirm
from workflows.turn import Turn
from workflows.walk import walk


def back(turn: Turn, *, whole: bool = False) -> None:
    """To the open question; where none is open, through the step again. ``whole``: with what was told before it."""
    if not isinstance(turn.step, Collect | Confirm | Choose):
        walk(turn, turn.step.id)
    elif whole:
        repeat(turn)
    else:
        ask(turn)
