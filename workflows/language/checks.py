"""What a script that can be read is still refused for: dead ends, promises without a receipt, loops without an exit."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from workflows.language.catalogue import ActionSpec
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
    Step,
)  # fmt: skip
from workflows.language.nodes import Problem, suggestion

Edge = tuple[str, str]
"""target step, and the action which was committed on the way there (or empty)"""


def edges(step: Step) -> list[Edge]:
    """Where a step can lead."""
    match step:
        case Say() | Collect():
            return [(step.then, "")]
        case Confirm():
            return [(step.then, ""), (step.declined, "")]
        case Act():
            committed = step.action if step.writes else ""
            return [(step.then, committed), *((target, "") for target in step.refused.values())]
        case Decide():
            return [*((case.then, "") for case in step.cases), (step.otherwise, "")]
        case Choose():
            targets = [intent.then for intent in step.intents] + [step.yes, step.no]
            return [(target, "") for target in targets if target]
        case HandOver():
            return [(step.otherwise, "")] if step.otherwise else []
        case Start() | End():
            return []


def lines_of(step: Step) -> Iterator[Line]:
    """Every line a step can say."""
    match step:
        case Say() | End():
            yield from step.lines
        case Act():
            yield from [step.filler] if step.filler else []
        case Start() | HandOver():
            yield from [step.line] if step.line else []
        case Collect() | Confirm() | Choose():
            yield step.ask
            yield from (*step.ladder.no_match, *step.ladder.silence)
            yield from [step.ladder.keys] if step.ladder.keys else []
            if isinstance(step, Confirm) and step.change:
                yield step.change
        case Decide():
            pass


def _reached(steps: Mapping[str, Step], start: str, without: str = "") -> set[str]:
    """Steps that can be reached, never over a commit of the action ``without``."""
    seen: set[str] = set()
    todo = [start]
    while todo:
        name = todo.pop()
        if name in seen or name not in steps:
            continue
        seen.add(name)
        todo += [target for target, action in edges(steps[name]) if not (action and action == without)]
    return seen


def committed_by_step(steps: Mapping[str, Step], on_cancel: str) -> dict[str, tuple[str, ...]]:
    """For every step the writing actions that have been committed on each way to it, in the order written."""
    starts = [next(iter(steps)), on_cancel]
    writing = dict.fromkeys(step.action for step in steps.values() if isinstance(step, Act) and step.writes)
    unproven = {a: set().union(*(_reached(steps, start, without=a) for start in starts)) for a in writing}
    return {name: tuple(a for a in writing if name not in unproven[a]) for name in steps}


def check(script: Script, actions: Mapping[str, ActionSpec]) -> list[Problem]:
    """Everything that is wrong with a script whose every part could be read."""
    unknown = list(_unknown_steps(script))
    if unknown:
        return unknown
    return [
        *_unreachable(script),
        *_no_way_out(script),
        *_spinning(script),
        *_unproven(script),
        *_unconfirmed(script),
        *_unread_slots(script),
        *_unread_facts(script, actions),
        *_amongst(script, actions),
    ]


def _problem(script: Script, line: int, reason: str, fix: str) -> Problem:
    return Problem(script.file, line, reason, fix)


def _unknown_steps(script: Script) -> Iterator[Problem]:
    for step in script.steps.values():
        for target, _ in edges(step):
            if target not in script.steps:
                reason = f"step {step.id} leads to {target!r}, which is no step"
                yield _problem(script, step.at, reason, suggestion(target, list(script.steps)))
    if script.on_cancel and script.on_cancel not in script.steps:
        reason = f"on_cancel is {script.on_cancel!r}, which is no step"
        yield _problem(script, 1, reason, suggestion(script.on_cancel, list(script.steps)))


def _unreachable(script: Script) -> Iterator[Problem]:
    reached = _reached(script.steps, script.first)
    if script.on_cancel:
        reached |= _reached(script.steps, script.on_cancel)
    for step in script.steps.values():
        if step.id not in reached:
            yield _problem(script, step.at, f"step {step.id} is never reached", "lead to it with then:, or take it out")


def _no_way_out(script: Script) -> Iterator[Problem]:
    leaving = {s.id for s in script.steps.values() if isinstance(s, End | HandOver | Start)}
    leaving |= {s.id for s in script.steps.values() if isinstance(s, Choose) and any(i.script for i in s.intents)}
    while grown := {
        step.id
        for step in script.steps.values()
        if step.id not in leaving and any(target in leaving for target, _ in edges(step))
    }:
        leaving |= grown
    for step in script.steps.values():
        if step.id not in leaving:
            yield _problem(
                script, step.at, f"no way leads from step {step.id} to an end", "add a step with end: and lead to it"
            )


def _spinning(script: Script) -> Iterator[Problem]:
    """Circles in which the caller is never asked anything and nothing is waited for."""
    silent = {s.id: s for s in script.steps.values() if isinstance(s, Say | Decide)}
    for step in silent.values():
        seen: set[str] = set()
        todo = [target for target, _ in edges(step)]
        while todo:
            name = todo.pop()
            if name == step.id:
                reason = f"step {step.id} comes back to itself without asking anything"
                yield _problem(script, step.at, reason, "put a collect or a choose on the way, or lead elsewhere")
                break
            if name in silent and name not in seen:
                seen.add(name)
                todo += [target for target, _ in edges(silent[name])]


def _unproven(script: Script) -> Iterator[Problem]:
    for step in script.steps.values():
        proven = script.committed[step.id]
        for line in lines_of(step):
            yield from _line_unproven(script, line, proven, f"step {step.id}")
    loose = [(f"topic {t.id}", t.answer) for t in script.topics.values()]
    loose += [(f"wording {key}", line) for key, line in script.wording.items()]
    for what, line in loose:
        yield from _line_unproven(script, line, (), what)


def _line_unproven(script: Script, line: Line, proven: tuple[str, ...], what: str) -> Iterator[Problem]:
    for place in line.places:
        if place.source == "receipt" and place.action not in proven:
            reason = f"{what} speaks of the receipt of {place.action}, which may not have been committed there"
            yield _problem(script, line.at, reason, f"say it only in steps after the then: of act: {place.action}")
    claim = claim_in(line.words)
    if claim and not proven:
        reason = f"{what} claims {claim!r} without a receipt"
        yield _problem(script, line.at, reason, "say it only in steps after the then: of the act which does it")


def _unconfirmed(script: Script) -> Iterator[Problem]:
    """A writing action must come after a yes to everything it is given."""
    for step in script.steps.values():
        if not isinstance(step, Act) or not step.writes:
            continue
        for slot in slots_of(step):
            if script.slots[slot].confirm == "explicit" or _asked_yes(script, slot, step.id):
                continue
            reason = f"step {step.id} does {step.action} with {slot!r}, which nobody has said yes to"
            fix = f"put a step with confirm: [{slot}] before it on every way, or give the slot confirm: explicit"
            yield _problem(script, step.at, reason, fix)


def _asked_yes(script: Script, slot: str, before: str) -> bool:
    asking = {s.id for s in script.steps.values() if isinstance(s, Confirm) and slot in s.slots}
    return _preceded(script, asking, before)


def slots_of(step: Act) -> list[str]:
    """The slots an action is given."""
    return [argument.name for argument in step.arguments.values() if argument.source == "slot"]


def _unread_slots(script: Script) -> Iterator[Problem]:
    """A line must not speak of a slot which may still be empty, nor an action need it."""
    for step in script.steps.values():
        spoken = [(p.name, line.at) for line in lines_of(step) for p in line.places if p.source == "slot"]
        if isinstance(step, Collect):
            spoken = [(name, at) for name, at in spoken if name != step.slot]
        for slot, at in dict.fromkeys(spoken):
            if not _collected(script, slot, step.id):
                reason = f"step {step.id} speaks of {slot!r}, which may not be known there"
                yield _problem(script, at, reason, f"collect {slot} before it on every way")
    for topic in script.topics.values():
        for place in topic.answer.places:
            if place.source in ("slot", "fact"):
                reason = f"topic {topic.id} speaks of {place.name!r}, which may not be known when it is asked"
                yield _problem(script, topic.answer.at, reason, "answer in words which are always true")


def _unread_facts(script: Script, actions: Mapping[str, ActionSpec]) -> Iterator[Problem]:
    finding: dict[str, set[str]] = {}
    for step in script.steps.values():
        for fact in actions[step.action].finds if isinstance(step, Act) else ():
            finding.setdefault(fact, set()).add(step.id)
    for step in script.steps.values():
        for line in lines_of(step):
            for place in line.places:
                if place.source == "fact" and not _preceded(script, finding[place.name], step.id):
                    reason = f"step {step.id} speaks of {place.name!r}, which may not have been looked up there"
                    yield _problem(script, line.at, reason, "put the act which finds it before, on every way")


def _collected(script: Script, slot: str, before: str) -> bool:
    asking = {s.id for s in script.steps.values() if isinstance(s, Collect) and s.slot == slot}
    return _preceded(script, asking, before)


def _preceded(script: Script, asking: set[str], before: str) -> bool:
    """Whether every way to step ``before`` leads through one of ``asking``; the step itself does not count."""
    if before in asking:
        asking = asking - {before}
    without = {name: step for name, step in script.steps.items() if name not in asking}
    starts = [start for start in (script.first, script.on_cancel) if start and start not in asking]
    return all(before not in _reached(without, start) for start in starts)


def _amongst(script: Script, actions: Mapping[str, ActionSpec]) -> Iterator[Problem]:
    used = [actions[step.action] for step in script.steps.values() if isinstance(step, Act)]
    known = {fact for spec in used for fact, kind in spec.finds.items() if kind.startswith("list of ")}
    for slot in script.slots.values():
        if slot.among and slot.among not in known:
            reason = f"slot {slot.name} has to stand among {slot.among!r}, which no action of this script finds"
            yield _problem(script, slot.at, reason, suggestion(slot.among, sorted(known)))
