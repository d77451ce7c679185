"""Checks of what is done in the world: agreed before, told after, and refused without a circle."""

from __future__ import annotations

from collections.abc import Iterator

from spoken import Kind
from workflows.language.checking import Checks, Found, Severity, Subject
from workflows.language.model import SHARED, Act, Call, Choose, Collect, Confirm, Decide, End, Say, Script, Step
from workflows.language.paths import edges, leads_while_empty, lines_of, preceded, slots_of
from workflows.lint.view import case_line, place_of, reaches_person, ways_from, written

PROMISES = Checks()


@PROMISES.add("declined-does-it-anyway")
def declined_does_it(subject: Subject) -> Iterator[Found]:
    """After the second no to a read-back the way leads to the very action that was declined, with no question between.

    Fix: lead `declined` to words that say nothing was done, or ask again before the action.
    """
    script = subject.script
    for step in script.steps.values():
        if not isinstance(step, Confirm):
            continue
        for act in _acts_without_question(script, step.declined):
            if set(step.slots) & set(slots_of(act)) or not slots_of(act):
                reason = f"a no to step {step.id} leads to {act.action}"
                yield Found(place_of(subject, "steps", step.id, "declined"), reason, "lead declined: elsewhere")
                break


def _acts_without_question(script: Script, start: str) -> list[Act]:
    seen: set[str] = set()
    todo, found = [start], []
    while todo:
        step = script.steps.get(todo.pop())
        if step is None or step.id in seen:
            continue
        seen.add(step.id)
        if isinstance(step, Act) and step.writes and not step.tentative:
            found.append(step)
        if not isinstance(step, Confirm | Choose | Collect | End):
            todo += [target for target, _ in edges(step)]
    return found


@PROMISES.add("act-without-question")
def act_without_question(subject: Subject) -> Iterator[Found]:
    """Something is changed in the world that takes no value from the caller, and nothing was asked before it: nobody
    has agreed to it.

    Fix: ask first, with a `confirm`, a `choose` with `yes`, or a `collect` of a yes or no.
    """
    script = subject.script
    asking = {step.id for step in script.steps.values() if _asks_yes(script, step)}
    for step in written(subject):
        if not isinstance(step, Act) or not step.writes or step.tentative or slots_of(step):
            continue
        if not preceded(script, asking, step.id):
            reason = f"step {step.id} does {step.action}, and nobody was asked"
            yield Found(step.at, reason, "ask before it, on every way")


def _asks_yes(script: Script, step: Step) -> bool:
    if isinstance(step, Collect):
        return script.slots[step.slot].kind in (Kind.yes_no, Kind.choice, Kind.free_text)
    return isinstance(step, Confirm) or (isinstance(step, Choose) and bool(step.yes))


@PROMISES.add("refusal-loop")
def refusal_loop(subject: Subject) -> Iterator[Found]:
    """A refusal leads back to the same action with the same values: the caller is asked nothing, and it is tried
    without end.

    Fix: forget what has to change with `clears` before it is collected again.
    """
    for step in written(subject):
        for code, target in step.refused.items() if isinstance(step, Act) else ():
            if isinstance(step, Act) and _returns(subject.script, step, target):
                line = place_of(subject, "steps", step.id, "refused", code)
                reason = f"after {code!r} step {step.id} is tried again with the same values"
                yield Found(line, reason, "clear a slot with clears: on the way, and collect it again")


def _returns(script: Script, act: Act, start: str) -> bool:
    """Whether a way leads back on which every value collected is still known."""
    todo: list[tuple[str, frozenset[str]]] = [(start, frozenset())]
    seen: set[tuple[str, frozenset[str]]] = set()
    while todo:
        state = todo.pop()
        name, cleared = state
        if name == act.id:
            return True
        if state in seen:
            continue
        seen.add(state)
        step = script.steps.get(name)
        if isinstance(step, Say):
            todo.append((step.then, cleared | set(step.clears)))
        elif isinstance(step, Decide):
            todo += [(target, cleared) for target, _ in edges(step)]
        elif isinstance(step, Collect) and step.slot not in cleared and step.slot in _known_at(script, act):
            todo.append((step.then, cleared))
    return False


