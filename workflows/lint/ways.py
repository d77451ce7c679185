"""Checks of the ways between scripts: digressions, calls, and names; and of where words lead."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import PurePath

from calls.run import DEEPEST
from workflows.language.checking import Checks, Found, Severity, Subject
from workflows.language.model import Call, Choose, Collect, HandOver, Say, Script, Start
from workflows.language.paths import edges, entries
from workflows.lint.view import place_of, questions, written

WAYS = Checks()


@WAYS.add("self-digression")
def self_digression(subject: Subject) -> Iterator[Found]:
    """A step lets the caller digress to the very script they are in: the call would go in a circle, three deep.

    Fix: take the script's own name out of `digressions`.
    """
    for step in questions(subject):
        if subject.script.name in (step.manner.digressions or ()):
            line = place_of(subject, "steps", step.id, "digressions")
            yield Found(line, f"step {step.id} digresses to its own script", f"take {subject.script.name} out")


@WAYS.add("call-too-deep", firm=True)
def call_too_deep(subject: Subject) -> Iterator[Found]:
    """Scripts call one another more than three deep, or in a circle: the call would be cut off in the middle.

    Fix: end the chain, or use `start`, which does not come back.
    """
    for step in written(subject):
        if isinstance(step, Call):
            chain = _deepest(subject, step.script, (subject.script.name,))
            if len(chain) > DEEPEST + 1 or len(set(chain)) < len(chain):
                yield Found(
                    step.at, f"step {step.id} calls too deep: {' > '.join(chain)}", "use start:, or end the chain"
                )


def _deepest(subject: Subject, name: str, before: tuple[str, ...]) -> tuple[str, ...]:
    chain = (*before, name)
    script = subject.scripts.get(name)
    if name in before or script is None or len(chain) > DEEPEST + 1:
        return chain
    called = dict.fromkeys(step.script for step in script.steps.values() if isinstance(step, Call))
    longer = [_deepest(subject, other, chain) for other in called]
    circles = [found for found in longer if len(set(found)) < len(found)]
    return max(circles or longer, key=len, default=chain)


@WAYS.add("start-of-itself", Severity.warning)
def start_of_itself(subject: Subject) -> Iterator[Found]:
    """A step starts the script it stands in, without asking: everything known is forgotten, and the call begins again.

    Fix: lead to the first step instead. (An intent of a `choose` may start the script anew: the caller asked for it.)
    """
    for step in written(subject):
        if isinstance(step, Start) and step.script == subject.script.name:
            yield Found(step.at, f"step {step.id} starts its own script", f"write then: {subject.script.first} instead")


@WAYS.add("name-differs-from-file", Severity.warning)
def name_differs(subject: Subject) -> Iterator[Found]:
    """A file is not called like the script in it: who looks for the script will not find it.

    Fix: give the file the name of the script.
    """
    stem = PurePath(subject.script.file).stem
    if stem != subject.script.name:
        line = place_of(subject, "script")
        yield Found(
            line, f"the script is {subject.script.name!r}, its file {stem!r}", f"call it {subject.script.name}.yaml"
        )


_GOODBYE = re.compile(r"\b(goodbye|good-bye|bye|bye-bye)\b", re.IGNORECASE)
_PUT_THROUGH = re.compile(
    r"\b(put|putting|connect|connecting|transfer|transferring) you (through|over|to)\b", re.IGNORECASE
)


@WAYS.add("goodbye-goes-on")
def goodbye_goes_on(subject: Subject) -> Iterator[Found]:
    """A step says goodbye, and the call goes on after it: the caller hangs up, and what follows is said to nobody.

    Fix: make it a step with `end`, or take the goodbye out.
    """
    for step in written(subject):
        for line in step.lines if isinstance(step, Say) else ():
            if _GOODBYE.search(line.words):
                yield Found(line.at, f"step {step.id} says goodbye and goes on", "make it a step with end:")


@WAYS.add("hand-over-not-done")
def hand_over_not_done(subject: Subject) -> Iterator[Found]:
    """A line says that the caller is put through, and no hand-over follows: they wait for somebody who does not come.

    Fix: let the step with `hand_over` say it, or lead there.
    """
    steps = subject.script.steps
    for step in written(subject):
        if isinstance(step, Say) and not isinstance(steps.get(step.then), HandOver):
            for line in step.lines:
                if _PUT_THROUGH.search(line.words) and "?" not in line.words:
                    reason = f"step {step.id} says that the caller is put through, and goes on"
                    yield Found(line.at, reason, "say it in a step with hand_over: human")


@WAYS.add("question-never-asked")
def question_never_asked(subject: Subject) -> Iterator[Found]:
    """A step leads to a question whose answer is known on every way there: it is passed over, and the caller is not
    asked again, though the words before it say so.

    Fix: forget the answer with `clears` on the way, or lead past the question.
    """
    script = subject.script
    known = _known_after(script)
    for step in written(subject):
        if isinstance(step, Say | Choose):
            held = known[step.id] - set(step.sets if isinstance(step, Say) else ())
            for target, _ in edges(step):
                following = script.steps.get(target)
                if isinstance(following, Collect) and following.slot in held:
                    reason = f"step {step.id} leads to {target}, whose answer is known, so that it is not asked"
                    yield Found(step.at, reason, f"add clears: [{following.slot}] on the way")


def _known_after(script: Script) -> dict[str, frozenset[str]]:
    """For every step the slots that are known after it on each way."""
    every = frozenset(script.slots)
    after = dict.fromkeys(script.steps, every)
    starts = set(entries(script))
    before: dict[str, list[str]] = {name: [] for name in script.steps}
    for step in script.steps.values():
        for target, _ in edges(step):
            before[target].append(step.id)
    changed = True
    while changed:
        changed = False
        for name, step in script.steps.items():
            ways = [after[source] for source in before[name]] + ([frozenset()] if name in starts else [])
            found = frozenset.intersection(*ways) if ways else every
            if isinstance(step, Collect):
                found |= {step.slot}
            elif isinstance(step, Say):
                found = (found - set(step.clears)) | set(step.sets)
            if found != after[name]:
                after[name], changed = found, True
    return after
