"""Another request in the middle of one: done at once and come back from, or kept for afterwards."""

from __future__ import annotations

from calls.commands import Command, StartWorkflow
from calls.repairs import Repair
from workflows.asking import allows
from workflows.language.model import Choose, End
from workflows.requests import enqueue
from workflows.turn import Turn
from workflows.walk import call_script


def wishes_for_later(turn: Turn, commands: tuple[Command, ...]) -> list[str]:
    """Scripts asked for beside the first: "and I also need to cancel another one"."""
    wished = [c for c in commands if isinstance(c, StartWorkflow) and c.workflow in turn.scripts.scripts]
    free = isinstance(turn.step, Choose | End)
    first = next((c for c in wished if not c.later), None) if not free else next(iter(wished), None)
    return [c.workflow for c in wished if c is not first]


def remember(turn: Turn, scripts: list[str]) -> None:
    """Keep them for afterwards, each named once."""
    for script in dict.fromkeys(scripts):
        enqueue(turn, script)


def digress(turn: Turn, script: str) -> bool:
    """Call ``script`` and come back after it; False when too much waits already, or the step does not allow it."""
    if not allows(turn, script) or not call_script(turn, script, quietly=True):
        return False
    turn.applied(Repair.DIGRESSED)
    return True
