"""Checks of steps whose words a model finds."""

from __future__ import annotations

from collections.abc import Iterator

from workflows.language.checking import Checks, Found, Severity, Subject
from workflows.language.claims import claim_in
from workflows.language.model import Open
from workflows.lint.view import place_of, ways_from, written

OPEN_STEPS = Checks()


def _open(subject: Subject) -> list[Open]:
    return [step for step in written(subject) if isinstance(step, Open)]


@OPEN_STEPS.add("own-words-may-fail")
def own_words_may_fail(subject: Subject) -> Iterator[Found]:
    """The last line of an open step's `say` has gaps: when no model finds any words and the gaps are empty, the caller
    hears nothing at all.

    Fix: end the list with a line without gaps.
    """
    for step in _open(subject):
        last = step.own[-1]
        if any(place.source != "call" for place in last.places):
            reason = f"the own words of step {step.id} may all be left out"
            yield Found(last.at, reason, "end say: with a line that has no gaps")


@OPEN_STEPS.add("own-words-never-said", Severity.warning)
def own_words_never_said(subject: Subject) -> Iterator[Found]:
    """A line of an open step's `say` stands behind one without gaps: the first that can be said is, and so this never.

    Fix: put the lines with gaps first.
    """
    for step in _open(subject):
        for before, line in zip(step.own, step.own[1:], strict=False):
            if all(place.source == "call" for place in before.places):
                yield Found(line.at, f"a line of step {step.id} is never said", "put the lines with gaps first")
                break


@OPEN_STEPS.add("open-without-limits", Severity.warning)
def open_without_limits(subject: Subject) -> Iterator[Found]:
    """An open step does not say what a reply may not do: a model that wants to help gives advice and makes promises.

    Fix: add `never` with what nobody may say in your name.
    """
    for step in _open(subject):
        if not step.never:
            yield Found(step.at, f"step {step.id} sets no limits", "add never: with what a reply may not do")


@OPEN_STEPS.add("fact-with-gap")
def fact_with_gap(subject: Subject) -> Iterator[Found]:
    """A fact of an open step has a gap in braces: facts are given to the model as they are written, braces and all.

    Fix: write it out; slots and what was looked up are given to the model anyway.
    """
    for step in _open(subject):
        for fact in step.facts:
            if "{" in fact or "}" in fact:
                line = place_of(subject, "steps", step.id, "facts")
                yield Found(line, f"a fact of step {step.id} has a gap", "write it out, or take it out")
                break


@OPEN_STEPS.add("fact-claims-a-deed")
def fact_claims(subject: Subject) -> Iterator[Found]:
    """A fact of an open step claims that something was done for the caller ("you are booked"): it is given to every
    call, whether it was done or not.

    Fix: take it out. What was done is given to the model with its receipt.
    """
    for step in _open(subject):
        for fact in step.facts:
            claim = claim_in(fact)
            if claim:
                line = place_of(subject, "steps", step.id, "facts")
                yield Found(line, f"a fact of step {step.id} claims {claim!r}", "take it out")


@OPEN_STEPS.add("look-up-never-returns")
def look_up_never_returns(subject: Subject) -> Iterator[Found]:
    """The way on which a question is looked up does not come back to the step it was asked in: its answer is not told.

    Fix: lead the `act` back with `then`.
    """
    for step in _open(subject):
        if step.look_up and step.id not in ways_from(subject.script, step.look_up):
            line = place_of(subject, "steps", step.id, "look_up")
            yield Found(line, f"step {step.look_up} does not lead back to {step.id}", f"add then: {step.id}")
