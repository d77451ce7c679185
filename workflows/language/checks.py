"""What a script that can be read is still refused for: dead ends, promises without a receipt, loops without an exit.

These are firm: no server uses such a script, and no comment excuses it. ``workflows.lint`` looks for more.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from workflows.language.catalogue import ActionSpec
from workflows.language.checking import Checks, Found, Subject
from workflows.language.claims import claim_in
from workflows.language.model import (
    Act,
    Choose,
    Collect,
    Confirm,
    Decide,
    End,
    HandOver,
    Line,
    Say,
    Script,
    Start,
    Verify,
)  # fmt: skip
from workflows.language.nodes import Problem, suggestion
from workflows.language.paths import (
    certain_lines,
    edges,
    entries,
    lines_of,
    may_be_empty_at,
    preceded,
    reached,
    slots_of,
    unproven,
)

FIRM = Checks()
"""Every check of this module."""

_UNKNOWN_STEP = "unknown-step"


def check(subject: Subject) -> list[Problem]:
    """Everything that is wrong with a script whose every part could be read."""
    problems: list[Problem] = []
    for item in FIRM.all:
        problems += item.run(subject)
        if problems and item.id == _UNKNOWN_STEP:
            break  # no other question can be asked of steps which are not there
    return problems


@FIRM.add(_UNKNOWN_STEP, firm=True)
def unknown_step(subject: Subject) -> Iterator[Found]:
    """A step, an option or ``on_cancel`` leads to a step that is not there: the call would stop in the middle.

    Fix: name a step of this script; the complaint suggests the nearest.
    """
    script = subject.script
    for step in script.steps.values():
        for target, _ in edges(step):
            if target not in script.steps:
                reason = f"step {step.id} leads to {target!r}, which is no step"
                yield Found(step.at, reason, suggestion(target, list(script.steps)))
    for key, target in (("on_cancel", script.on_cancel), ("on_change", script.on_change), ("on_undo", script.on_undo)):
        if target and target not in script.steps:
            node = subject.root.fields("a script").get(key)
            reason = f"{key} is {target!r}, which is no step"
            yield Found(node.line if node else 1, reason, suggestion(target, list(script.steps)))


@FIRM.add("unreachable-step", firm=True)
def unreachable(subject: Subject) -> Iterator[Found]:
    """No way leads to a step: what it was written for never happens, and a reader believes that it does.

    Fix: lead to it with ``then``, or take it out.
    """
    script = subject.script
    seen: set[str] = set()
    for start in entries(script):
        seen |= reached(script.steps, start)
    for step in script.steps.values():
        if step.id not in seen:
            yield Found(step.at, f"step {step.id} is never reached", "lead to it with then:, or take it out")


@FIRM.add("dead-end", firm=True)
def no_way_out(subject: Subject) -> Iterator[Found]:
    """From a step no way leads to an end, a person or another script: a loop without exit, the call never ends.

    Fix: add a step with ``end`` and lead to it.
    """
    steps = subject.script.steps
    leaving = {s.id for s in steps.values() if isinstance(s, End | HandOver | Start)}
    leaving |= {s.id for s in steps.values() if isinstance(s, Choose) and any(i.script for i in s.intents)}
    while grown := {
        step.id
        for step in steps.values()
        if step.id not in leaving and any(target in leaving for target, _ in edges(step))
    }:
        leaving |= grown
    for step in steps.values():
        if step.id not in leaving:
            yield Found(step.at, f"no way leads from step {step.id} to an end", "add a step with end: and lead to it")


@FIRM.add("loop-without-question", firm=True)
def spinning(subject: Subject) -> Iterator[Found]:
    """A circle in which the caller is never asked anything and nothing is waited for: the agent would talk for ever.

    Fix: put a ``collect`` or a ``choose`` on the way, or lead elsewhere.
    """
    silent = {s.id: s for s in subject.script.steps.values() if isinstance(s, Say | Decide)}
    for step in silent.values():
        seen: set[str] = set()
        todo = [target for target, _ in edges(step)]
        while todo:
            name = todo.pop()
            if name == step.id:
                reason = f"step {step.id} comes back to itself without asking anything"
                yield Found(step.at, reason, "put a collect or a choose on the way, or lead elsewhere")
                break
            if name in silent and name not in seen:
                seen.add(name)
                todo += [target for target, _ in edges(silent[name])]


def _spoken(script: Script) -> Iterator[tuple[Line, tuple[str, ...], str]]:
    """Every line, the actions committed when it is said, and where it stands."""
    for step in script.steps.values():
        for line in lines_of(step):
            yield line, script.committed[step.id], f"step {step.id}"
    for topic in script.topics.values():
        yield topic.answer, (), f"topic {topic.id}"
    for key, line in script.wording.items():
        yield line, (), f"wording {key}"


@FIRM.add("receipt-too-early", firm=True)
def receipt_too_early(subject: Subject) -> Iterator[Found]:
    """A line speaks of a receipt where the action may not have been committed: there is nothing to read out.

    Fix: say it only in steps after the ``then`` of the action, on every way.
    """
    for line, proven, what in _spoken(subject.script):
        for place in line.places:
            if place.source == "receipt" and place.action not in proven:
                reason = f"{what} speaks of the receipt of {place.action}, which may not have been committed there"
                yield Found(line.at, reason, f"say it only in steps after the then: of act: {place.action}")


@FIRM.add("claim-without-receipt", firm=True)
def claim_without_receipt(subject: Subject) -> Iterator[Found]:
    """A line claims that something was done ("you are booked") where nothing may have been: it would be a lie.

    Fix: say it only in steps after the ``then`` of the action which does it.
    """
    for line, proven, what in _spoken(subject.script):
        claim = claim_in(line.words)
        if claim and not proven:
            reason = f"{what} claims {claim!r} without a receipt"
            yield Found(line.at, reason, "say it only in steps after the then: of the act which does it")


@FIRM.add("side-effect-without-confirmation", firm=True)
def unconfirmed(subject: Subject) -> Iterator[Found]:
    """Something is changed in the world with a value nobody has said yes to: a misheard time becomes a booking.

    Fix: put a ``confirm`` with the slot before the action on every way, or give the slot ``confirm: explicit``.
    """
    script = subject.script
    for step in script.steps.values():
        if not isinstance(step, Act) or not step.writes or step.tentative:
            continue
        for slot in slots_of(step):
            asking = {s.id for s in script.steps.values() if isinstance(s, Confirm) and slot in s.slots}
            if script.slots[slot].confirm == "explicit" or preceded(script, asking, step.id):
                continue
            reason = f"step {step.id} does {step.action} with {slot!r}, which nobody has said yes to"
            fix = f"put a step with confirm: [{slot}] before it on every way, or give the slot confirm: explicit"
            yield Found(step.at, reason, fix)


@FIRM.add("slot-read-before-set", firm=True)
def unread_slots(subject: Subject) -> Iterator[Found]:
    """A line speaks of a slot which may still be empty there: the caller would hear a sentence with a hole.

    Fix: collect the slot before it on every way, or lead there from a branch on the slot.
    """
    script = subject.script
    for step in script.steps.values():
        spoken = [(p.name, line.at) for line in certain_lines(step) for p in line.places if p.source == "slot"]
        if isinstance(step, Collect):
            spoken = [(name, at) for name, at in spoken if name != step.slot]
        for slot, at in dict.fromkeys(spoken):
            if may_be_empty_at(script, slot, {s.id for s in script.steps.values() if _asks(s, slot)}, step.id):
                reason = f"step {step.id} speaks of {slot!r}, which may not be known there"
                fix = f"collect {slot} before it on every way, or decide with slot: {slot} and known: true"
                yield Found(at, reason, fix)
    for topic in script.topics.values():
        for place in topic.answer.places:
            if place.source in ("slot", "fact"):
                reason = f"topic {topic.id} speaks of {place.name!r}, which may not be known when it is asked"
                yield Found(topic.answer.at, reason, "answer in words which are always true")


def _asks(step: object, slot: str) -> bool:
    if isinstance(step, Say):
        return slot in step.sets
    return (isinstance(step, Collect) and step.slot == slot) or (isinstance(step, Verify) and slot in step.by)


@FIRM.add("fact-before-look-up", firm=True)
def unread_facts(subject: Subject) -> Iterator[Found]:
    """A line speaks of a fact which may not have been looked up there.

    Fix: put the action which finds it before the line, on every way.
    """
    script = subject.script
    finding: dict[str, set[str]] = {}
    for step in script.steps.values():
        for fact in subject.actions[step.action].finds if isinstance(step, Act) else ():
            finding.setdefault(fact, set()).add(step.id)
    for step in script.steps.values():
        for line in certain_lines(step):
            for place in line.places:
                if place.source == "fact" and not preceded(script, finding.get(place.name, set()), step.id):
                    reason = f"step {step.id} speaks of {place.name!r}, which may not have been looked up there"
                    yield Found(line.at, reason, "put the act which finds it before, on every way")


@FIRM.add("among-without-find", firm=True)
def amongst(subject: Subject) -> Iterator[Found]:
    """A slot has to stand among the members of a list which no action of the script finds: every answer is refused.

    Fix: name a list that an action of this script finds, and look it up before the slot is collected.
    """
    actions: Mapping[str, ActionSpec] = subject.actions
    used = [actions[step.action] for step in subject.script.steps.values() if isinstance(step, Act)]
    known = {fact: kind for spec in used for fact, kind in spec.finds.items() if kind.startswith("list of ")}
    for slot in subject.script.slots.values():
        if slot.among and slot.among not in known:
            reason = f"slot {slot.name} has to stand among {slot.among!r}, which no action of this script finds"
            yield Found(slot.at, reason, suggestion(slot.among, sorted(known)))
        elif slot.among and known[slot.among] != f"list of {slot.kind}":
            reason = f"slot {slot.name}, a {slot.kind}, has to stand among {slot.among!r}, a {known[slot.among]}"
            fits = sorted(fact for fact, kind in known.items() if kind == f"list of {slot.kind}")
            yield Found(slot.at, reason, suggestion(slot.among, fits))


@FIRM.add("personal-without-verify", firm=True)
def personal_without_verify(subject: Subject) -> Iterator[Found]:
    """A step does, says or branches on something of a person's record, and there is a way to it on which nobody proved
    who they are: whoever knows a name hears about somebody else's appointments.

    Fix: put a step with `verify` before it on every way.
    """
    script = subject.script
    open_to_all = _without_proof(script)
    for step in script.steps.values():
        if step.id in script.personal and step.id in open_to_all:
            reason = f"step {step.id} is about a person's record, and the caller may not be verified there"
            yield Found(step.at, reason, "put a step with verify: before it, on every way")


def _without_proof(script: Script) -> set[str]:
    """Steps that can be reached without passing a proof."""
    seen = unproven(script, [name for name in (script.first, script.on_cancel) if name])
    late = [name for name in (script.on_change, script.on_undo) if name]
    # These two are entered where something has been done; that may be a thing which only a verified caller can do.
    return unproven(script, [*seen, *late]) if any(script.committed.get(name) for name in seen) else seen
