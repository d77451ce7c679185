"""A call that goes round in circles, turn after turn: the keys are told, and then it leaves the circle."""

from __future__ import annotations

from calls.events import OutcomeReached, RepairApplied, SlotConfirmed, SlotFilled, SlotPartlyFilled, WorkflowStarted
from calls.repairs import Repair
from workflows.asking import asked_slot, offer_keys
from workflows.offers import CALLBACK, HUMAN, OFFERS
from workflows.repair.misheard import leave_it
from workflows.turn import Turn
from workflows.values import HARD_TO_HEAR

FAILED = "@failed"
"""counter: turns in a row in which something was put right or not understood, and nothing new came of it"""
KEYS_AFTER = 3
MOST_FAILED = 6
"""After so many the caller is brought to a person, or to somebody who calls them back."""
PUT_RIGHT = "put_right."
"""counter, by slot: how often its value was replaced or taken back"""
MOST_PUT_RIGHT = 3
"""After so often a value is not heard once more in the same way: keys, a person or a call back."""

_TROUBLES = frozenset({
    Repair.NO_MATCH_1, Repair.NO_MATCH_2, Repair.NO_MATCH_3, Repair.CORRECTED, Repair.CORRECTED_EARLIER,
    Repair.CHANGED_AT_CONFIRMATION, Repair.READ_BACK_INTERRUPTED, Repair.SPELLED, Repair.STOP_ASKED,
})  # fmt: skip


def put_right(turn: Turn, slot: str) -> bool:
    """Count a value replaced or taken back; True when it was more often than anybody changes their mind."""
    return turn.count(f"{PUT_RIGHT}{slot}") > MOST_PUT_RIGHT


def leave_circles(turn: Turn) -> None:
    """After what a turn of the caller's has brought: count it, and leave when it was one too many in vain."""
    if _brings_on(turn):
        turn.reset(FAILED)
        return
    if not _troubled(turn) or turn.ending:
        return
    if Repair.STOP_ASKED in _repairs(turn):
        turn.count(FAILED)  # it will have cost them two turns, of which the other is their no
    failed = turn.count(FAILED)
    if failed >= MOST_FAILED:
        turn.reset(FAILED)
        # What was to be asked once more is not: what must be said is.
        turn.lines[:] = [line for line in turn.lines if line.must_say]
        turn.confirming("")
        turn.word("no_match_3")
        leave_it(turn)
    elif turn.run.confirming in (HUMAN, CALLBACK):
        return  # the way out is open already
    elif failed >= KEYS_AFTER and turn.run.confirming not in OFFERS:
        offer_keys(turn, failed)


def _brings_on(turn: Turn) -> bool:
    """Whether a value came for the first time, something was agreed to, or something is being done."""
    return turn.action is not None or turn.composes or any(_is_new(turn, event) for event in turn.events)


def _is_new(turn: Turn, event: object) -> bool:
    match event:
        case SlotFilled(slot=slot, previous=None):
            return not turn.counted(f"{PUT_RIGHT}{slot}")
        case SlotConfirmed() | SlotPartlyFilled() | OutcomeReached() | WorkflowStarted():
            return True
    return False


def _repairs(turn: Turn) -> set[Repair]:
    return {event.pattern for event in turn.events if isinstance(event, RepairApplied)}


def _troubled(turn: Turn) -> bool:
    found = _repairs(turn)
    asked = asked_slot(turn)
    misheard = Repair.OUT_OF_RANGE in found and asked is not None and asked.kind in HARD_TO_HEAR
    return misheard or bool(found & _TROUBLES)
