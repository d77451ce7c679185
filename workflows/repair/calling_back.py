"""The caller's own number, and a call back at a time that suits."""

from __future__ import annotations

from calls.commands import CallLater
from calls.events import SlotConfirmed, SlotFilled, SlotPartlyFilled
from calls.repairs import Repair
from spoken import Kind, words_for_digits
from workflows.asking import asked_slot
from workflows.language.model import SHARED, Slot
from workflows.turn import Turn
from workflows.values import caller_number, canonical, locked
from workflows.walk import start_script, walk

WHEN = "when"
"""the slot of the shared script for the wanted time of a call back"""

LATER = "later"
"""the wish, in the shared script, for a call back at a time of the caller's own"""


def use_caller_number(turn: Turn) -> list[str]:
    """Fill the phone slot with the number the caller is calling from: they asked for it, so it needs no yes.

    Returns the slot's name; nothing when no number is wanted, or none is shown.
    """
    turn.applied(Repair.CALLER_NUMBER)
    slot, number = _phone_slot(turn), caller_number(turn)
    if slot is None:
        return []
    if not number:
        turn.word("no_caller_number")
        turn.count(f"offered.{slot.name}")
        if turn.run.confirming == slot.name and slot.name not in turn.run.slots:
            turn.confirming("")
        return []
    before = turn.known(slot.name)
    turn.record(SlotFilled(slot.name, number, "", 1.0, previous=before if before != number else None))
    turn.record(SlotConfirmed(slot.name))
    turn.word("caller_number", f"{words_for_digits(number[-4:], zero='zero')}.")
    return [slot.name]


def _phone_slot(turn: Turn) -> Slot | None:
    asked = asked_slot(turn)
    if asked is not None and asked.kind == Kind.phone:
        return asked
    done = locked(turn)
    phones = [s for s in turn.script.slots.values() if s.kind == Kind.phone and s.name not in done]
    return next((s for s in phones if s.name not in turn.run.slots), phones[0] if phones else None)


def call_later(turn: Turn, command: CallLater) -> None:
    """Note a call back, with the time the caller wants it at; what is missing of the time is asked for."""
    turn.applied(Repair.CALL_LATER)
    turn.confirming("")
    start_script(turn, SHARED, {"wish": LATER}, quietly=True)
    slot = turn.script.slots.get(WHEN)
    if slot is not None and "T" in command.when and canonical(slot, command.when, turn):
        turn.record(SlotFilled(WHEN, command.when, command.text, 1.0))
    elif slot is not None and command.when:
        turn.record(SlotPartlyFilled(WHEN, command.when, command.text))
    walk(turn, turn.script.first)
