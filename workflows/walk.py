"""Going through a script's steps until the caller is asked something, the world is asked something, or it ends."""

from __future__ import annotations

from collections.abc import Mapping

from calls.commands import Value
from calls.run import BROKEN_OFF, SlotValue
from workflows.asking import ask, say_all
from workflows.calling import begin, can_call, migrate, pop, push
from workflows.language.model import (
    SHARED,
    Act,
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
    Start,
    Verify,
)
from workflows.offers import HUMAN
from workflows.opening import returned
from workflows.passing import holds, pass_act, pass_collect, pass_confirm, pass_say
from workflows.requests import next_request
from workflows.turn import Turn
from workflows.verifying import proof_step, refused, verify

SURVEY = "survey"
"""the script that asks a line's question at the end of a call"""
SURVEYED = "@surveyed"

HANDED_OVER = "handed_over"
"""outcome of a call a person took over"""

MAX_STEPS = 200
"""A script which goes further than this without a stop goes in circles."""


def walk(turn: Turn, start: str, *, again: bool = False) -> None:
    """Go on from step ``start``. ``again``: over ground already covered, whose words are not said twice."""
    name = start
    turn.ways.append((turn.run.script, turn.run.step, start))
    for _ in range(MAX_STEPS):
        following = _pass(turn, name, again)
        if not following:
            return
        turn.ways.append((turn.run.script, name, following))
        name = following
    turn.enter(name)
    give_up(turn)


def _pass(turn: Turn, name: str, again: bool) -> str:
    """Do one step; the step after it, or empty when the walk stops here."""
    if refused(turn, name):
        return _unproved(turn, name)
    match turn.script.steps[name]:
        case Say() as step:
            return pass_say(turn, step, again)
        case Collect() as step:
            return pass_collect(turn, step)
        case Confirm() as step:
            return pass_confirm(turn, step)
        case Act() as step:
            return pass_act(turn, step)
        case Decide() as step:
            if not again:
                turn.enter(step.id)
            return next((case.then for case in step.cases if holds(turn, case)), step.otherwise)
        case Choose() as step:
            return _choose(turn, step, again)
        case Start() as step:
            turn.enter(step.id)
            if step.line is not None:
                turn.say(step.id, step.line)
            start_script(turn, step.script, step.fills)
            return ""
        case HandOver() as step:
            turn.enter(step.id)
            return _hand_over(turn, step)
        case Verify() as step:
            return verify(turn, step)
        case Call() as step:
            _call(turn, step)
            return ""
        case End() as step:
            _end(turn, step)
            return ""


def _choose(turn: Turn, step: Choose, again: bool) -> str:
    if isinstance(step, Open) and returned(turn, step):
        return ""
    chosen = str(turn.run.facts.get(f"_chose.{step.id}", "")) if again else ""
    intent = next((intent for intent in step.intents if intent.id == chosen and intent.then), None)
    if intent is not None:
        return intent.then
    following = next_request(turn) if step.no else ""
    if following:
        start_script(turn, following)
        return ""
    turn.enter(step.id)
    turn.confirming("")
    ask(turn)
    return ""


def start_script(turn: Turn, name: str, fills: Mapping[str, Value] | None = None, *, quietly: bool = False) -> None:
    """Begin a script for good: nothing waits for it. ``quietly``: without walking."""
    first = begin(turn, name, fills or {})
    if quietly:
        turn.enter(first)
    else:
        walk(turn, first)


def call_script(
    turn: Turn, name: str, fills: Mapping[str, SlotValue] | None = None, *, quietly: bool = False
) -> bool:
    """Begin a script and come back here after it; False when there is no room for it. ``quietly``: without walking."""
    if not can_call(turn, name):
        return False
    first = push(turn, name, fills or {})
    if quietly:
        turn.enter(first)
    else:
        walk(turn, first)
    return True


