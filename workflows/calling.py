"""Scripts which take a call, call each other, and come back: what goes along and what stays behind.

What belongs to the whole call (``calls.run.WHOLE_CALL``) goes along both ways, by the fold itself. Everything else is
the script's own, and waits with it.
"""

from __future__ import annotations

from collections.abc import Mapping

from calls.commands import Value
from calls.events import (
    SlotConfirmed,
    SlotFilled,
    WorkflowCalled,
    WorkflowMigrated,
    WorkflowReturned,
    WorkflowStarted,
)  # fmt: skip
from calls.run import DEEPEST, WHOLE_CALL, Frame, SlotValue
from workflows.language.model import SHARED, Call, Script, Verify
from workflows.turn import Turn
from workflows.values import canonical, objection

_COUNTED = (
    "said.", "agreed.", "no_match.", "refused.", "denied.", "nothing_to_change.", "offered.", "skipped.", "part.",
    "troubled",
)  # fmt: skip
"""Counters which begin anew with a script."""


# --- for good ------------------------------------------------------------------------------------------------


def begin(turn: Turn, name: str, fills: Mapping[str, Value]) -> str:
    """A script takes the call: what it keeps stays known, everything else is forgotten. Returns its first step."""
    before = turn.script if turn.run.script in turn.scripts.scripts else None
    script = turn.scripts.get(name)
    turn.confirming("")
    for slot in [*turn.run.slots, *turn.run.parts]:
        if not (before and slot in turn.run.slots and _kept(slot, before, script)):
            turn.clear(slot, "new request")
    turn.reset(*(counter for counter in turn.run.counters if counter.startswith(_COUNTED)))
    for fact in [fact for fact in turn.run.facts if fact.startswith(("_chose.", "_key."))]:
        turn.learn(fact, "")
    if name == SHARED and before is not None and before.name != SHARED:
        turn.learn("reason", before.title)
    turn.record(WorkflowStarted(script.name, script.digest))
    for slot, value in fills.items():
        turn.record(SlotFilled(slot, value, "", 1.0))
    return script.first


def restore(turn: Turn, frame: Frame) -> None:
    """A script takes the call again as it stood in ``frame``, which is of the version at hand."""
    begin(turn, frame.script, {})
    for slot, held in frame.slots.items():
        _put(turn, slot, held)
    for counter, count in frame.counters.items():
        if counter.startswith(_COUNTED):
            turn.tally(counter, count)
    for fact, value in frame.facts.items():
        if not fact.startswith(WHOLE_CALL):
            turn.learn(fact, value)
    turn.enter(frame.step)


def _kept(slot: str, before: Script, script: Script) -> bool:
    held, spec = before.slots.get(slot), script.slots.get(slot)
    return slot in script.keeps and spec is not None and held is not None and spec.kind == held.kind


# --- and back ------------------------------------------------------------------------------------------------


def can_call(turn: Turn, name: str) -> bool:
    """Whether a script can be called from where the caller is, and has room for those it calls itself."""
    depth = len(turn.run.frames) + turn.scripts.reach(name)
    return name in turn.scripts.scripts and not turn.run.awaiting and depth <= DEEPEST


def push(turn: Turn, name: str, fills: Mapping[str, SlotValue]) -> str:
    """The script that is on waits where it stands; ``name`` begins. Returns its first step."""
    before, script, waiting = turn.script, turn.scripts.get(name), turn.run
    kept = {slot: held for slot, held in waiting.slots.items() if _kept(slot, before, script)}
    turn.record(WorkflowCalled(script.name, script.digest))
    if name == SHARED:
        turn.learn("reason", before.title)
    proofs = proof_slots(script) if turn.run.facts.get(LAPSED) else ()
    for slot, held in {**kept, **fills}.items():
        spec = script.slots.get(slot)
        # Whoever holds the phone after the line was lost has to say themselves what proves them.
        if spec is not None and slot not in proofs and canonical(spec, held.value, turn):
            _put(turn, slot, held)
    return script.first


def pop(turn: Turn, outcome: str) -> None:
    """The called script is at its end: back to the one that waited, with what it takes from the other."""
    ended = turn.run
    turn.record(WorkflowReturned(ended.script, outcome))
    step = turn.script.steps.get(turn.run.step)
    if isinstance(step, Call) and step.script == ended.script:
        for ours, theirs in step.takes.items():
            held, spec = ended.slots.get(theirs), turn.script.slots[ours]
            if held is not None and canonical(spec, held.value, turn):
                _put(turn, ours, held)


def _put(turn: Turn, slot: str, held: SlotValue) -> None:
    turn.record(SlotFilled(slot, held.value, held.text, held.confidence, held.by, turn.known(slot)))
    if held.confirmed:
        turn.record(SlotConfirmed(slot))


# --- who is calling, and for how long ------------------------------------------------------------------------

LAPSED = "@lapsed"
"""fact: the line was lost since the caller last proved who they are"""


def proof_slots(script: Script) -> tuple[str, ...]:
    """The slots which prove who is calling."""
    return tuple(dict.fromkeys(s for step in script.steps.values() if isinstance(step, Verify) for s in step.by))


# --- versions ------------------------------------------------------------------------------------------------


def migrate(turn: Turn) -> bool:
    """Bring the run to a version that can be loaded, by the script's own table or from its beginning.

    True when it had to be. Values which the version at hand would not take are forgotten.
    """
    run = turn.run
    newest = turn.scripts.scripts.get(run.script)
    if newest is None or not run.version or turn.scripts.has(run.script, run.version):
        return False
    step = _migrated(newest, run.version, run.step)
    turn.record(WorkflowMigrated(newest.name, run.version, newest.digest, step))
    for slot, held in list(run.slots.items()):
        spec = newest.slots.get(slot)
        if spec is None or not canonical(spec, held.value, turn) or objection(spec, held.value, turn):
            turn.clear(slot, "migrated")
    for slot in run.parts:
        turn.clear(slot, "migrated")
    for fact in [fact for fact in turn.run.facts if fact.startswith(("_chose.", "_key.", "_told"))]:
        turn.learn(fact, "")
    return True


def _migrated(script: Script, digest: str, step: str) -> str:
    """Where a call goes on that stood at ``step`` of the version ``digest``: the first step where nothing is said."""
    table = next((m.steps for m in script.migrations if digest.startswith(m.digest)), None)
    if table is None:
        return script.first
    wanted = table.get(step, step)
    return wanted if wanted in script.steps else script.first
