"""The line dropped, or the caller calls again: on from where it was, and nothing personal before a yes."""

from __future__ import annotations

from calls.events import ResumeOffered, SlotFilled, WorkflowStarted
from calls.repairs import Repair
from calls.run import Earlier, ScriptLine
from workflows.asking import ask, personal
from workflows.calling import proof_slots
from workflows.language.model import Act
from workflows.offers import EARLIER, RESUME
from workflows.turn import Turn
from workflows.values import PERSONAL, canonical
from workflows.walk import start_script, walk


def resumed(turn: Turn) -> None:
    """The line dropped and the caller (or somebody) is back. Nothing personal is said before a yes."""
    step = turn.step
    turn.applied(Repair.LINE_DROPPED)
    turn.word("resumed")
    if isinstance(step, Act) and (turn.run.awaiting or not turn.run.confirming):
        # The same key: if it was done, its receipt comes back, and nothing is done twice.
        walk(turn, step.id)
    elif personal(turn):
        turn.confirming(RESUME)
        ask(turn)
    elif turn.run.confirming:
        ask(turn)
    else:
        walk(turn, step.id)


def called_back(turn: Turn, earlier: Earlier, entry: str) -> None:
    """The same number again, minutes after its call broke off. What that call was about is not said."""
    turn.lines.append(ScriptLine("greeting", turn.facts.greeting, must_say=True))
    if earlier.script not in turn.scripts.scripts:
        start_script(turn, entry)
        return
    turn.record(ResumeOffered(earlier))
    start_script(turn, entry, quietly=True)
    turn.applied(Repair.CALLED_BACK)
    turn.confirming(EARLIER)
    ask(turn)


def take_up(turn: Turn) -> None:
    """Yes: with what the caller told then, and read back before anything is done with it.

    Nothing that tells who they are: a number can be forged, and whoever says yes would hear it.
    """
    earlier = turn.run.earlier
    if earlier is None or earlier.script not in turn.scripts.scripts:
        walk(turn, turn.script.first)
        return
    turn.confirming("")
    script = turn.scripts.get(earlier.script, earlier.version)
    turn.record(WorkflowStarted(script.name, script.digest))
    for name, held in earlier.slots.items():
        slot = script.slots.get(name)
        if slot is None or slot.kind in PERSONAL or name in proof_slots(script):
            continue
        if canonical(slot, held.value, turn):
            turn.record(SlotFilled(name, held.value, held.text, held.confidence, held.by))
    walk(turn, script.first)


def begin_anew(turn: Turn) -> None:
    """No: as if it were any call."""
    turn.confirming("")
    walk(turn, turn.script.first)