def _known_at(script: Script, act: Act) -> set[str]:
    collected = {step.slot for step in script.steps.values() if isinstance(step, Collect)}
    asks = {
        slot: {s.id for s in script.steps.values() if isinstance(s, Collect) and s.slot == slot} for slot in collected
    }
    return {slot for slot in collected if preceded(script, asks[slot], act.id)}


@PROMISES.add("refusal-without-way-out")
def refusal_without_way_out(subject: Subject) -> Iterator[Found]:
    """An action that does not answer ends the call: the caller is sent away with nothing, where a person or a message
    could have helped.

    Fix: lead the refusal to a person, a message, or the script `callback`.
    """
    if subject.script.name == SHARED:
        return
    for step in written(subject):
        if not isinstance(step, Act) or subject.actions[step.action].leaves_trace:
            continue
        for code in ("unavailable", "else"):
            target = step.refused.get(code, "")
            beside = target == step.then and subject.script.committed.get(step.id)  # what they rang for is done
            if target and not beside and _only_ends(subject.script, target):
                line = place_of(subject, "steps", step.id, "refused", code)
                reason = f"when {step.action} is refused with {code!r}, the call just ends"
                yield Found(line, reason, "offer a person, a message or a call back first")


def _only_ends(script: Script, start: str) -> bool:
    step = script.steps.get(start)
    while isinstance(step, Say):
        step = script.steps.get(step.then)
    return isinstance(step, End)


@PROMISES.add("false-disposition")
def false_disposition(subject: Subject) -> Iterator[Found]:
    """A call is filed as if something had been done (`end: booked`) where it may not have been: the figures lie.

    Fix: file it as `declined` or `answered`, or lead there only after the action.
    """
    script = subject.script
    owners: dict[str, set[str]] = {}
    for spec in subject.actions.values():
        if spec.outcome:
            owners.setdefault(spec.outcome, set()).add(spec.name)
    if any(isinstance(step, Call) for step in script.steps.values()):
        return  # what a called script has done is filed by it
    for step in written(subject):
        if not isinstance(step, End) or step.disposition not in owners:
            continue
        if not owners[step.disposition] & set(script.committed.get(step.id, ())):
            reason = f"step {step.id} files the call as {step.disposition!r}, which may not have been done"
            yield Found(step.at, reason, "use another disposition, or lead there only after the action")


@PROMISES.add("end-without-words", Severity.warning)
def end_without_words(subject: Subject) -> Iterator[Found]:
    """A call ends without a word: the caller hears the line drop and calls again.

    Fix: add `say` with a goodbye.
    """
    for step in written(subject):
        if isinstance(step, End) and not step.lines:
            yield Found(step.at, f"step {step.id} ends the call without a word", "add say: with a goodbye")


@PROMISES.add("code-not-told", Severity.warning)
def code_not_told(subject: Subject) -> Iterator[Found]:
    """An action leaves a code that the caller needs later to prove who they are, and no line reads it out.

    Fix: say `{receipt.code}` after the action, with `must_say: true`.
    """
    script = subject.script
    told = {p.action for step in script.steps.values() for line in lines_of(step) for p in line.places
            if p.source == "receipt" and p.name == "code"}  # fmt: skip
    for step in written(subject):
        spec = subject.actions[step.action] if isinstance(step, Act) else None
        if spec and "code" in spec.receipt and not spec.personal and spec.name not in told:
            reason = f"step {step.id} leaves a code which no line tells the caller"
            yield Found(step.at, reason, "say {receipt.code} after it")


@PROMISES.add("missing-filler", Severity.warning)
def missing_filler(subject: Subject) -> Iterator[Found]:
    """An action that may take longer than a second is waited for in silence: the caller believes the line is dead.

    Fix: add `say`, such as "One moment, please."
    """
    for step in written(subject):
        if isinstance(step, Act) and subject.actions[step.action].slow and step.filler is None:
            yield Found(step.at, f"step {step.id} waits for {step.action} in silence", "add say: One moment, please.")


