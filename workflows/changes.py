"""Values the caller gave, applied: filled, replaced, taken back, refused."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from calls.commands import CorrectSlot, FillSlot, UseCallerNumber, Value
from calls.events import SlotConfirmed, SlotFilled
from calls.repairs import Repair
from calls.run import Commanded, SlotValue
from calls.speech import HeardBy
from spoken import Kind, first_and_last, like_heard, says_one_name
from workflows.answers import NOTHING_TO_CHANGE
from workflows.asking import ASKED, CHANGE, ask, asked_slot, offer_keys
from workflows.language.model import Choose, Collect, Confirm, Decide, Slot
from workflows.offers import CALLER_NAME, OWN_NAME
from workflows.repair.calling_back import use_caller_number
from workflows.repair.circling import put_right
from workflows.repair.misheard import no_match
from workflows.repair.parts import settled
from workflows.turn import ECHOED, Turn
from workflows.values import (
    HARD_TO_HEAR,
    HEARD,
    SPELLABLE,
    canonical,
    locked,
    nearest_limit,
    objection,
    one_name_only,
    remember_heard,
)
from workflows.walk import walk

_SPELLED = re.compile(r"\bas in\b|\b[a-z]\b(?:[\s,.-]+[a-z]\b){1,}", re.IGNORECASE)

IN_VAIN = "in_vain."
"""counter, by slot: corrections of it that could not be taken when all was read back"""

LETTERS = "letters."
"""counter, by slot: how often it was given letter by letter"""


@dataclass(slots=True)
class Changes:
    """What a caller's values did."""

    filled: list[str] = field(default_factory=list)
    corrected: list[str] = field(default_factory=list)
    """those of ``filled`` which replaced another value"""
    emptied: list[str] = field(default_factory=list)
    """named as wrong, without a new value"""
    refused: list[str] = field(default_factory=list)
    spelled: bool = False
    """a correction came letter by letter"""
    agreed: bool = False
    """the value just read back was said again"""
    asked_which: bool = False
    """it can be understood in two ways, and the caller has been asked"""
    circling: bool = False
    """one of them has been put right so often that it will not come right this way"""
    too_late: bool = False
    """it belongs to something already done"""

    def __bool__(self) -> bool:
        return bool(self.filled or self.emptied or self.refused or self.asked_which)


def take(turn: Turn, stimulus: Commanded) -> Changes:
    """Fill, correct and clear slots, as far as the script allows it."""
    changes = Changes()
    done = locked(turn)
    for command in stimulus.commands:
        if isinstance(command, UseCallerNumber):
            changes.filled += use_caller_number(turn)
        if not isinstance(command, FillSlot | CorrectSlot):
            continue
        if command.slot == CALLER_NAME and turn.run.confirming == OWN_NAME and command.value:
            _own_name(turn, str(command.value))
            changes.filled.append(CALLER_NAME)
        if command.slot not in turn.script.slots:
            continue
        slot = turn.script.slots[command.slot]
        if slot.name in done:
            changes.too_late = True
            if command.value is not None and canonical(slot, command.value, turn):
                # What changes it is begun with what the caller wants instead.
                turn.wished[slot.name] = SlotValue(command.value, command.text, command.confidence, stimulus.by)
        elif command.value is None:
            _empty(turn, slot, changes)
        elif canonical(slot, command.value, turn):
            _fill(turn, slot, command, command.value, stimulus, changes)
    return changes


def _own_name(turn: Turn, name: str) -> None:
    turn.learn(f"@{CALLER_NAME}", name)
    turn.word("noted_name", f"{name}.")


def _empty(turn: Turn, slot: Slot, changes: Changes) -> None:
    if slot.name in turn.run.slots:
        remember_heard(turn, slot)
        turn.clear(slot.name, "corrected")
        turn.count(f"offered.{slot.name}")
        changes.circling = put_right(turn, slot.name) or changes.circling
        if slot.kind in SPELLABLE:
            turn.count(f"refused.{slot.name}")
        changes.emptied.append(slot.name)
    elif turn.run.confirming == slot.name:
        # "Use a different number", where the caller's own was proposed.
        turn.count(f"offered.{slot.name}")
        changes.emptied.append(slot.name)


