"""Less than was asked, or more than one thing it could be: the rest is asked for, or which of them is meant."""

from __future__ import annotations

from calls.commands import CorrectSlot, FillPart, FillSlot, Value
from calls.events import SlotPartlyFilled
from calls.repairs import Repair
from spoken import Kind
from workflows.asking import asked_slot
from workflows.language.model import Slot
from workflows.rendering import fill as in_words
from workflows.rendering import items, joined
from workflows.repair.misheard import no_match
from workflows.turn import Turn
from workflows.values import day_part_of, objection

MOST_PARTS = 6
MOST_SINGLE = 2
"""keys pressed alone that may be the beginning of a number"""
SURE = 0.7
"""confidence from which a value with alternatives is taken as it stands"""

_DOUBTFUL = frozenset({Kind.date, Kind.time, Kind.datetime})
_DIGITS = frozenset({Kind.phone, Kind.code, Kind.card, Kind.postcode})


def part_given(turn: Turn, command: FillPart, *, keyed: bool) -> None:
    """Keep the part, and ask for what is missing; time and again one key alone is no part of anything."""
    slot = turn.script.slots.get(command.slot)
    asked = asked_slot(turn)
    if slot is None or asked is None or slot.name != asked.name or turn.count(f"part.{slot.name}") > MOST_PARTS:
        no_match(turn)
        return
    if keyed and len(command.text.removesuffix("#")) == 1 and turn.count(f"single.{slot.name}") > MOST_SINGLE:
        # Whoever answers the question now begins with the first digit.
        turn.clear(slot.name, "single_keys")
        no_match(turn)
        return
    turn.applied(Repair.PART_GIVEN)
    if turn.run.confirming == slot.name:
        # The caller's own number was proposed, and here comes another.
        turn.confirming("")
        turn.count(f"offered.{slot.name}")
    turn.record(SlotPartlyFilled(slot.name, str(command.value), command.text))
    offers = _within(turn, slot, str(command.value))
    if offers:
        offer(turn, slot, offers)
    elif slot.kind in _DIGITS:
        turn.word("part_digits")
    elif slot.kind == Kind.datetime:
        turn.word("part_time" if "-" in str(command.value) else "part_date")
    elif slot.kind in (Kind.date, Kind.time):
        turn.word("part_date" if slot.kind == Kind.date else "part_time")
    else:
        turn.word("part")


def _within(turn: Turn, slot: Slot, part: str) -> list[str]:
    """The free times of a part of the day."""
    edges = day_part_of(part)
    if slot.kind != Kind.time or not edges or slot.among not in turn.run.facts:
        return []
    free = items(turn.run.facts[slot.among])
    return [time for time in free if edges[0] <= time < edges[1]][:3]


def offer(turn: Turn, slot: Slot, values: list[str]) -> None:
    """Name values to choose from; the next turn may say "the second one"."""
    context = turn.context(slot)
    turn.learn(f"_offered.{slot.name}", ",".join(values))
    said = joined([in_words(slot.kind, value, context) for value in values], "or")
    turn.utter("house.offer", f"I have {said}. {turn.wording('which')}")


def settled(turn: Turn, slot: Slot, value: Value, command: FillSlot | CorrectSlot) -> Value | None:
    """The one value meant; None when the caller has been asked which."""
    if slot.kind not in _DOUBTFUL or not command.alternatives or command.confidence >= SURE:
        return value
    if str(value) in items(turn.run.facts.get(f"_offered.{slot.name}")):
        return value
    possible = [v for v in (value, *command.alternatives) if not objection(slot, v, turn)]
    if slot.among in turn.run.facts and slot.among:
        free = items(turn.run.facts[slot.among])
        possible = [value for value in possible if str(value) in free] or possible[:1]
    if len(possible) < 2:
        return possible[0] if possible else value
    turn.applied(Repair.AMBIGUOUS)
    values = sorted(str(value) for value in possible[:3])
    turn.learn(f"_offered.{slot.name}", ",".join(values))
    context = turn.context(slot)
    turn.utter("house.which", f"Do you mean {joined([in_words(slot.kind, v, context) for v in values], 'or')}?")
    return None
