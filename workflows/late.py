"""What was given up on and has gone through after all: told, from its receipt."""

from __future__ import annotations

from dataclasses import replace

from calls.run import WHOLE_CALL, Frame, Receipt
from workflows.asking import say_all
from workflows.calling import restore
from workflows.language.model import SHARED, Act, End, Say
from workflows.offers import GROWN_UP, RESUME, SPEAKER
from workflows.passing import achieved
from workflows.repair.back import back
from workflows.repair.remarks import BEFORE
from workflows.turn import Turn
from workflows.verifying import refused
from workflows.walk import walk


def gone_through(turn: Turn, receipt: Receipt) -> None:
    """Say that it is done after all, and what has to be said of it.

    A caller who was led to a call back instead, or to the end, goes on where they would have gone on with it; whoever
    is at something else stays there.
    """
    turn.word("gone_through")
    asked = turn.run.asked.get(receipt.key)
    there = _standing(turn, asked) if asked is not None else None
    if asked is None or there is None or not _theirs(turn, there, receipt):
        back(turn)
        return
    step = there.step
    if not isinstance(step, Act) or step.action != receipt.action:
        back(turn)
    elif _led_away(turn, asked) and _is_newest(turn, asked):
        restore(turn, asked)
        achieved(turn, step)
        walk(turn, step.then)
    else:
        achieved(there, step)
        _say_what_must_be_said(there, step.then)
        for event in there.events:
            turn.record(event)
        turn.lines += there.lines
        back(turn)


def _standing(turn: Turn, asked: Frame) -> Turn | None:
    """A turn at the step which asked for it; None when its script is gone."""
    if not turn.scripts.has(asked.script, asked.version):
        return None
    of_call = {name: value for name, value in turn.run.facts.items() if name.startswith(WHOLE_CALL)}
    run = replace(
        turn.run, script=asked.script, version=asked.version, step=asked.step, slots=asked.slots, confirming="",
        facts={**asked.facts, **of_call}, frames=(), parts={},
    )  # fmt: skip
    return Turn(turn.scripts, run, turn.facts)


def _theirs(turn: Turn, there: Turn, receipt: Receipt) -> bool:
    """Whether the one who holds the phone may be told of it."""
    if turn.run.confirming in (SPEAKER, GROWN_UP, RESUME) or refused(there, there.run.step):
        return False
    return receipt.key not in str(turn.run.facts.get(BEFORE, "")).split(",")


def _led_away(turn: Turn, asked: Frame) -> bool:
    """Whether the caller is where they are only because it could not be done, or at the end of the call."""
    still_there = (turn.run.script, turn.run.step) == (asked.script, asked.step)
    return not turn.run.frames and (still_there or turn.run.script == SHARED or isinstance(turn.step, End))


def _is_newest(turn: Turn, asked: Frame) -> bool:
    return asked.script in turn.scripts.scripts and turn.scripts.get(asked.script).digest == asked.version


def _say_what_must_be_said(there: Turn, first: str) -> None:
    passed: set[str] = set()
    name = first
    while name and name not in passed:
        passed.add(name)
        step = there.script.steps[name]
        if not isinstance(step, Say | End) or refused(there, name):
            return
        say_all(there, name, tuple(line for line in step.lines if line.must_say))
        name = step.then if isinstance(step, Say) else ""