def _fill(
    turn: Turn, slot: Slot, command: FillSlot | CorrectSlot, value: Value, stimulus: Commanded, changes: Changes
) -> None:
    before = turn.known(slot.name)
    heard = str(before or turn.run.facts.get(f"{HEARD}{slot.name}") or "")
    spelled = _is_spelled(slot, command.text, stimulus.by)
    if spelled and slot.kind in SPELLABLE:
        value = _in_shape(slot, str(value), heard)
    if before == value:
        # Letters that were refused, said once more: heard as before, and no more right than before.
        again = spelled and turn.counted(f"{LETTERS}{slot.name}") > 0
        # Named as what is to be changed, it is what it was: that is read back, and not asked for once more.
        changes.agreed = changes.agreed or (turn.run.confirming in (slot.name, CHANGE) and not again)
        return
    asked = asked_slot(turn)
    if asked is not None and asked.name == slot.name:
        one = settled(turn, slot, value, command)
        if one is None:
            changes.asked_which = True
            return
        value = one
    reason = objection(slot, value, turn)
    if reason:
        turn.applied(Repair.OUT_OF_RANGE)
        turn.utter(f"{slot.name}.refused", f"{reason} {nearest_limit(slot, value, turn)}".strip())
        changes.refused.append(slot.name)
        if before is None:
            turn.clear(slot.name, "refused")  # what it was a part of is of no use any more
        return
    turn.record(SlotFilled(slot.name, value, command.text, command.confidence, stimulus.by, before))
    changes.filled.append(slot.name)
    if spelled and slot.kind in SPELLABLE:
        turn.count(f"{LETTERS}{slot.name}")
    if before is not None:
        changes.corrected.append(slot.name)
        changes.spelled = changes.spelled or spelled
        changes.circling = put_right(turn, slot.name) or changes.circling
        if not turn.facts.exact_hearing and slot.kind in SPELLABLE:
            # Misheard once: from now on it is read back letter by letter.
            turn.count(f"refused.{slot.name}")
    elif spelled and heard.casefold() == str(value).casefold() and turn.counted(f"{LETTERS}{slot.name}") == 1:
        # Heard twice, the second time letter by letter: reading it back once more would only go round in circles.
        turn.record(SlotConfirmed(slot.name))


def _in_shape(slot: Slot, spelled: str, heard: str) -> str:
    """Letters as first and last name: as heard before them, or else by what people are called."""
    two = spelled if one_name_only(slot) else first_and_last(spelled)
    if " " in two and two.split()[0].casefold() in heard.casefold().split():
        return two  # "David Dworknite", then D A V I D P A R K: the first name alone was heard right
    shaped = like_heard(spelled, heard)
    return two if shaped == spelled and not says_one_name(heard, spelled) else shaped


def _is_spelled(slot: Slot, text: str, by: HeardBy) -> bool:
    return by is HeardBy.SPEECH and slot.kind in SPELLABLE | {Kind.code, Kind.email} and bool(_SPELLED.search(text))


def go_on(turn: Turn, stimulus: Commanded, changes: Changes) -> None:
    """After values: on from here, or from the beginning when something settled has changed."""
    step = turn.step
    own = step.slot if isinstance(step, Collect) else ""
    _count(turn, stimulus, changes, own)
    if set(changes.filled) - set(changes.corrected):
        turn.reset("troubled")
    if changes.filled or changes.emptied:
        turn.reset(f"no_match.{step.id}", f"{NOTHING_TO_CHANGE}{step.id}")
    if changes.asked_which:
        return  # the question has been asked
    if changes.circling:
        no_match(turn, at_once=True)
        return
    if _in_vain(turn, changes):
        return
    if changes.filled or changes.emptied:
        turn.confirming("")
    moved = [slot for slot in (*changes.corrected, *changes.emptied) if slot != own]
    if changes.filled and not moved:
        _echo(turn, changes.filled)
    if moved or isinstance(step, Confirm):
        walk(turn, turn.script.first, again=True)
    elif changes.filled or changes.emptied:
        walk(turn, _from(turn, own in changes.filled))
    else:
        _refused(turn, changes.refused)


