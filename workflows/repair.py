"""When the talk goes wrong: not understood, not heard, taken back, cut off."""

from __future__ import annotations

from calls.events import OutcomeReached
from workflows.asking import CALLBACK, HUMAN, RESUME, ask, ladder, offer_keys, personal, say_all
from workflows.language.model import SHARED, Act, Confirm, End, Say
from workflows.turn import Turn
from workflows.walk import HANDED_OVER, achieved, give_up, hand_over, start_script, take_message, walk

RUNGS = 3
"""How often the same is asked before a way out is offered."""


def no_match(turn: Turn, *, at_once: bool = False) -> None:
    """Words came and nothing in them helps. The keys are offered from the first time, a way out after the third."""
    step = turn.step
    if turn.run.confirming in (HUMAN, CALLBACK):
        # An offer that is not understood is taken: better a person too many than a circle.
        hand_over(turn) if turn.run.confirming == HUMAN else take_message(turn)
        return
    rung = RUNGS if at_once else turn.count(f"no_match.{step.id}")
    if rung >= RUNGS:
        _way_out(turn)
        return
    own = ladder(turn).no_match
    if len(own) >= rung and not turn.run.confirming:
        turn.say(f"{step.id}.no_match_{rung}", own[rung - 1])
    else:
        turn.word(f"no_match_{rung}")
        ask(turn)
    offer_keys(turn)


def _way_out(turn: Turn) -> None:
    turn.reset(f"no_match.{turn.step.id}")
    troubled = turn.count("troubled")
    own = ladder(turn).no_match
    if len(own) >= RUNGS:
        turn.say(f"{turn.step.id}.no_match_3", own[RUNGS - 1])
    else:
        turn.word("no_match_3")
    if troubled > 2:
        _leave_it(turn)
    elif turn.has_human:
        turn.confirming(HUMAN)
        ask(turn)
    elif turn.run.script != SHARED:
        turn.confirming(CALLBACK)
        ask(turn)
    else:
        give_up(turn, offer=False)


def _leave_it(turn: Turn) -> None:
    if turn.has_human:
        hand_over(turn)
    else:
        take_message(turn)


def silent(turn: Turn, count: int) -> None:
    """Nothing came, ``count`` times in a row."""
    if turn.run.awaiting:
        return
    turn.reset("waiting")
    if isinstance(turn.step, End):
        goodbye(turn)
        return
    own = ladder(turn).silence
    if count > RUNGS:
        turn.word("silence_end", must_say=True)
        turn.confirming("")
        turn.leave("hang_up", "silent")
    elif len(own) >= count and not turn.run.confirming:
        turn.say(f"{turn.step.id}.silence_{count}", own[count - 1])
    else:
        turn.word(f"silence_{count}")
        if count < RUNGS:
            ask(turn)
        else:
            offer_keys(turn)


def restart(turn: Turn) -> None:
    """From the beginning, with nothing kept."""
    for slot in list(turn.run.slots):
        turn.clear(slot, "restart")
    turn.word("restart")
    start_script(turn, turn.run.script)


def cancel(turn: Turn) -> None:
    """The caller does not want it any more. What is done stays done, and that is said."""
    step = turn.step
    if turn.script.committed.get(step.id):
        turn.word("already_done")
        turn.confirming("")
        walk(turn, step.id)
        return
    turn.confirming("")
    if isinstance(step, Confirm):
        walk(turn, step.declined)
    elif turn.script.on_cancel:
        walk(turn, turn.script.on_cancel)
    else:
        turn.word("cancelled", turn.wording("goodbye"))
        turn.leave("hang_up", "declined")


def goodbye(turn: Turn) -> None:
    """The caller is leaving."""
    step = turn.step
    asked_to_agree = isinstance(step, Confirm)
    turn.confirming("")
    turn.word("goodbye", must_say=True)
    turn.leave("hang_up", "declined" if asked_to_agree else "abandoned")


def resumed(turn: Turn) -> None:
    """The line dropped and the caller (or somebody) is back. Nothing personal is said before a yes."""
    step = turn.step
    turn.word("resumed")
    if isinstance(step, Act) and (turn.run.awaiting or not turn.run.confirming):
        # The same key: if it was done, its receipt comes back, and nothing is done twice.
        walk(turn, step.id)
    elif personal(turn):
        turn.confirming(RESUME)
        ask(turn)
    elif turn.run.confirming:
        ask(turn)
    else:
        walk(turn, step.id)


def human_missed(turn: Turn, status: str) -> None:
    """Nobody took the call that was handed over."""
    turn.learn("human_missed", status or "none")
    if turn.run.outcome == HANDED_OVER:
        turn.record(OutcomeReached(""))
    turn.confirming("")
    turn.word("human_missed")
    step = turn.step if turn.run.script else None
    if isinstance(step, Act) and step.writes and turn.committed(step):
        _tell(turn, step)
    start_script(turn, SHARED)


def _tell(turn: Turn, step: Act) -> None:
    """What was committed while the caller was away from us, before anything else is offered."""
    achieved(turn, step)
    following = turn.script.steps[step.then]
    if isinstance(following, Say):
        turn.enter(following.id)
        say_all(turn, following.id, following.lines)


def time_up(turn: Turn) -> None:
    """The call is as long as it may be."""
    turn.word("time_up", must_say=True)
    turn.confirming("")
    turn.leave("hang_up", "time_up")
