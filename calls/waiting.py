"""Waiting: what covers it, and when the caller's silence, a noise without words or the call itself lasts too long.

    the caller's turn        silence, by the wall clock, from the end of our reply; a noise without words stops nothing
    perhaps speech           8 s without a word of it, and it counts as noise
    a turn being understood  a word after 1.5 s, another after each 2.8 s of silence
    an action under way      a word after 1.2 s, another after each 2.8 s; with hold music the music, a word every 10 s
    near the longest call    told so a minute before, at the next pause; then a goodbye; 20 s later the end itself
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from calls import events as ev
from calls.draft import Draft
from calls.effects import Cut, StartHold, StopHold
from calls.floor import Floor
from calls.lull import FILLER_LINE, TRIED_MS, TRIED_QUICK_MS
from calls.phrases import FILLER
from calls.run import ScriptLine, TimeIsShort, TimeIsUp
from calls.state import CallState

if TYPE_CHECKING:
    # The agent's side has one of these.
    from calls.replies import AgentSide

SILENCE, WORDLESS = "silence", "wordless"
FILL, SLOW = "filler", "slow"
SHORT, LENGTH, OVERTIME = "short", "length", "overtime"
WAITS = (SILENCE, WORDLESS, FILL, SLOW, SHORT, LENGTH, OVERTIME)
"""Timers."""

FILLER_MS = 1_200
"""An action longer than this is covered by a word."""

SLOW_MS = 1_500
"""And so is understanding that takes longer: a provider has a bad moment, and the caller must not think we are gone."""

AGAIN_MS = 2_800
"""And so is each further stretch in which nobody is heard; with the voice's own time it stays below 4 s."""

HOLD_AGAIN_MS = 10_000
"""The same while music plays."""

RETRY_MS = 1_000
"""Until a word that could not be said is tried again."""

WORDLESS_MS = 8_000
"""Hearing names the first word of real speech within about a second; what has none for this long is a noise."""

GRACE_MS = 700
"""After a noise, when the caller's time was over meanwhile: they may be about to speak."""

UNHURRIED = 2
"""times the usual silence is left to a caller who needs time"""

SHORT_MS = 60_000
"""How long before the longest call the caller is told; a quarter of it for calls of less than four minutes."""

IN_VAIN_MS = 2_800
"""After something as long as an answer that held no words: once, the caller is asked sooner, for they may have
answered, and wait as we do. With what hearing takes that leaves 4 s of silence at most."""

LATEST_MS = 5_000
"""Later than this before the end it is of no use any more."""

OVERTIME_MS = 20_000
"""A goodbye that is talked over is not waited for any longer: the longest call is a limit, and no wish."""


