"""What we say in the caller's own turn, where a step allows it: that we follow, and after very long a polite word.

    the caller speaks for MURMUR_MS     -> "mm-hm", again after each further MURMUR_MS; the floor stays theirs
    the caller speaks for FLOOR_MS      -> the agent asks for a word, over them, and answers what it has so far

Off by default. Never inside digits, never over keys, and nobody who needs time is broken in on.
"""

from __future__ import annotations

import re

from calls import events as ev
from calls.draft import Draft
from calls.floor import Floor
from calls.phrases import MURMURS, TAKES_FLOOR, bare_words
from calls.replies import AgentSide
from calls.run import ScriptLine
from calls.speech import Clause, HeardBy

MURMUR, FLOOR = "murmur", "floor"
"""Timers."""

MURMUR_MS = 8_000.0
FLOOR_MS = 45_000.0

AGAIN_MS = 1_500.0
"""Until the caller is past digits, and it is looked at once more."""

_LAST_WORDS = 4
_DIGITS = re.compile(
    r"\d|^(?:oh|zero|one|two|three|four|five|six|seven|eight|nine|ten|\w+teen|eleven|twelve|twenty|thirty|forty|fifty"
    r"|sixty|seventy|eighty|ninety|hundred|double|triple|dash|dot|at|slash|underscore|[b-hj-z])$"
)


class Attention:
    """Pure; all state is in the draft."""

    def __init__(self, agent: AgentSide) -> None:
        self._agent = agent

    def began(self, draft: Draft) -> None:
        """The caller speaks, and has the floor."""
        caller = draft.state.caller
        if draft.state.floor is not Floor.CALLER or caller.onset is None or caller.onset.by is HeardBy.KEYS:
            return
        guidance = self._agent.guidance(draft)
        if guidance.acknowledges:
            draft.ring_in(MURMUR, MURMUR_MS)
        if guidance.takes_floor and caller.holds_from_ms is not None:
            draft.ring_in(FLOOR, max(AGAIN_MS, caller.holds_from_ms + FLOOR_MS - draft.at_ms))

    def murmurs(self, draft: Draft) -> None:
        """Time to show that we follow."""
        state = draft.state
        onset = state.caller.speaking
        if state.floor is not Floor.CALLER or onset is None or not self._agent.guidance(draft).acknowledges:
            return
        if not onset.words or state.replies or draft.at_ms - onset.from_ms < MURMUR_MS - AGAIN_MS:
            return  # nobody has said anything to follow
        if in_digits(onset.words):
            draft.ring_in(MURMUR, AGAIN_MS)
            return
        number = state.caller.murmurs
        clause = Clause(f"m{number + 1}.1", MURMURS[number % len(MURMURS)], "murmur")
        draft.record(ev.AgentAcknowledged(clause))
        self._agent.judge(draft, (clause,))
        draft.ring_in(MURMUR, MURMUR_MS)

    def takes_floor(self, draft: Draft) -> None:
        """Time for a word of ours."""
        state = draft.state
        onset, since_ms = state.caller.speaking, state.caller.holds_from_ms
        speaks = onset is not None and onset.by is HeardBy.SPEECH and since_ms is not None
        if not speaks or state.unhurried or state.overriding or state.leaving or state.capture:
            return
        if state.floor not in (Floor.CALLER, Floor.CONTESTED) or not self._agent.guidance(draft).takes_floor:
            return
        assert onset is not None and since_ms is not None
        left_ms = since_ms + FLOOR_MS - draft.at_ms
        if left_ms > 1 or in_digits(onset.words):
            draft.ring_in(FLOOR, max(AGAIN_MS, left_ms))
            return
        if state.replies:
            self._agent.interrupt(draft)  # it answers what they said half a minute ago
        draft.record(ev.FloorTaken(round(draft.at_ms - since_ms, 3)))
        line = ScriptLine("floor", TAKES_FLOOR, interruptible=False)
        self._agent.speak(draft, (line,))


def in_digits(words: str) -> bool:
    """Whether the newest of ``words`` may be in the middle of a number, a code or a spelled name."""
    return any(_DIGITS.search(word) for word in bare_words(words)[-_LAST_WORDS:])