def return_from(turn: Turn, outcome: str = "") -> None:
    """The called script is at its end: go on where the one that waits stood. Nothing happens when none waits."""
    if not turn.run.frames:
        return
    ended = turn.run.script
    pop(turn, outcome)
    moved = migrate(turn)
    step = turn.step
    if isinstance(step, Call) and step.script == ended and not moved:
        walk(turn, step.then)
        return
    turn.word("returned")
    if moved or refused(turn, step.id) or not (turn.run.confirming or isinstance(step, Collect | Confirm | Choose)):
        walk(turn, step.id)
    else:
        ask(turn)


def _call(turn: Turn, step: Call) -> None:
    turn.enter(step.id)
    if step.line is not None:
        turn.say(step.id, step.line)
    fills = dict(turn.wished)
    for name, argument in step.fills.items():
        held = turn.run.slots.get(argument.name) if argument.source == "slot" else None
        value = turn.given(argument)
        if held is not None:
            fills[name] = held
        elif value is not None and value != "":
            fills[name] = SlotValue(value, "", 1.0)
    if not call_script(turn, step.script, fills):
        # Too much waits already, which no script that was read can bring about by itself.
        give_up(turn)


def _end(turn: Turn, step: End) -> None:
    turn.enter(step.id)
    turn.confirming("")
    if turn.run.frames:
        turn.note_fields()
        # A farewell is for a call that ends; what has to be said is said.
        say_all(turn, step.id, tuple(line for line in step.lines if line.must_say))
        return_from(turn, step.disposition)
        return
    following = "" if step.disposition == "failed" else next_request(turn)
    if following:
        start_script(turn, following)
        return
    say_all(turn, step.id, step.lines)
    if _asks_survey(turn):
        turn.note_fields()
        turn.learn(SURVEYED, True)
        start_script(turn, SURVEY)
        return
    # A request that was come back from says more than the farewell of the script it was made in.
    turn.leave("hang_up", turn.run.outcomes[-1] if turn.run.outcomes else step.disposition)


def _asks_survey(turn: Turn) -> bool:
    """Whether the line has a question, and the caller something to judge by: it is asked once."""
    wanted = turn.facts.survey_question and SURVEY in turn.scripts.scripts and turn.run.outcome not in BROKEN_OFF
    return bool(wanted) and not turn.run.facts.get(SURVEYED)


def _unproved(turn: Turn, name: str) -> str:
    """A step for verified callers only: to the proof, or to somebody who can ask for it otherwise."""
    proof = proof_step(turn)
    if proof is not None and proof.id != name:
        return proof.id
    turn.enter(name)
    turn.word("not_verified")
    failed = next((step.failed for step in turn.script.steps.values() if isinstance(step, Verify)), "")
    if failed and failed not in turn.script.personal:
        return failed
    return hand_over(turn)


def _hand_over(turn: Turn, step: HandOver) -> str:
    if step.to == "human":
        return hand_over(turn, step.line, step.otherwise)
    turn.confirming("")
    if step.line is not None:
        turn.say(f"{step.id}.hand_over", step.line)
    if turn.run.script == SHARED:
        give_up(turn, offer=False)
    else:
        start_script(turn, SHARED, {"wish": step.to})
    return ""


def hand_over(turn: Turn, line: Line | None = None, otherwise: str = "") -> str:
    """To a person, announced; without one the step ``otherwise``, or the shared script."""
    turn.confirming("")
    if turn.has_human:
        if line is not None:
            turn.say(f"{turn.run.step}.hand_over", line)
        else:
            turn.word("hand_over")
        turn.leave("hand_over", HANDED_OVER)
        return ""
    if otherwise:
        return otherwise
    turn.word("no_human")
    take_message(turn)
    return ""


def take_message(turn: Turn) -> None:
    """The way out when nobody can be reached: a message or a callback; the end when even that failed."""
    if turn.run.script == SHARED:
        give_up(turn, offer=False)
    else:
        start_script(turn, SHARED)


def give_up(turn: Turn, *, offer: bool = True) -> None:
    """Nothing helps: offer a person once, else end with an apology."""
    if offer and turn.has_human and turn.run.confirming != HUMAN:
        turn.confirming(HUMAN)
        ask(turn)
        return
    turn.word("give_up", must_say=True)
    turn.confirming("")
    turn.leave("hang_up", "failed")
