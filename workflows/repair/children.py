"""A child on the line: a grown-up is asked for, and until one is there nothing is taken down or done."""

from __future__ import annotations

from calls.commands import Affirm, Cancel, Command, Deny, Goodbye, Remark
from calls.repairs import Repair
from workflows.asking import ask
from workflows.offers import GROWN_UP
from workflows.repair.remarks import begin_for
from workflows.turn import Turn

_PATIENCE = 3
"""how often a grown-up is asked for"""

_SURE = 0.9
"""confidence of a yes that is taken for a grown-up's; children say "yes I have" of many things"""


def with_child(turn: Turn, commands: tuple[Command, ...]) -> bool:
    """True when a child speaks, or spoke last and nobody else has come."""
    if any(isinstance(command, Remark) and command.kind == "child" for command in commands):
        if turn.run.confirming != GROWN_UP:
            turn.applied(Repair.CHILD)
            turn.confirming(GROWN_UP)
            turn.word("child")
        else:
            _again(turn)
        return True
    if turn.run.confirming != GROWN_UP:
        return False
    if any(isinstance(command, Goodbye | Deny | Cancel) for command in commands):
        _leave(turn)
    elif any(_somebody_came(command) for command in commands):
        turn.confirming("")
        turn.applied(Repair.OTHER_SPEAKER)
        turn.word("new_speaker")
        begin_for(turn, "told by a child")
    else:
        _again(turn)
    return True


def _somebody_came(command: Command) -> bool:
    if isinstance(command, Affirm):
        return command.confidence >= _SURE
    return isinstance(command, Remark) and command.kind == "another_speaker"


def _again(turn: Turn) -> None:
    if turn.count("@child") >= _PATIENCE:
        _leave(turn)
    else:
        ask(turn)


def _leave(turn: Turn) -> None:
    turn.confirming("")
    turn.word("child_end")
    turn.leave("hang_up", "child")
