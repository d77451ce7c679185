"""Checks of the ways between scripts: digressions, calls, and names."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import PurePath

from calls.run import DEEPEST
from workflows.language.checking import Checks, Found, Severity, Subject
from workflows.language.model import Call, Start
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
