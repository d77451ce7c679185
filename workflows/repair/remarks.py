"""What callers say beside any question: small talk, anger, and who they are."""

from __future__ import annotations

from calls.commands import Remark
from calls.repairs import Repair
from workflows.asking import SHORT, ask
from workflows.offers import HUMAN, SPEAKER
from workflows.repair.back import back
from workflows.turn import Turn
from workflows.values import PERSONAL
from workflows.verifying import lapse
from workflows.walk import hand_over, start_script

BEFORE = "@before"
"""fact: keys of what was asked for by somebody who held the phone before"""

_MOST_ABUSE = 2


def remark(turn: Turn, said: Remark) -> None:
    """Answer a remark and come back to the open question."""
    match said.kind:
        case "chitchat" | "thanks":
            turn.applied(Repair.CHATTED)
            turn.word("thanks" if said.kind == "thanks" else "chitchat")
            back(turn)
        case "angry":
            _calm(turn)
        case "abusive":
            _abused(turn)
        case "another_speaker":
            new_speaker(turn)
        case "for_another":
            for_another(turn)
            back(turn)
        case "child":
            raise AssertionError("a child is answered before anything else")


def _calm(turn: Turn) -> None:
    """A calm line, shorter prompts, and once the offer of a person."""
    turn.applied(Repair.CALMED)
    first = turn.count(SHORT) == 1
    turn.word("calm")
    if first and turn.has_human:
        turn.confirming(HUMAN)
        ask(turn)
    else:
        back(turn)


def _abused(turn: Turn) -> None:
    """Asked once to keep it civil; then a person takes it, or the call ends politely."""
    turn.applied(Repair.ABUSED)
    turn.count(SHORT)
    if turn.count("@abused") < _MOST_ABUSE:
        turn.word("abuse")
        back(turn)
    elif turn.has_human:
        hand_over(turn)
    else:
        turn.confirming("")
        turn.word("abuse_end")
        turn.leave("hang_up", "abusive")


def new_speaker(turn: Turn) -> None:
    """Somebody else holds the phone: told who speaks, nothing of before is said, and proof begins anew."""
    turn.applied(Repair.OTHER_SPEAKER)
    turn.word("new_speaker")
    if turn.run.verified is not None:
        lapse(turn)
        _of_before(turn)
        start_script(turn, turn.run.script)
    elif _tells(turn):
        turn.confirming(SPEAKER)
        ask(turn)
    else:
        _of_before(turn)
        back(turn)


def begin_for(turn: Turn, reason: str) -> None:
    """The script anew for somebody else: nothing told before is kept, and what the one before proved is theirs."""
    if turn.run.verified is not None:
        lapse(turn)
    _of_before(turn)
    for slot in list(turn.run.slots):
        turn.clear(slot, reason)
    start_script(turn, turn.run.script)


def _of_before(turn: Turn) -> None:
    """What is still under way, or comes late, is of no concern to whoever speaks now."""
    if turn.run.asked:
        turn.learn(BEFORE, ",".join(turn.run.asked))


def _tells(turn: Turn) -> bool:
    """Whether going on could say something about a person."""
    slots = turn.script.slots
    return any(slots[name].kind in PERSONAL for name in turn.run.slots if name in slots)


def for_another(turn: Turn) -> None:
    """Allowed for what needs no proof: both names are noted. Proof is asked for as of anybody."""
    if not turn.run.facts.get("@for_another"):
        turn.applied(Repair.FOR_ANOTHER)
        turn.learn("@for_another", True)
        turn.word("for_another")
