"""Checks of what callers can choose, and of what a script declares and never uses."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from workflows.language.checking import Checks, Found, Severity, Subject
from workflows.language.model import Act, Call, Choose, Collect, Confirm, Decide, Open, Say, Slot, Start, Verify
from workflows.language.paths import lines_of
from workflows.lint.view import case_line, place_of, plain, questions, written

CHOICES = Checks()


@dataclass(frozen=True, slots=True)
class _Way:
    """A phrase, what it leads to, and where it stands."""

    phrase: str
    owner: str
    line: int


@CHOICES.add("duplicate-phrasing")
def duplicate_phrasing(subject: Subject) -> Iterator[Found]:
    """Two intents of one question, or two topics, are asked for in the same words: which of them is meant would be a
    matter of chance.

    Fix: keep the phrase with one of them.
    """
    for step in questions(subject):
        if isinstance(step, Choose):
            yield from _same(
                [_Way(way, f"intent {intent.id}", place_of(subject, "steps", step.id, "choose", intent.id))
                 for intent in step.intents for way in intent.says]
            )  # fmt: skip
    topics = [_Way(way, f"topic {topic.id}", place_of(subject, "topics", topic.id))
              for topic in subject.script.topics.values() for way in topic.says]  # fmt: skip
    yield from _same(topics)
    for name, other in subject.scripts.items():
        if name != subject.script.name:
            theirs = [_Way(way, f"script {name}", 0) for way in other.says]
            own = [_Way(way, "this script", place_of(subject, "says")) for way in subject.script.says]
            yield from _same([*theirs, *own])


def _same(ways: list[_Way]) -> Iterator[Found]:
    first: dict[str, _Way] = {}
    for way in ways:
        known = first.setdefault(plain(way.phrase), way)
        if known.owner != way.owner:
            reason = f"{way.phrase!r} asks for {way.owner} and for {known.owner}"
            yield Found(way.line, reason, "keep it with one of them")


@CHOICES.add("overlapping-options")
def overlapping_options(subject: Subject) -> Iterator[Found]:
    """Two options of a choice are said in the same words: the caller's answer could be either.

    Fix: keep the words with one option, or make them longer.
    """
    for slot in subject.script.slots.values():
        ways = [_Way(way, f"option {option.id}", place_of(subject, "slots", slot.name, "options", option.id))
                for option in slot.options for way in option.says]  # fmt: skip
        yield from _same(ways)


@CHOICES.add("unused-slot", Severity.warning)
def unused_slot(subject: Subject) -> Iterator[Found]:
    """A slot is declared and never asked for, or asked for and never used: callers would be asked in vain.

    Fix: take the slot out, or use what it holds.
    """
    script = subject.script
    filled, used = _filled(subject), _used(subject)
    for slot in script.slots.values():
        line = place_of(subject, "slots", slot.name)
        if slot.name not in filled:
            yield Found(line, f"slot {slot.name} is never asked for", "collect it, or take it out")
        elif slot.name not in used:
            yield Found(line, f"slot {slot.name} is never used", "use what it holds, or take it out")


def _filled(subject: Subject) -> set[str]:
    found: set[str] = set()
    for step in subject.script.steps.values():
        if isinstance(step, Collect):
            found.add(step.slot)
        elif isinstance(step, Verify):
            found |= set(step.by)
        elif isinstance(step, Call):
            # What is handed on is asked for there, unless the caller has told it before.
            found |= set(step.takes) | {slot for given in step.fills.values() for slot in given.slots}
        elif isinstance(step, Say):
            found |= set(step.sets)
        elif isinstance(step, Open):
            found |= {step.question}
    for other in subject.scripts.values():
        for step in other.steps.values():
            if isinstance(step, Start | Call) and step.script == subject.script.name:
                found |= set(step.fills)
    return found


def _used(subject: Subject) -> set[str]:
    script = subject.script
    found = {slot for note in script.notes.values() for slot in note.source.slots}
    for step in script.steps.values():
        asked = step.slot if isinstance(step, Collect) else ""
        found |= {p.name for line in lines_of(step) for p in line.places if p.source == "slot" and p.name != asked}
        if isinstance(step, Act):
            found |= {slot for argument in step.arguments.values() for slot in argument.slots}
        elif isinstance(step, Call):
            found |= {slot for argument in step.fills.values() for slot in argument.slots}
        elif isinstance(step, Say):
            found |= {slot for argument in step.sets.values() for slot in argument.slots}
        elif isinstance(step, Decide):
            found |= {case.subject for case in step.cases if case.source == "slot"}
        elif isinstance(step, Verify):
            found |= set(step.by)
    for other in subject.scripts.values():
        for step in other.steps.values():
            if isinstance(step, Call) and step.script == script.name:
                found |= set(step.takes.values())
    return found


@CHOICES.add("unused-topic", Severity.warning)
def unused_topic(subject: Subject) -> Iterator[Found]:
    """No step lets the caller go to a topic: its question would never be answered.

    Fix: add it to the `digressions` of a step, or take it out.
    """
    asked = questions(subject)
    allowed = [step.manner.digressions for step in asked]
    if not asked or any(names is None for names in allowed):
        return
    reachable = {name for names in allowed for name in names or ()}
    for topic in subject.script.topics.values():
        if topic.id not in reachable:
            line = place_of(subject, "topics", topic.id)
            yield Found(line, f"topic {topic.id} can be asked nowhere", "add it to the digressions of a step")


@CHOICES.add("option-not-told-apart", Severity.warning)
def option_not_told_apart(subject: Subject) -> Iterator[Found]:
    """Two options of a choice lead to the same place and are used for nothing else: the caller chooses, and nothing
    depends on it.

    Fix: give each its branch, or make them one option.
    """
    for slot in subject.script.slots.values():
        branches = [step for step in subject.script.steps.values()
                    if isinstance(step, Decide) and any(_about(case, slot) for case in step.cases)]  # fmt: skip
        if len(slot.options) < 2 or not branches or _spent(subject, slot):
            continue
        ways: dict[tuple[str, ...], str] = {}
        for option in slot.options:
            led = tuple(_target(step, slot, option.id) for step in branches)
            if led in ways:
                line = place_of(subject, "slots", slot.name, "options", option.id)
                reason = f"options {ways[led]} and {option.id} of {slot.name} lead to the same"
                yield Found(line, reason, "give each its branch, or make them one")
            ways.setdefault(led, option.id)


def _about(case: object, slot: Slot) -> bool:
    return getattr(case, "source", "") == "slot" and getattr(case, "subject", "") == slot.name


def _target(step: Decide, slot: Slot, option: str) -> str:
    for case in step.cases:
        if _about(case, slot) and (option in case.values or case.known is True):
            return case.then
    return step.otherwise


def _spent(subject: Subject, slot: Slot) -> bool:
    """Whether a choice goes anywhere but into branches: into an action, a line, another script, a field."""
    for step in subject.script.steps.values():
        if isinstance(step, Act | Call):
            given = step.arguments if isinstance(step, Act) else step.fills
            if any(slot.name in argument.slots for argument in given.values()):
                return True
        if any(p.source == "slot" and p.name == slot.name for line in lines_of(step) for p in line.places):
            return True
    return any(slot.name in note.source.slots for note in subject.script.notes.values())


@CHOICES.add("branch-never-taken")
def branch_never_taken(subject: Subject) -> Iterator[Found]:
    """A branch asks for what an earlier branch of the same step has taken already: it is never taken.

    Fix: take it out, or correct the value.
    """
    for step in written(subject):
        if not isinstance(step, Decide):
            continue
        taken: set[tuple[str, str, str]] = set()
        for number, case in enumerate(step.cases):
            asked = {(case.source, case.subject, str(value)) for value in case.values}
            asked |= {(case.source, case.subject, f"known {case.known}")} if case.known is not None else set()
            if asked <= taken or (case.values and (case.source, case.subject, "known True") in taken):
                reason = f"branch {number + 1} of step {step.id} is never taken"
                yield Found(case_line(subject, step.id, number), reason, "take it out, or correct its value")
            taken |= asked


@CHOICES.add("pointless-branch", Severity.warning)
def pointless_branch(subject: Subject) -> Iterator[Found]:
    """Every branch of a step leads to the same step: the decision changes nothing, and one of them is likely wrong.

    Fix: lead the branches to different steps, or take the step out.
    """
    for step in written(subject):
        if isinstance(step, Decide) and {case.then for case in step.cases} == {step.otherwise}:
            yield Found(step.at, f"every branch of step {step.id} leads to {step.otherwise}", "take the step out")


@CHOICES.add("limits-reversed")
def limits_reversed(subject: Subject) -> Iterator[Found]:
    """The least a slot may be is more than the most: every answer would be refused.

    Fix: exchange `minimum` and `maximum`, or correct one.
    """
    for slot in subject.script.slots.values():
        least, most = _size(slot.minimum), _size(slot.maximum)
        if least is not None and most is not None and least[0] == most[0] and least > most:
            line = place_of(subject, "slots", slot.name, "minimum")
            reason = f"minimum {slot.minimum} of slot {slot.name} is above its maximum {slot.maximum}"
            yield Found(line, reason, "exchange them, or correct one")


def _size(limit: str | None) -> tuple[str, float, str] | None:
    """A limit with its scale: days from today, a number, or text that sorts as dates and times do."""
    if limit is None:
        return None
    if limit.startswith("today"):
        return "days", float(limit.removeprefix("today") or 0), ""
    try:
        return "number", float(limit), ""
    except ValueError:
        return "written", 0.0, limit


@CHOICES.add("unconfirmed-change", Severity.warning)
def unconfirmed_change(subject: Subject) -> Iterator[Found]:
    """Several values are read back at once, and a plain no is answered with the house's "what would you like to
    change?", which does not say what can be.

    Fix: add `change`, naming what can be changed. With up to four values they are remembered without.
    """
    for step in questions(subject):
        if isinstance(step, Confirm) and len(step.slots) > 4 and step.change is None:
            yield Found(
                step.at, f"step {step.id} reads back {len(step.slots)} values and has no change:", "add change:"
            )
