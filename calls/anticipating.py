"""Understanding begun before the caller's turn is over: used when it was the turn, else thrown away without a trace
in what follows. Both stand on the record."""

from __future__ import annotations

import re

from calls import events as ev
from calls.draft import Draft
from calls.effects import Anticipate, Discard
from calls.guidance import Guidance
from calls.speech import Heard
from calls.talk import before

_NOT_A_WORD = re.compile(r"[^\w']+")


def begin(draft: Draft, heard: Heard, guidance: Guidance) -> None:
    """Have ``heard`` understood ahead; what was begun for other words is thrown away."""
    state, turn = draft.state, draft.state.turn + 1
    if not heard.text or (state.ahead is not None and _same(state.ahead.text, heard.text)):
        return
    discard(draft, "other_words")
    draft.record(ev.SpeculationBegan(turn, heard.text))
    draft.do(Anticipate(turn, heard, guidance, before(state.talk, state.understood)))


def ready(draft: Draft, turn: int, text: str) -> bool:
    """Whether the turn is what was begun ahead: the same words where the script stood then. Else it is thrown away."""
    ahead = draft.state.ahead
    if ahead is None:
        return False
    if not _same(ahead.text, text):
        discard(draft, "other_words")
    elif ahead.turn != turn or ahead.run != draft.state.run or ahead.cut != draft.state.cut:
        discard(draft, "moved_on")
    else:
        draft.record(ev.SpeculationEnded(turn, used=True))
        return True
    return False


def discard(draft: Draft, reason: str) -> None:
    """What was begun ahead is not wanted, if anything was."""
    ahead = draft.state.ahead
    if ahead is not None:
        draft.record(ev.SpeculationEnded(ahead.turn, used=False, reason=reason))
        draft.do(Discard())


def _same(one: str, other: str) -> bool:
    """The same words: punctuation and capitals are the recognizer's."""
    return _NOT_A_WORD.sub(" ", one.casefold()).split() == _NOT_A_WORD.sub(" ", other.casefold()).split()
