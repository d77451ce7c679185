"""What keys mean. ``0`` reaches a person and ``*`` repeats wherever they are no part of a value."""

from __future__ import annotations

from agent.understanding.answers import is_confirming
from agent.understanding.values import context_for, kind_of
from calls.commands import (
    Affirm,
    AskHuman,
    Command,
    CorrectSlot,
    Deny,
    FillSlot,
    Repeat,
    StartWorkflow,
    Unclear,
)
from calls.guidance import Guidance, SlotExpectation
from calls.run import CallFacts
from spoken import Kind, Parsed, from_keys


def read_keys(keys: str, guidance: Guidance, facts: CallFacts) -> tuple[Command, ...]:
    """The commands of a finished entry such as ``0305``, ``2`` or ``5550192#``."""
    keys = keys.strip()
    slot = guidance.slot(guidance.primary)
    found = from_keys(kind_of(slot), keys, context_for([slot], facts)) if slot else None
    bare = keys.removesuffix("#")
    if is_confirming(guidance):
        answer = _answer(bare, guidance)
        if answer is not None:
            return (answer,)
    if slot is not None and found is not None and (found.complete or bare != "0"):
        value = _value(slot, found, keys, guidance)
        if value is not None:
            return (value,)
    if bare == "0" and AskHuman.__name__ in guidance.allowed:
        return (AskHuman(),)
    if bare == "*" and Repeat.__name__ in guidance.allowed:
        return (Repeat(),)
    if slot is None and bare.isdecimal() and len(bare) <= 2 and StartWorkflow.__name__ in guidance.allowed:
        place = int(bare)
        if 1 <= place <= len(guidance.workflows):
            return (StartWorkflow(guidance.workflows[place - 1].id),)
    return (Unclear("keys make no value of the kind" if slot else "keys mean nothing here"),)


def _answer(keys: str, guidance: Guidance) -> Command | None:
    if keys == "1" and Affirm.__name__ in guidance.allowed:
        return Affirm()
    if keys == "2" and Deny.__name__ in guidance.allowed:
        return Deny()
    return None


def _value(slot: SlotExpectation, found: Parsed, keys: str, guidance: Guidance) -> Command | None:
    if not found.complete and found.kind is not Kind.phone and found.kind is not Kind.code:
        return None
    replaces = slot.filled or guidance.proposed is not None
    if replaces and CorrectSlot.__name__ in guidance.allowed:
        return CorrectSlot(slot.slot, found.value, keys, found.confidence)
    if FillSlot.__name__ in guidance.allowed:
        return FillSlot(slot.slot, found.value, keys, found.confidence, found.alternatives)
    return None
