"""The agent's side of a conversation: choosing lines, judging, saying, being heard, leaving."""

from __future__ import annotations

from dataclasses import replace

from calls import capturing
from calls import events as ev
from calls import signals as sg
from calls.composing import COMPOSING, Composer
from calls.danger import Danger
from calls.draft import Draft
from calls.effects import Cut, Expect, Judge, LeaveLine, Pause, Resume, RunAction, Say
from calls.fact_sheet import FactSheet
from calls.floor import Floor
from calls.grounding import Ground, ground_of
from calls.guidance import Guidance
from calls.line import HumanDestination, IncomingCall, Line
from calls.phrases import PRESSED, WITHHELD, clauses_of
from calls.ports import Director, EngineTraits
from calls.run import ActionRequest, ActionSettled, Advance, CallFacts, HumanMissed, Resumed, ScriptLine, Stimulus
from calls.speech import Clause
from calls.state import CallState, Reply
from calls.unhurried import at_their_pace, given_time
from calls.vault import VaultTraits
from calls.waiting import FILL as FILL
from calls.waiting import FILLER_MS, WAITS, Waits
from calls.waiting import SILENCE as SILENCE

ACTION, UNDERSTANDING, LINGER = "action", "understanding", "linger"
ONSET = "onset"
"""Timers; the last: an onset without words is nothing."""

ACTION_MS = 20_000
"""Nobody waits longer on the phone: the script goes on as if the world had refused. A receipt that comes
later is told at the next pause."""

LINGER_MS = 15_000
"""A caller who talks over the goodbye is heard out, but not for longer: it may be noise."""

AGAIN_MS = 300.0
"""The least between noticing an onset and going on over it, and between two looks at one that is waited for."""

HELD = Floor.CALLER
"""A reply chosen while the caller speaks is held back, and dropped if they go on."""


