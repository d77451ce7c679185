"""The conversation: ``decide(state, signal, at_ms)``. No clock, no socket, no chance, no waiting.

Everything that happens to a call arrives here as a ``Signal``; what follows leaves as events, which are recorded,
and effects, which the session performs. ``calls.state.evolve`` is the only thing that changes the state.
"""

from __future__ import annotations

from calls import anticipating, capturing, connection
from calls import events as ev
from calls import signals as sg
from calls.caller_turns import LOOKS, CallerTurns
from calls.commands import AskHuman, Cancel, Goodbye, Unclear, goes_on, sets_aside
from calls.composing import COMPOSING
from calls.danger import Watch
from calls.draft import Decision, Draft
from calls.effects import LeaveLine, Withdraw
from calls.floor import Floor
from calls.keys import BREATH
from calls.line import IncomingCall, Line
from calls.line_watch import machine_heard, take_note
from calls.orders import carry_out
from calls.ports import Director, EngineTraits
from calls.provided import end_for_spending, take_notice
from calls.replies import ACTION, ACTION_MS, LINGER, UNDERSTANDING, AgentSide
from calls.run import (
    ActionSettled,
    CallerSilent,
    Commanded,
    TimeIsUp,
)
from calls.speech import HeardBy, Played
from calls.state import CallState
from calls.unhurried import asked_for
from calls.vault import VaultTraits
from calls.waiting import FILL, LENGTH, OVERTIME, SHORT, SILENCE, SLOW, WORDLESS


