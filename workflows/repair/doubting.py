"""Doubts that come while something is being looked up: nothing personal is told before they are settled."""

from __future__ import annotations

from calls.commands import Command, Deny
from calls.repairs import Repair
from workflows.language.model import Act, Verify
from workflows.repair.back import back
from workflows.turn import Turn
from workflows.verifying import lapse
from workflows.walk import walk


def doubted(turn: Turn, commands: tuple[Command, ...]) -> bool:
    """What was about to prove who is calling proves nothing now. True when that was all, and it is answered."""
    step = turn.step
    personal = isinstance(step, Act) and step.personal
    if isinstance(step, Verify):
        for slot in step.by:
            turn.clear(slot, "denied")
    if not all(isinstance(command, Deny) for command in commands):
        return False
    turn.word("again")
    if personal and turn.run.verified is not None:
        lapse(turn)
    if isinstance(step, Verify) or personal:
        turn.applied(Repair.CORRECTED)
        walk(turn, turn.run.step)
    else:
        back(turn)
    return True