class AgentSide:
    """What the agent does. Pure; all state is in the draft."""

    def __init__(
        self,
        line: Line,
        incoming: IncomingCall,
        director: Director,
        traits: EngineTraits,
        vault: VaultTraits | None = None,
    ) -> None:
        self.line = line
        self.incoming = incoming
        self.director = director
        self.traits = traits
        self.vault = vault
        self.composer = Composer(self)
        self.waits = Waits(self)
        self._facts = FactSheet(line, incoming, traits, vault)

    def facts(self, draft: Draft) -> CallFacts:
        """What the script may know at the moment being decided."""
        return self.facts_at(draft.state, draft.at_ms)

    def facts_at(self, state: CallState, at_ms: float) -> CallFacts:
        """What a script, an understander or an action may know at ``at_ms``."""
        return self._facts.at(state, at_ms)

    def guidance(self, draft: Draft) -> Guidance:
        """What is wanted where the script stands."""
        return self.guidance_at(draft.state, draft.at_ms)

    def guidance_at(self, state: CallState, at_ms: float) -> Guidance:
        """What was wanted in ``state``."""
        return given_time(state, self.director.guidance(state.run, self.facts_at(state, at_ms)))

    def advance(self, draft: Draft, stimulus: Stimulus) -> None:
        """Ask the script, record what it decided, and say or do it."""
        draft.silence(SILENCE)
        facts = self.facts(draft)
        advance = self.director.advance(draft.state.run, stimulus, facts)
        for body in advance.events:
            draft.record(body)
        refused = None
        if advance.action is not None:
            request = advance.action
            asked = (request.key, request.action, request.arguments, request.writes, request.keyed, request.covers)
            draft.record(ev.ActionRequested(*asked))
            refused = self.act(draft, request)
        self._answer(draft, advance, back=isinstance(stimulus, Resumed))
        draft.do(Expect(given_time(draft.state, advance.guidance)))
        if refused is not None:
            self.advance(draft, refused)

    def act(self, draft: Draft, request: ActionRequest) -> ActionSettled | None:
        """Have it done. Safe to ask again under the same key: it is done once. A capture may be refused at once."""
        if request.keyed:
            return capturing.ask(draft, self, request)
        draft.do(RunAction(request))
        draft.ring_in(FILL, FILLER_MS)
        draft.ring_in(ACTION, ACTION_MS)
        return None

    def _answer(self, draft: Draft, advance: Advance, back: bool) -> None:
        if advance.composes:
            if advance.lines or draft.state.owed:
                self.speak(draft, advance.lines, back=back)
            self.composer.open(draft, given_time(draft.state, advance.guidance))
            return
        ending = advance.ending or (capturing.LEAVE if capturing.leaves(draft, self) else "")
        if advance.lines:
            self.speak(draft, advance.lines, ending, advance.disposition, back=back)
        elif ending:
            self.leave(draft, ending, advance.disposition)
        elif advance.action is None:
            self.listen(draft)

    def speak(
        self,
        draft: Draft,
        lines: tuple[ScriptLine, ...],
        ending: str = "",
        disposition: str = "",
        *,
        back: bool = False,
        urgent: bool = False,
        beside: bool = False,
    ) -> None:
        """Choose a reply; it is said at once, or held while the caller has the floor.

        What is owed comes first; with a caller who is ``back`` after a lost line, after the apology for that, and
        after what is ``urgent``. ``beside``: while a model goes on looking for the words of another.
        """
        if not beside:
            self.composer.withdraw(draft)
        state = draft.state
        reply = f"r{state.chosen + 1}"
        first = len(lines) if urgent else 1 if back else 0
        ahead = [clause for line in lines[:first] for clause in _clauses(line, ending)]
        after = [clause for line in lines[first:] for clause in _clauses(line, ending)]
        said = {clause.text for clause in after}
        clauses = (*ahead, *(clause for clause in state.owed if clause.text not in said), *after)
        numbered = tuple(
            replace(clause, id=f"{reply}.{n}", style=at_their_pace(state, clause.style))
            for n, clause in enumerate(clauses, 1)
        )
        held = state.floor is HELD or self.holds(state)
        draft.record(ev.LineChosen(reply, state.turn, numbered, ending, disposition))
        if not held:
            self.judge(draft, numbered)

    @staticmethod
    def holds(state: CallState) -> bool:
        """Whether what was chosen waits until it is clear that the caller does not go on."""
        return state.floor is Floor.CONTESTED and state.paused is None

    def judge(self, draft: Draft, clauses: tuple[Clause, ...]) -> None:
        """Show clauses to the speech gate."""
        ground = Ground(frozenset(receipt.key for receipt in draft.state.run.receipts.values()))
        if any(not clause.line for clause in clauses):
            facts = self.facts(draft)
            ground = ground_of(draft.state, facts, self.line, self.guidance(draft))
        draft.do(*(Judge(clause, ground) for clause in clauses))

    def judged(self, draft: Draft, verdict: sg.Judged) -> None:
        """The gate has spoken: voice the clause, other words in its place, or an apology."""
        before = draft.state.clause(verdict.asked)
        if before is None:
            return  # withdrawn in the meantime
        if verdict.clause is None:
            draft.record(ev.GuardrailBlocked(verdict.asked, verdict.rule, verdict.took_ms, verdict.policy))
            if before.line:
                self._withheld(draft)
            else:
                self.composer.blocked(draft, verdict)
            return
        changed = verdict.clause.text if before.text != verdict.clause.text else ""
        draft.record(ev.GuardrailCleared(verdict.asked, verdict.rule, changed, verdict.took_ms, verdict.policy))
        self.waits.stop_hold(draft)
        draft.do(Say(verdict.clause))

    def _withheld(self, draft: Draft) -> None:
        emptied = next((reply for reply in draft.state.replies if not reply.clauses and not reply.composing), None)
        if emptied is None:
            return
        # The reply's ending moves to the words that are said in its place.
        self._completed(draft, emptied)
        apology = (ScriptLine("withheld", WITHHELD),)
        self.speak(draft, apology, emptied.ending, emptied.disposition)

    def resume(self, draft: Draft, reason: str) -> None:
        """It was nothing: go on where the caller stopped hearing us, or say what was held back."""
        held = draft.state.paused is None
        draft.record(ev.AgentResumed(reason))
        if held:
            for reply in draft.state.replies:
                self.judge(draft, reply.clauses)
        else:
            draft.do(Resume())

    def interrupt(self, draft: Draft) -> None:
        """The caller meant it: the rest is not said."""
        paused, playing = draft.state.paused, draft.playing
        current = draft.state.current
        if paused is not None:
            cut = ev.AgentInterrupted(paused.clause, paused.heard_ms, paused.heard_text)
        elif playing is not None and draft.state.clause(playing.clause) is not None:
            cut = ev.AgentInterrupted(playing.clause, playing.heard_ms, playing.heard_text)
        else:
            cut = ev.AgentInterrupted(current.id if current else "", 0.0, "")
        self.composer.withdraw(draft)
        draft.record(cut)
        draft.do(Cut())
        capturing.passed(draft)

    def heard(self, draft: Draft, ended: sg.PlaybackEnded) -> None:
        """A clause was heard to its end; perhaps the reply with it."""
        state = draft.state
        clause = state.clause(ended.clause)
        if clause is None:
            return  # its mark came back after it was cut
        draft.record(ev.AgentSpoke(clause.id, clause.text, ended.heard_ms))
        reply = next((r for r in draft.state.replies if r.id == clause.id.split(".")[0]), None)
        if reply is None or reply.clauses or reply.composing:
            return
        if reply.ending == "hang_up" and draft.state.floor is Floor.OVERTALK:
            draft.ring_in(LINGER, LINGER_MS)
            return
        self.complete(draft, reply)

    def conclude(self, draft: Draft) -> None:
        """The caller talked over the goodbye and wants nothing more: the call ends, if it was heard to its end."""
        over = next((reply for reply in draft.state.replies if reply.ending and not reply.clauses), None)
        if over is not None:
            self.complete(draft, over)

    def complete(self, draft: Draft, reply: Reply) -> None:
        """All of a reply was heard: the caller has the floor, or the call ends."""
        if reply.ending == "hang_up" and self.catch_up(draft):
            return
        self._completed(draft, reply)
        capturing.passed(draft)
        state = draft.state
        if state.leaving:
            self.leave(draft, state.leaving, state.disposition)
        elif state.floor is Floor.LISTENING:
            self.listen(draft) if not self.catch_up(draft) else None
        elif state.floor is Floor.OVERTALK and state.current is not None and state.yields:
            # The caller set in over words that are heard out; what comes after them is not.
            draft.record(ev.AgentPaused(state.current.id, 0.0, ""))
            draft.do(Pause())
            draft.ring_in(ONSET, AGAIN_MS)

    @staticmethod
    def _completed(draft: Draft, reply: Reply) -> None:
        paused = draft.state.paused is not None
        draft.record(ev.ReplyCompleted(reply.id))
        if paused and draft.state.paused is None:
            # Heard to its end all the same. A play-out that stayed paused would swallow everything from here on.
            draft.do(Resume())

    def catch_up(self, draft: Draft) -> bool:
        """Tell what was done after all, once nothing else is going on; a goodbye is not gone through with before it.

        False when there is nothing to tell, or it is not the moment.
        """
        state = draft.state
        free = state.floor is Floor.LISTENING and not state.replies
        if not state.untold or state.run.awaiting or state.overriding or not (free or state.farewell):
            return False
        if state.floor is Floor.CONTESTED:
            return False  # the caller has set in: what they say decides
        if not free:
            self.interrupt(draft)
        receipt = draft.state.untold[0]
        draft.record(ev.ReceiptTaken(receipt.key))
        self.advance(draft, ActionSettled(receipt.key, receipt.action, receipt, late=True))
        return True

    def listen(self, draft: Draft) -> None:
        """Start waiting for the caller, unless something of ours is still to come."""
        state = draft.state
        if capturing.leaves(draft, self) and state.floor is Floor.LISTENING and not state.replies:
            # The words before it were cut by something graver, which is over.
            self.leave(draft, capturing.LEAVE, "")
            return
        self.waits.listen(draft)

    def leave(
        self, draft: Draft, ending: str, disposition: str, target: HumanDestination | None = None
    ) -> None:
        """Close the media socket; the record says what the carrier is to do next.

        ``target``: who takes a call that is handed over, in place of the line's person.
        """
        self.composer.withdraw(draft)
        for timer in (*WAITS, ACTION, UNDERSTANDING, LINGER, COMPOSING, ONSET):
            draft.silence(timer)
        self.waits.stop_hold(draft)
        if ending == capturing.LEAVE:
            capturing.left(draft)
            draft.do(LeaveLine())
            return
        capturing.close(draft, "left")
        if disposition and disposition != draft.state.disposition:
            draft.record(ev.OutcomeReached(disposition))
        human = target or self.line.human
        if ending == "hand_over" and human is not None:
            draft.record(ev.HandoverRequested(human.kind, human.address))
        draft.do(LeaveLine())

    def check(self, draft: Draft, danger: Danger, turn: int) -> None:
        """Ask whether a danger was heard right, before anything is done about it."""
        for timer in (SILENCE, UNDERSTANDING):
            draft.silence(timer)
        if draft.state.replies:
            self.interrupt(draft)
        draft.record(ev.DangerChecked(danger, turn, draft.state.sure))
        self.speak(draft, (ScriptLine(f"danger.{danger.kind}.check", danger.check),), urgent=True)

    def answer_danger(self, draft: Draft, danger: Danger, turn: int, *, partial: bool) -> None:
        """Say the fixed words now, whoever speaks; then to a person, or on."""
        for timer in (SILENCE, UNDERSTANDING):
            draft.silence(timer)
        if draft.state.replies:
            self.interrupt(draft)
        heard = ev.DangerHeard(danger.kind, danger.rule, danger.edition, danger.risk, danger.then, turn, partial)
        draft.record(heard)
        human = self.line.human is not None and not draft.state.run.facts.get("human_missed")
        lines = [ScriptLine(f"danger.{danger.kind}", danger.say, interruptible=False, must_say=True)]
        if danger.then == "hand_over" and not human and danger.alone:
            lines.append(ScriptLine(f"danger.{danger.kind}.alone", danger.alone, interruptible=False))
        leaves = danger.then == "hand_over" and human
        self.speak(draft, tuple(lines), "hand_over" if leaves else "", danger.kind if leaves else "", urgent=True)
        if danger.then == "hand_over" and not human and danger.risk != "critical":
            # Nobody to put them through to: the way out every script has, a message or a call back.
            self.advance(draft, HumanMissed("none"))

    def fault(self, draft: Draft) -> None:
        """Our side cannot go on: to a person when the line has one, otherwise an end that says so."""
        draft.do(Cut())
        if draft.state.replies:
            self.interrupt(draft)
        self.leave(draft, "hand_over" if self.line.human else "hang_up", "fault")


def _clauses(line: ScriptLine, ending: str) -> list[Clause]:
    """A line, sentence by sentence; the reply numbers them."""
    said = [
        Clause(
            id="",
            text=text,
            line=line.id,
            # A goodbye and the words before a transfer are heard out: the call ends with them.
            interruptible=line.interruptible and not ending,
            must_say=line.must_say,
            receipt=line.receipt,
            style=line.style,
            language=line.language,
        )
        for text in clauses_of(line.text)
    ]
    return [*said, Clause("", PRESSED, line.id, interruptible=False, press=line.press)] if line.press else said
