"""Not understood, or nothing heard: asked again, with the keys, and at last with a way out."""

from __future__ import annotations

from calls.repairs import Repair
from workflows.asking import UNHEARD, ask, asked_slot, ladder, name_failures, offer_keys, retries
from workflows.language.model import SHARED, End
from workflows.offers import CALLBACK, EARLIER, HUMAN, STOP
from workflows.repair.holding import CHECKED, check_in
from workflows.repair.leaving import goodbye
from workflows.repair.stopping import go_on_instead
from workflows.turn import Turn
from workflows.values import SPELLABLE
from workflows.walk import give_up, hand_over, take_message, walk

RUNGS = 3
"""How often the same is asked before a way out is offered."""

_NO_MATCH = (Repair.NO_MATCH_1, Repair.NO_MATCH_2, Repair.NO_MATCH_3)
_SILENCE = (Repair.SILENCE_1, Repair.SILENCE_2, Repair.SILENCE_3)


def no_match(turn: Turn, *, at_once: bool = False) -> None:
    """Words came and nothing in them helps. The keys are offered from the first time, a way out after the third."""
    step = turn.step
    if turn.run.confirming in (HUMAN, CALLBACK):
        # An offer that is not understood is taken: better a person too many than a circle.
        hand_over(turn) if turn.run.confirming == HUMAN else take_message(turn)
        return
    if turn.run.confirming == STOP:
        # Nothing ends on words that were not understood.
        turn.word("no_match_1")
        go_on_instead(turn)
        return
    if turn.run.confirming == EARLIER and turn.counted(f"no_match.{step.id}"):
        turn.confirming("")
        walk(turn, step.id)
        return
    most = retries(turn)
    rung = most if at_once else turn.count(f"no_match.{step.id}")
    slot = asked_slot(turn)
    if slot is not None and slot.kind in SPELLABLE and not turn.run.confirming:
        turn.count(f"{UNHEARD}{slot.name}")
    turn.applied(_NO_MATCH[min(rung, RUNGS) - 1])
    if rung >= most:
        _way_out(turn)
        return
    own = ladder(turn).no_match
    if len(own) >= rung and not turn.run.confirming:
        turn.say(f"{step.id}.no_match_{rung}", own[rung - 1])
    else:
        turn.word(f"no_match_{min(rung, RUNGS - 1)}")
        ask(turn)
    offer_keys(turn, max(rung, name_failures(turn, slot.name) if slot is not None else 0))


def _way_out(turn: Turn) -> None:
    turn.reset(f"no_match.{turn.step.id}")
    troubled = turn.count("troubled")
    own = ladder(turn).no_match
    if len(own) >= RUNGS:
        turn.say(f"{turn.step.id}.no_match_3", own[RUNGS - 1])
    else:
        turn.word("no_match_3")
    if troubled > 2:
        leave_it(turn)
    elif turn.has_human:
        turn.confirming(HUMAN)
        ask(turn)
    elif turn.run.script != SHARED:
        turn.confirming(CALLBACK)
        ask(turn)
    else:
        give_up(turn, offer=False)


def leave_it(turn: Turn) -> None:
    """To a person, or to a message where there is none."""
    if turn.has_human:
        hand_over(turn)
    else:
        take_message(turn)


def silent(turn: Turn, count: int) -> None:
    """Nothing came, ``count`` times in a row."""
    if turn.run.awaiting:
        return
    if isinstance(turn.step, End):
        goodbye(turn)
        return
    if check_in(turn):
        return
    count -= turn.counted(CHECKED)
    most = retries(turn)
    if count <= most:
        turn.applied(_SILENCE[min(count, RUNGS) - 1])
    own = ladder(turn).silence
    if count > most:
        turn.word("silence_end", must_say=True)
        turn.confirming("")
        turn.leave("hang_up", "silent")
    elif len(own) >= count and not turn.run.confirming:
        turn.say(f"{turn.step.id}.silence_{count}", own[count - 1])
    else:
        turn.word(f"silence_{RUNGS if count == most else min(count, RUNGS - 1)}")
        if count < most:
            ask(turn)
    if 1 < count <= most:
        offer_keys(turn, count)