class Conversation:
    """One call's decisions."""

    def __init__(
        self,
        line: Line,
        incoming: IncomingCall,
        director: Director,
        traits: EngineTraits,
        watch: Watch,
        vault: VaultTraits | None = None,
    ) -> None:
        self.line = line
        self.incoming = incoming
        self.agent = AgentSide(line, incoming, director, traits, vault)
        self.turns = CallerTurns(self.agent, watch)

    def decide(self, state: CallState, signal: sg.Signal, at_ms: float, playing: Played | None = None) -> Decision:
        """What follows from ``signal`` at ``at_ms`` (ms since answer), while ``playing`` sounds at the caller."""
        if isinstance(signal, sg.SpeechBegan):
            playing = signal.playing or playing
        draft = Draft(state, at_ms, playing)
        if state.floor is not Floor.ENDED:
            self._take(draft, signal)
        elif isinstance(signal, sg.LineOpened | sg.CarrierGone | sg.Displaced):
            # A socket for a call that is over: nothing is said or recorded any more, but it must close.
            draft.do(LeaveLine())
        return draft.done()

    def _take(self, draft: Draft, signal: sg.Signal) -> None:
        match signal:
            case sg.LineOpened():
                connection.opened(draft, signal, self.agent, self.incoming)
            case sg.SpeechBegan():
                self.turns.began(draft, signal)
            case sg.SpeechGrew():
                self.turns.grew(draft, signal)
            case sg.SpeechLasts():
                self.turns.lasts(draft)
            case sg.SpeechFaded():
                self.turns.faded(draft, signal)
            case sg.TurnLikely():
                self.turns.likely(draft, signal.heard)
            case sg.TurnResumed():
                anticipating.discard(draft, "resumed")
            case sg.CallerSaid():
                self.turns.said(draft, signal.heard)
            case sg.KeyPressed():
                pass  # the session collects keys; a whole entry arrives as CallerSaid
            case sg.CaptureMoved():
                capturing.moved(draft, self.agent, signal)
            case sg.Understood():
                self._understood(draft, signal)
                if self.agent.traits.composes and draft.state.composing is None:
                    # Words may have come with the commands, and the script has not asked for them.
                    draft.do(Withdraw())
            case sg.Composed():
                self.agent.composer.took(draft, signal)
            case sg.ActionDone():
                self._done(draft, signal)
            case sg.TimerRang():
                self._rang(draft, signal.timer)
            case sg.StageFailed():
                self._failed(draft, signal)
            case sg.ProviderNoticed() | sg.UsageCounted() | sg.SpendNoticed():
                take_notice(draft, signal, self.agent)
            case sg.CarrierGone() | sg.Displaced() | sg.LineLeft():
                connection.gone(draft, signal, self.agent)
            case sg.LineNoticed():
                take_note(draft, signal)
            case sg.MachineHeard():
                machine_heard(draft, signal, self.agent)
            case sg.SupervisorOrdered():
                carry_out(draft, signal, self.agent, self.line)
            case _:
                self._played(draft, signal)

    def _played(self, draft: Draft, signal: sg.Judged | sg.Voiced | sg.PlaybackBegan | sg.PlaybackEnded) -> None:
        match signal:
            case sg.Judged():
                self.agent.judged(draft, signal)
            case sg.Voiced() if draft.state.clause(signal.clause):
                dropped = signal.dropped_style
                draft.record(ev.ClauseVoiced(signal.clause, signal.took_ms, signal.cached, dropped, signal.provider))
            case sg.PlaybackBegan() if draft.state.clause(signal.clause):
                draft.record(ev.AgentBegan(signal.clause))
            case sg.PlaybackEnded():
                self.agent.heard(draft, signal)

    # --- the script ---------------------------------------------------------------------------------

    def _understood(self, draft: Draft, signal: sg.Understood) -> None:
        state = draft.state
        if signal.turn != state.turn or state.floor is Floor.AWAY or state.leaving or state.overriding:
            return
        if signal.turn == state.understood:
            return  # it was given up on, and something else may have been asked since
        if signal.danger is not None:
            self.turns.answer(draft, signal.danger, signal.turn, partial=False)
            state = draft.state
            if state.overriding or state.overridden == signal.turn:
                return
        for timer in (UNDERSTANDING, SLOW):
            draft.silence(timer)
        draft.record(
            ev.CommandsUnderstood(
                signal.turn, signal.commands, signal.path, signal.took_ms, signal.fallback,
                signal.provider, signal.questions, signal.first_token_ms,
            )
        )  # fmt: skip
        asked_for(draft, signal.commands)
        urgent = any(isinstance(command, AskHuman | Cancel | Goodbye) for command in signal.commands)
        set_aside = state.requested is not None and sets_aside(signal.commands, writes=state.requested.writes)
        if set_aside:
            self._set_aside(draft)
        elif state.capture and urgent:
            capturing.close(draft, "set_aside")
            draft.record(ev.ActionSetAside(draft.state.run.awaiting))
        elif state.capture:
            return  # said before the ears were shut; the keys answer
        elif state.run.awaiting and not urgent:
            # What was begun in the world is not undone by talking; the caller is told that it goes on.
            self.agent.waits.fill(draft)
            return
        leaving = state.farewell
        if leaving:
            over = self._late(draft) or state.overspent
            if over or not any(goes_on(command) for command in signal.commands):
                self.agent.conclude(draft)
                return  # or the last words are let finish
            self.agent.interrupt(draft)
        cut = state.cut is not None
        sure = state.sure if state.by is HeardBy.SPEECH else 1.0
        commanded = Commanded(
            signal.commands, state.unanswered, state.by, cut, leaving, set_aside, signal.fallback, sure
        )  # fmt: skip
        self._advance(draft, commanded)

    def _set_aside(self, draft: Draft) -> None:
        """Its answer may be for somebody else's ears, or to a question that nobody asks any more."""
        for timer in (FILL, ACTION):
            draft.silence(timer)
        capturing.close(draft, "set_aside")
        draft.record(ev.ActionSetAside(draft.state.run.awaiting))

    def _late(self, draft: Draft) -> bool:
        return draft.at_ms >= self.line.limits.call_seconds * 1_000

    def _advance(self, draft: Draft, stimulus: Commanded | CallerSilent) -> None:
        if draft.state.overspent:
            end_for_spending(draft, self.agent)
            return
        # The words with which a call that is too long ends may have been talked over: nothing else follows them.
        self.agent.advance(draft, TimeIsUp() if self._late(draft) else stimulus)

    def _done(self, draft: Draft, signal: sg.ActionDone) -> None:
        settled = signal.settled
        awaited = draft.state.run.awaiting == settled.key
        if draft.state.capture == settled.key:
            capturing.close(draft, settled.refusal or "kept")
        if settled.receipt is not None:
            draft.record(ev.ActionCommitted(settled.receipt, signal.took_ms))
        elif settled.refusal:
            refused = ev.ActionRefused(settled.key, settled.action, settled.refusal, settled.found, signal.took_ms)
            draft.record(refused)
        else:
            found = ev.ActionAnswered(settled.key, settled.action, settled.found, signal.took_ms)
            draft.record(found)
        if not awaited:
            # It came after we had given up on it, and the talk has gone on.
            if draft.state.floor not in (Floor.AWAY, Floor.OVERTALK) and not draft.state.leaving:
                self.agent.catch_up(draft)
            return
        for timer in (FILL, ACTION):
            draft.silence(timer)
        if draft.state.floor is not Floor.AWAY and not draft.state.leaving:
            self.agent.advance(draft, settled)

    def _rang(self, draft: Draft, timer: str) -> None:
        if draft.state.floor is Floor.AWAY or draft.state.leaving:
            return
        if timer == SILENCE and self.agent.catch_up(draft):
            return
        if timer == SILENCE and draft.state.floor in (Floor.LISTENING, Floor.THINKING):
            draft.record(ev.CallerStayedSilent(draft.state.silences + 1))
            if self.turns.silent(draft):
                return
            self._advance(draft, CallerSilent(draft.state.silences))
        elif timer == FILL:
            self.agent.waits.fill(draft)
        elif timer == ACTION and draft.state.requested is not None:
            request = draft.state.requested
            late = ActionSettled(request.key, request.action, refusal="unavailable")
            self._done(draft, sg.ActionDone(late, ACTION_MS))
        elif timer == SLOW:
            self.agent.waits.cover(draft)
        elif timer == UNDERSTANDING:
            self._understood(draft, sg.Understood(draft.state.turn, (Unclear("timeout"),), "timeout"))
        elif timer == COMPOSING:
            self.agent.composer.failed(draft, "timeout")
        elif timer in LOOKS:
            self.turns.rang(draft, timer)
        elif timer == LINGER:
            self.agent.conclude(draft)
        elif timer == BREATH:
            self.turns.breath(draft)
        elif timer == WORDLESS:
            self.agent.waits.wordless(draft)
        elif timer == SHORT:
            self.agent.waits.short(draft)
        elif timer == LENGTH:
            self.agent.waits.up(draft)
        elif timer == OVERTIME:
            self.agent.waits.over(draft)

    def _failed(self, draft: Draft, signal: sg.StageFailed) -> None:
        draft.record(ev.EngineFailed(signal.stage, signal.reason))
        if draft.state.floor is Floor.AWAY or draft.state.leaving:
            return
        if signal.reply:
            if draft.state.composing is not None and draft.state.composing.id == signal.reply:
                self.agent.composer.failed(draft, "failed")
        elif signal.stage == "understanding":
            self._understood(draft, sg.Understood(signal.turn, (Unclear("engine"),), "failed"))
        elif signal.clause and draft.state.clause(signal.clause) is None:
            return  # it was cut a moment before: nobody waits for its audio
        elif signal.stage == "speaking" or signal.final:
            self.agent.fault(draft)
        elif draft.state.floor is Floor.CONTESTED:
            self.agent.resume(draft, "hearing failed")