class Waits:
    """What the agent's side does about waiting. Pure; all state is in the draft."""

    def __init__(self, agent: AgentSide) -> None:
        self._agent = agent

    # --- the caller's turn ----------------------------------------------------------------------------

    def listen(self, draft: Draft) -> None:
        """Start waiting: for the caller, or for what is still under way on our side."""
        state = draft.state
        if state.run.awaiting:
            if state.requested is None or not state.requested.keyed:
                self._hold(draft)
        elif _understanding(state):
            draft.ring_in(SLOW, AGAIN_MS)
        elif not state.composing and state.floor not in (Floor.CALLER, Floor.CONTESTED):
            if self._near_its_end(draft):
                return
            guidance = self._agent.guidance(draft)
            since_ms = draft.at_ms if state.lull.since_ms is None else state.lull.since_ms
            slowly = UNHURRIED if state.unhurried else 1
            left_ms = since_ms + guidance.silence_ms * slowly - draft.at_ms
            if state.lull.tried_ms >= (TRIED_QUICK_MS if guidance.patience == "quick" else TRIED_MS):
                left_ms = min(left_ms, IN_VAIN_MS * slowly)
            draft.ring_in(SILENCE, max(left_ms, GRACE_MS))

    def sounds(self, draft: Draft) -> None:
        """Something that may be speech has set in: the caller is not spoken into, for as long as it may be some."""
        draft.silence(SILENCE)
        self.stop_hold(draft)
        draft.ring_in(WORDLESS, WORDLESS_MS)

    def wordless(self, draft: Draft) -> None:
        """It holds no words, and goes on: a noise, which is no reason to wait any longer."""
        floor = draft.state.floor
        if draft.state.lull.keying:
            return
        if floor is Floor.CALLER:
            draft.record(ev.CallerQuieted("wordless"))
            if not self._agent.catch_up(draft):
                self.listen(draft)
        elif floor is Floor.CONTESTED:
            self._agent.resume(draft, "wordless")

    # --- ours -----------------------------------------------------------------------------------------

    def fill(self, draft: Draft) -> None:
        """Cover an action that takes long, if nothing else is being said."""
        requested = draft.state.requested
        if not draft.state.run.awaiting:
            return
        if _free(draft.state):
            self._cover(draft, requested.covers if requested is not None else ())
        else:
            draft.ring_in(FILL, RETRY_MS)

    def cover(self, draft: Draft) -> None:
        """Cover understanding, or the search for words, that takes long."""
        state = draft.state
        composing = state.composing
        if composing is not None and not composing.composed and state.current is None and not _talks(state):
            self._cover(draft, self._covers(draft), beside=True)
        elif not _understanding(state):
            return
        elif _free(state):
            self._cover(draft, self._covers(draft))
        else:
            draft.ring_in(SLOW, RETRY_MS)

    def _covers(self, draft: Draft) -> tuple[str, ...]:
        return self._agent.director.guidance(draft.state.run, self._agent.facts(draft)).covers

    def _cover(self, draft: Draft, words: tuple[str, ...], *, beside: bool = False) -> None:
        """The next of the words for this wait; at the end of the list the last two take turns."""
        words, said = words or (FILLER,), draft.state.lull.covers
        place = said if said < len(words) else len(words) - 1 - (said - len(words) + 1) % min(2, len(words))
        line = ScriptLine(FILLER_LINE, words[place])
        self._agent.speak(draft, (line,), beside=beside)

    def _hold(self, draft: Draft) -> None:
        sound = self._agent.line.hold
        if sound != "off" and draft.state.lull.covers and _free(draft.state):
            if not draft.state.lull.holding:
                draft.record(ev.HoldBegan(sound))
                draft.do(StartHold(sound))
            draft.ring_in(FILL, HOLD_AGAIN_MS)
        else:
            draft.ring_in(FILL, AGAIN_MS)

    @staticmethod
    def stop_hold(draft: Draft) -> None:
        """The agent speaks next, or the caller does."""
        if draft.state.lull.holding:
            draft.record(ev.HoldEnded())
            draft.do(StopHold())

    # --- the longest call -----------------------------------------------------------------------------

    def begin(self, draft: Draft) -> None:
        """A media socket carries the call: how long it may still be."""
        left_ms = max(self._agent.line.limits.call_seconds * 1_000 - draft.at_ms, 1_000)
        draft.ring_in(LENGTH, left_ms)
        if not draft.state.lull.short:
            longest_ms = self._agent.line.limits.call_seconds * 1_000
            draft.ring_in(SHORT, max(left_ms - min(SHORT_MS, longest_ms / 4), 0))

    def short(self, draft: Draft) -> None:
        """Tell the caller that the call comes to its end: at a pause, and never so late that it is of no use."""
        if not self._near_its_end(draft):
            draft.ring_in(SHORT, RETRY_MS)

    def _near_its_end(self, draft: Draft) -> bool:
        state, longest_ms = draft.state, self._agent.line.limits.call_seconds * 1_000
        left_ms = longest_ms - draft.at_ms
        due = LATEST_MS < left_ms <= min(SHORT_MS, longest_ms / 4) and not (state.lull.short or state.overspent)
        free = state.floor is Floor.LISTENING and _free(state) and not state.run.awaiting and not _understanding(state)
        if not (due and free) or not state.run.script:
            return False
        draft.record(ev.TimeRanShort(left_ms))
        self._agent.advance(draft, TimeIsShort(left_ms))
        return True

    def up(self, draft: Draft) -> None:
        """This is as long as a call can be."""
        if draft.state.replies:
            self._agent.interrupt(draft)
        self._agent.advance(draft, TimeIsUp())
        draft.ring_in(OVERTIME, OVERTIME_MS)

    def over(self, draft: Draft) -> None:
        """The goodbye could not be said to its end."""
        draft.do(Cut())
        if draft.state.replies:
            self._agent.interrupt(draft)
        self._agent.leave(draft, "hang_up", draft.state.disposition or "time_up")


def _talks(state: CallState) -> bool:
    return state.lull.keying or state.floor in (Floor.CALLER, Floor.CONTESTED, Floor.OVERTALK)


def _free(state: CallState) -> bool:
    """Nobody speaks, and nothing of ours is about to."""
    return not state.replies and not _talks(state) and state.floor not in (Floor.AWAY, Floor.IDLE)


def _understanding(state: CallState) -> bool:
    """A turn of the caller's is still being understood."""
    return state.understood < state.turn and state.overridden != state.turn and not state.overriding
