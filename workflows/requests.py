"""What else the caller wants in this call: kept in order, and come to when the first thing is done."""

from __future__ import annotations

from calls.repairs import Repair
from workflows.asking import ask
from workflows.language.model import Confirm
from workflows.offers import CALLER_NAME, OWN_NAME
from workflows.turn import Turn
from workflows.values import SPELLABLE

_QUEUE = "@requests"


def waiting(turn: Turn) -> list[str]:
    """Scripts asked for and not begun yet."""
    names = str(turn.run.facts.get(_QUEUE, "")).split(",")
    return [name for name in names if name in turn.scripts.scripts]


def enqueue(turn: Turn, script: str) -> None:
    """Remember that ``script`` is wanted as well, and say so."""
    queue = waiting(turn)
    turn.applied(Repair.SECOND_REQUEST)
    if script not in queue:
        turn.learn(_QUEUE, ",".join([*queue, script]))
    turn.word("second_request", f"{turn.scripts.scripts[script].title}.")


def next_request(turn: Turn) -> str:
    """The next of them, taken off the list and named; empty when there is none."""
    queue = waiting(turn)
    if not queue:
        return ""
    turn.learn(_QUEUE, ",".join(queue[1:]))
    turn.word("next_request", f"{turn.scripts.scripts[queue[0]].title}.")
    return queue[0]


def wants_own_name(turn: Turn, step: Confirm) -> bool:
    """Before what a caller wants for somebody else is read back: the caller's own name, asked once."""
    named = any(turn.script.slots[slot].kind in SPELLABLE for slot in step.slots)
    if not named or not turn.run.facts.get("@for_another") or turn.run.facts.get(f"@{CALLER_NAME}"):
        return False
    turn.enter(step.id)
    turn.confirming(OWN_NAME)
    ask(turn)
    return True