def _from(turn: Turn, answered: bool) -> str:
    """Where to go on: at the open question; at the branch before it when something else was told, which may decide it.

    Asked "all of it, or a part?" callers say "forty dollars".
    """
    step = turn.step
    if answered or not isinstance(step, Collect | Choose):
        return step.id
    leading = (s for s in turn.script.steps.values() if isinstance(s, Decide) and step.id in _ways_of(s))
    return next((s.id for s in leading if any(case.source == "slot" for case in s.cases)), step.id)


def _ways_of(step: Decide) -> set[str]:
    return {step.otherwise, *(case.then for case in step.cases)}


def _count(turn: Turn, stimulus: Commanded, changes: Changes, own: str) -> None:
    """Which patterns these changes are."""
    confirming, moved = turn.run.confirming, [*changes.corrected, *changes.emptied]
    if changes.spelled:
        turn.applied(Repair.SPELLED)
    if moved and stimulus.interrupted and confirming:
        turn.applied(Repair.READ_BACK_INTERRUPTED)
    elif moved and isinstance(turn.step, Confirm):
        turn.applied(Repair.CHANGED_AT_CONFIRMATION)
    elif moved:
        here = all(slot in (own, confirming) for slot in moved)
        turn.applied(Repair.CORRECTED if here else Repair.CORRECTED_EARLIER)
    if changes.filled and stimulus.by is HeardBy.KEYS:
        turn.applied(Repair.KEYED)
    if own and [slot for slot in changes.filled if slot not in changes.corrected and slot != own]:
        turn.applied(Repair.OVER_ANSWERED)


def _refused(turn: Turn, slots: list[str]) -> None:
    """The only value given cannot be taken, and the reason has been said."""
    step = turn.step
    turn.count(f"no_match.{step.id}")
    if turn.run.confirming == CHANGE:
        turn.confirming("")
        walk(turn, step.id)
        return
    ask(turn)
    if isinstance(step, Collect) and step.slot in slots and turn.counted(f"no_match.{step.id}") > 1:
        offer_keys(turn)


def _in_vain(turn: Turn, changes: Changes) -> bool:
    """Whether a value is wrong, as the caller says when all is read back, and the right one does not come through.

    Then it is asked for alone, with the keys: after the second time, on a poor line after the first.
    """
    wrong = [slot for slot in changes.refused if slot in turn.run.slots]
    wrong = [slot for slot in wrong if turn.script.slots[slot].kind in HARD_TO_HEAR]
    if changes.filled or changes.emptied or not (wrong and isinstance(turn.step, Confirm)):
        return False
    if turn.count(f"{IN_VAIN}{wrong[0]}") < ASKED - turn.facts.poor_line:
        return False
    for slot in wrong:
        turn.clear(slot, "corrected")
        turn.count(f"offered.{slot}")
    turn.confirming("")
    walk(turn, turn.script.first, again=True)
    offer_keys(turn, ASKED)
    return True


def _echo(turn: Turn, filled: list[str]) -> None:
    """Implicit confirmation: say what was understood in passing."""
    slots = [turn.script.slots[name] for name in filled if name in turn.script.slots]
    echoed = [slot for slot in slots if slot.confirm == "implicit" and slot.kind != Kind.free_text]
    said = [turn.spoken(slot) for slot in echoed]
    if said:
        turn.learn(ECHOED, ",".join(slot.name for slot in echoed))
        turn.utter("house.echo", f"{', '.join(said)}.")
