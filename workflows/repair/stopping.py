"""Words that end a call, heard on a line that makes words up: asked about before anything ends."""

from __future__ import annotations

import re
from collections.abc import Mapping

from calls.commands import Cancel, Goodbye, WrongNumber
from calls.repairs import Repair
from calls.run import Commanded
from calls.speech import HeardBy
from workflows.asking import ask, offer_keys
from workflows.language.model import End
from workflows.offers import STOP
from workflows.repair.leaving import cancel, goodbye, wrong_number
from workflows.turn import Turn
from workflows.walk import walk

_WORD = re.compile(r"[a-z']+")
_BESIDE = frozenset(
    _WORD.findall(
        """ok okay alright all right thanks thank you so well then now i i'm i've please just sorry um uh no yes and but
        good have a nice day very much for your help it's that's"""
    )
)
"""what people say with a goodbye"""

Leaving = Cancel | Goodbye | WrongNumber

SURE = 0.6
"""Hearing's confidence below which nothing ends unasked. With the recognizer of this machine 5 % of the turns of
bookings over a clean line are below, and 40 % of those in babble at 10 dB."""

CLEAR = 0.85
"""confidence from which other words beside a goodbye do not make it doubtful"""

STOPPING = "_stopping"
"""fact: what the caller is asked about, by its name in ``_KINDS``"""

_KINDS: Mapping[str, type[Leaving]] = {"goodbye": Goodbye, "cancel": Cancel, "wrong_number": WrongNumber}

_PLAIN = re.compile(
    r"\b(?:bye|goodbye|hang up|hanging up|cancel|never ?mind|forget (?:it|about it)|stop|quit|wrong number|misdialled|"
    r"misdialed|don'?t (?:want|need)|no longer|changed my mind|end (?:the|this) call|that(?:'s| is| will be|'ll be) all"
    r"|that was all|nothing (?:else|more)|leave it|drop it|call (?:you )?(?:back|again|later)|(?:have|got) to go"
    r"|gotta go)\b",
    re.IGNORECASE,
)
"""said by people who leave; what merely resembles them is not enough to throw away what they have told"""


def asks_first(turn: Turn, command: Leaving, stimulus: Commanded) -> bool:
    """Whether leaving is asked about before it is acted on; if so, the question has been put.

    A plain and clearly heard goodbye ends at once, and so does one where nothing is open any more. Heard a second
    time, it counts.
    """
    if stimulus.by is HeardBy.KEYS or isinstance(turn.step, End) or turn.run.confirming == STOP:
        return False
    # Who has told something already rather means a number that was read back.
    told = bool(turn.run.slots) and stimulus.text != ""
    likely = told and (isinstance(command, WrongNumber) or not _is_plain(command, stimulus))
    doubtful = stimulus.sure < SURE or turn.facts.poor_line or likely
    if not doubtful or _is_done(turn):
        return False
    turn.applied(Repair.STOP_ASKED)
    turn.learn(STOPPING, next(name for name, kind in _KINDS.items() if isinstance(command, kind)))
    turn.confirming(STOP)
    ask(turn)
    offer_keys(turn)
    return True


def _is_plain(command: Leaving, stimulus: Commanded) -> bool:
    """Whether the words say nothing but that the caller leaves: "fine by me" may be heard as "bye bye me"."""
    if not isinstance(command, Goodbye) or stimulus.sure >= CLEAR:
        return bool(_PLAIN.search(stimulus.text))
    rest = _WORD.findall(_PLAIN.sub(" ", stimulus.text).lower())
    return len(rest) < len(stimulus.text.split()) and _BESIDE.issuperset(rest)


def _is_done(turn: Turn) -> bool:
    """Whether what this script is for has been done: nothing is lost by leaving."""
    return bool(turn.script.committed.get(turn.run.step))


def stop(turn: Turn) -> None:
    """They do want to stop, or say so once more."""
    leave_for(turn, _KINDS.get(str(turn.run.facts.get(STOPPING)), Goodbye)())


def leave_for(turn: Turn, command: Leaving) -> None:
    """What each of the words leads to."""
    match command:
        case Cancel():
            cancel(turn)
        case WrongNumber():
            wrong_number(turn)
        case Goodbye():
            goodbye(turn)


def go_on_instead(turn: Turn) -> None:
    """They do not: back to what was open, and what awaited a yes is read back again."""
    turn.confirming("")
    walk(turn, turn.step.id)
