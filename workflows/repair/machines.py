"""No person on the line: a menu, a voicemail greeting, a fax, another agent, or the same words in a circle."""

from __future__ import annotations

import hashlib

from calls.commands import MachineHeard
from calls.repairs import Repair
from calls.run import Commanded
from calls.speech import HeardBy
from workflows.turn import Turn

SAME_TURNS = 3
"""The same long words this often in a row are no person's."""

_LEAST_WORDS = 4
_SAME = "@same"


def machine_talks(turn: Turn, stimulus: Commanded) -> bool:
    """True when a machine was answered. A person who is taken for one is asked to speak first."""
    kind = next((command.kind for command in stimulus.commands if isinstance(command, MachineHeard)), "")
    same = _times_said(turn, stimulus)
    if turn.run.awaiting or (not kind and same < SAME_TURNS):
        return False
    turn.applied(Repair.MACHINE)
    if kind in ("voicemail", "fax") or turn.count("@machine") > 1:
        turn.confirming("")
        turn.word("machine_end")
        turn.leave("hang_up", "machine")
    else:
        turn.word("machine")
    return True


def _times_said(turn: Turn, stimulus: Commanded) -> int:
    words = "".join(c if c.isalnum() else " " for c in stimulus.text.lower()).split()
    if stimulus.by is HeardBy.KEYS or len(words) < _LEAST_WORDS:
        turn.reset(_SAME)
        return 0
    digest = hashlib.sha256(" ".join(words).encode()).hexdigest()[:12]
    if turn.run.facts.get("@words") != digest:
        turn.learn("@words", digest)
        turn.reset(_SAME)
    return turn.count(_SAME)