@PROMISES.add("missing-on-cancel", Severity.warning)
def missing_on_cancel(subject: Subject) -> Iterator[Found]:
    """A script that changes something does not say where a caller goes who changes their mind: they hear the house's
    words, which do not say that nothing was done.

    Fix: add `on_cancel` with a step that says so.
    """
    script = subject.script
    if not script.on_cancel and any(isinstance(s, Act) and s.writes and not s.tentative for s in written(subject)):
        yield Found(1, "the script has no on_cancel", "add on_cancel: STEP, a step that says nothing was done")


@PROMISES.add("slot-read-after-clear")
def read_after_clear(subject: Subject) -> Iterator[Found]:
    """A line speaks of a slot which was forgotten on the way there and not asked for again: it would have a hole.

    Fix: collect the slot between, or do not clear it.
    """
    script = subject.script
    for step in script.steps.values():
        for slot in step.clears if isinstance(step, Say) else ():
            for name in sorted(_until_collected(script, step.then if isinstance(step, Say) else "", slot)):
                for line in lines_of(script.steps[name]):
                    if any(place.source == "slot" and place.name == slot for place in line.places):
                        reason = f"step {name} speaks of {slot!r}, which step {step.id} has cleared"
                        yield Found(line.at, reason, f"collect {slot} between them")


def _until_collected(script: Script, start: str, slot: str) -> set[str]:
    asking = {s.id for s in script.steps.values() if isinstance(s, Collect) and s.slot == slot}
    asking |= {s.id for s in script.steps.values() if isinstance(s, Confirm) and slot in s.slots}
    asking |= {s.id for s in script.steps.values() if isinstance(s, Say) and slot in s.sets}
    seen: set[str] = set()
    todo = [start]
    while todo:
        name = todo.pop()
        if name in script.steps and name not in seen and name not in asking:
            seen.add(name)
            todo += leads_while_empty(script.steps[name], slot)
    return seen


@PROMISES.add("human-unreachable")
def human_unreachable(subject: Subject) -> Iterator[Found]:
    """No way of a script leads to a person, a message or a call back; or an option that asks for a person leads to
    none. Whoever the script cannot help is lost.

    Fix: add a step with `hand_over: human` or `message`, and lead to it.
    """
    script = subject.script
    if script.name == SHARED:
        return
    starts = [name for name in (script.first, script.on_cancel) if name]
    reached = set[str]().union(*(ways_from(script, name) for name in starts))
    if not any(reaches_person(script.steps[name], SHARED) for name in reached):
        yield Found(1, "no way leads to a person or a message", "add a step with hand_over: human, and lead to it")
    for line, what, target in _wishes(subject):
        if target in script.steps and not any(
            reaches_person(script.steps[n], SHARED) for n in ways_from(script, target)
        ):
            yield Found(line, f"{what} asks for a person and leads to none", "lead it to a step with hand_over: human")


_PEOPLE = frozenset({"person", "human", "agent", "somebody", "someone", "representative", "operator", "colleague"})


def _wishes(subject: Subject) -> Iterator[tuple[int, str, str]]:
    """What callers choose when they want a person, and the step it leads to."""
    script = subject.script
    for step in written(subject):
        if isinstance(step, Choose):
            for intent in step.intents:
                if _wants_person(intent.id, intent.says) and intent.then:
                    line = place_of(subject, "steps", step.id, "choose", intent.id)
                    yield line, f"intent {intent.id}", intent.then
        if not isinstance(step, Decide):
            continue
        for number, case in enumerate(step.cases):
            slot = script.slots.get(case.subject) if case.source == "slot" else None
            for option in slot.options if slot else ():
                if option.id in case.values and _wants_person(option.id, option.says):
                    yield case_line(subject, step.id, number), f"option {option.id}", case.then
        yield from _left_over(subject, step)


def _left_over(subject: Subject, step: Decide) -> Iterator[tuple[int, str, str]]:
    for name in {case.subject for case in step.cases if case.source == "slot"}:
        taken = {value for case in step.cases if case.subject == name for value in case.values}
        for option in subject.script.slots[name].options:
            if option.id not in taken and _wants_person(option.id, option.says):
                yield step.at, f"option {option.id}", step.otherwise


def _wants_person(name: str, says: tuple[str, ...]) -> bool:
    return name in _PEOPLE or any(set(way.lower().split()) <= _PEOPLE | {"a", "an", "the"} for way in says)
