"""The world has answered."""

from __future__ import annotations

from calls.repairs import Repair
from calls.run import ActionSettled
from workflows.language.catalogue import UNAVAILABLE
from workflows.language.model import Act, Verify
from workflows.language.paths import slots_of
from workflows.late import gone_through
from workflows.passing import achieved
from workflows.turn import Turn
from workflows.verifying import VERIFY, key_of_proof, settle_verify
from workflows.walk import give_up, walk


def settle(turn: Turn, settled: ActionSettled) -> None:
    """Go on from the action's step as its answer says; an answer nobody waits for is only noted."""
    step = turn.step
    if settled.late and settled.receipt is not None:
        gone_through(turn, settled.receipt)
        return
    if isinstance(step, Verify) and settled.action == VERIFY and key_of_proof(turn, step) == settled.key:
        walk(turn, settle_verify(turn, step, settled))
        return
    current = isinstance(step, Act) and step.action == settled.action and _asked(turn, step, settled)
    if settled.receipt is None:
        # A look-up that succeeded is not asked again for the same arguments; a refused one is.
        turn.learn(f"_key.{settled.action}", "" if settled.refusal else settled.key)
    if not current or not isinstance(step, Act):
        _late(turn, settled)
        return
    if settled.receipt is not None:
        achieved(turn, step)
        walk(turn, step.then)
    elif settled.refusal:
        if step.writes and settled.refusal != UNAVAILABLE:
            turn.applied(Repair.WORLD_CHANGED)
            _remember_wanted(turn, step)
        following = step.refused.get(settled.refusal) or step.refused.get("else") or step.refused.get(UNAVAILABLE)
        if following:
            walk(turn, following)
        else:
            give_up(turn)
    else:
        walk(turn, step.then)


def _asked(turn: Turn, step: Act, settled: ActionSettled) -> bool:
    """Whether this is what ``step`` asked; also when the answer has changed what it would ask now."""
    found = any(fact in settled.found for argument in step.arguments.values() for fact in argument.facts)
    return found or turn.key_of(step) == settled.key


def _remember_wanted(turn: Turn, step: Act) -> None:
    """What was just taken: what is offered in its place is near it."""
    for name in slots_of(step):
        slot, held = turn.script.slots[name], turn.run.slots.get(name)
        if held is not None and slot.among in turn.run.facts:
            turn.learn(f"_wanted.{slot.among}", held.value)


def _late(turn: Turn, settled: ActionSettled) -> None:
    """What was found for arguments that no longer hold must not be spoken of: look again where it is used."""
    if settled.receipt is not None:
        return
    asked = [s for s in turn.script.steps.values() if isinstance(s, Act) and s.action == settled.action]
    if asked and not turn.run.awaiting and all(turn.key_of(step) != settled.key for step in asked):
        turn.learn(f"_key.{settled.action}", "")
