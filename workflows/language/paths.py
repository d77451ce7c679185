"""Ways through a script: where a step leads, what it can say, and what has happened on every way to it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from workflows.language.model import (
    Act,
    Argument,
    Call,
    Choose,
    Collect,
    Confirm,
    Decide,
    End,
    HandOver,
    Line,
    Open,
    Say,
    Script,
    Start,
    Step,
    Verify,
)  # fmt: skip

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
            targets += [step.look_up] if isinstance(step, Open) else []
            return [(target, "") for target in targets if target]
        case Verify():
            return [(target, "") for target in (*step.asks.values(), step.then, step.failed)]
        case Call():
            return [(step.then, "")]
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
        case Start() | Call() | HandOver():
            yield from [step.line] if step.line else []
        case Collect() | Confirm() | Choose():
            yield step.ask
            yield from (*step.ladder.no_match, *step.ladder.silence)
            yield from [line for line in (step.ladder.keys, step.ladder.help) if line is not None]
            if isinstance(step, Confirm) and step.change:
                yield step.change
            if isinstance(step, Open):
                yield from step.own
        case Decide() | Verify():
            pass


def certain_lines(step: Step) -> list[Line]:
    """The lines of a step but those that are left out when something they speak of is not known."""
    perhaps = step.own[:-1] if isinstance(step, Open) else ()
    return [line for line in lines_of(step) if line not in perhaps]


def leads_while_empty(step: Step, slot: str) -> list[str]:
    """Where a step can lead as long as ``slot`` is empty: not along a branch that asks for one of its values."""
    if not isinstance(step, Decide):
        return [target for target, _ in edges(step)]
    found: list[str] = []
    for case in step.cases:
        about = case.source == "slot" and case.subject == slot
        if not about or case.known is False:
            found.append(case.then)
        if about and case.known is False:
            return found
    return [*found, step.otherwise]


def may_be_empty_at(script: Script, slot: str, asking: set[str], before: str) -> bool:
    """Whether a way leads to ``before`` on which ``slot`` got no value: past ``asking`` and past every branch on it."""
    seen: set[str] = set()
    todo = [name for name in (script.first, script.on_cancel) if name]
    while todo:
        name = todo.pop()
        if name == before:
            return True
        if name in script.steps and name not in seen and name not in asking:
            seen.add(name)
            todo += leads_while_empty(script.steps[name], slot)
    return False


def reached(steps: Mapping[str, Step], start: str, without: str = "") -> set[str]:
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
    unproven = {a: set().union(*(reached(steps, start, without=a) for start in starts)) for a in writing}
    return {name: tuple(a for a in writing if name not in unproven[a]) for name in steps}


def entries(script: Script) -> list[str]:
    """The steps at which a script can be entered. The last two only where something has been committed."""
    return [step for step in (script.first, script.on_cancel, script.on_change, script.on_undo) if step]


def personal_steps(steps: Mapping[str, Step], facts: frozenset[str]) -> frozenset[str]:
    """Steps that do, say or branch on something of a person's record. ``facts``: those found there."""
    return frozenset(step.id for step in steps.values() if _is_personal(step, facts))


def is_personal_source(source: Argument, personal: frozenset[str]) -> bool:
    """Whether something is taken from a person's record. ``personal``: actions on it and the facts they find."""
    if source.line is not None:
        return any(place.personal for place in source.line.places)
    if source.source == "receipt":
        return source.name.partition(".")[0] in personal
    return source.source == "fact" and source.name in personal


def _is_personal(step: Step, facts: frozenset[str]) -> bool:
    if isinstance(step, Act) and step.personal:
        return True
    if isinstance(step, Decide) and any(case.source == "fact" and case.subject in facts for case in step.cases):
        return True
    given = step.sets if isinstance(step, Say) else step.fills if isinstance(step, Call) else {}
    if any(is_personal_source(source, facts) for source in given.values()):
        return True
    return any(place.personal for line in lines_of(step) for place in line.places)


def preceded(script: Script, asking: set[str], before: str) -> bool:
    """Whether every way to step ``before`` leads through one of ``asking``; the step itself does not count."""
    if before in asking:
        asking = asking - {before}
    without = {name: step for name, step in script.steps.items() if name not in asking}
    starts = [start for start in (script.first, script.on_cancel) if start and start not in asking]
    return all(before not in reached(without, start) for start in starts)


def slots_of(step: Act) -> list[str]:
    """The slots an action is given."""
    return list(dict.fromkeys(slot for argument in step.arguments.values() for slot in argument.slots))


def unproven(script: Script, starts: Iterable[str]) -> set[str]:
    """Every step that can be reached from ``starts`` while the caller has proved nothing."""
    seen: set[str] = set()
    todo = list(starts)
    while todo:
        name = todo.pop()
        step = script.steps.get(name)
        if step is None or name in seen:
            continue
        seen.add(name)
        if isinstance(step, Verify):
            todo += [*step.asks.values(), step.failed]
        else:
            todo += [target for target, _ in edges(step)]
    return seen
