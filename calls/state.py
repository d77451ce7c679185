"""What is known of a call: a value which only recorded events change."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from calls import events as ev
from calls.caller import Caller
from calls.caller import fold as fold_caller
from calls.changed import changed
from calls.floor import Floor, move
from calls.lull import FILLER_LINE, TAKEN_BACK, Lull, lulled
from calls.recording import Recording
from calls.recording import fold as fold_recording
from calls.run import ActionRequest, ActionSettled, Receipt, Run
from calls.runs import fold
from calls.speech import Clause, Heard, HeardBy
from calls.taken import Taken, kept
from calls.talk import Talk, told

FELT = 0.5
"""A feeling of less confidence changes nothing."""

@dataclass(frozen=True, slots=True)
class Reply:
    """Something being said, clause by clause."""

    id: str
    clauses: tuple[Clause, ...]
    """those not yet heard to their end, in order"""
    ending: str = ""
    disposition: str = ""
    composing: bool = False
    """a model is still finding its words"""
    composed: int = 0
    """clauses it has found so far"""


@dataclass(frozen=True, slots=True)
class Ahead:
    """Words that are being understood before their turn is over."""

    turn: int
    text: str
    run: Run
    """where the script stood"""
    cut: str | None
    """what had been heard of the words which the turn cuts"""


@dataclass(frozen=True)
class CallState:
    """The conversation's memory. Without slots: see ``calls.changed``."""

    floor: Floor = Floor.IDLE
    answered: ev.CallAnswered | None = None
    run: Run = field(default_factory=Run)
    sockets: int = 0
    """media sockets so far"""
    turn: int = 0
    """caller turns so far"""
    unanswered: str = ""
    """words of turns that are not understood yet"""
    understood: int = 0
    """the newest turn that was understood, or given up on"""
    taken: Taken | None = None
    """the newest turn that was understood, while it can be taken back"""
    keyed: Heard | None = None
    """keys that are not understood yet"""
    by: HeardBy = HeardBy.SPEECH
    """how the newest turn came"""
    caller: Caller = field(default_factory=Caller)
    """how they speak"""
    cut: str | None = None
    """what had been heard of the words the newest turn cut; None when it cut none"""
    feeling: str = ""
    """how the newest turn sounded; empty when that is not known, or doubtful"""
    silences: int = 0
    lull: Lull = field(default_factory=Lull)
    """since when nobody speaks, and what covers it"""
    replies: tuple[Reply, ...] = ()
    """being said or waiting to be said"""
    chosen: int = 0
    """replies so far"""
    talk: Talk = ()
    """what was said and heard of late"""
    ahead: Ahead | None = None
    """a turn that is being understood before it is over"""
    paused: ev.AgentPaused | None = None
    owed: tuple[Clause, ...] = ()
    """must-say clauses that were cut, or lost with the line: the next reply says them"""
    checkpointed_ms: float = -1_000.0
    leaving: str = ""
    """``hang_up | hand_over`` once it is decided"""
    disposition: str = ""
    recording: Recording = field(default_factory=Recording)
    missed: str = ""
    """why the dialled person did not take the call"""
    machine: str = ""
    """``fax | tty``, once its tones were heard: nothing is said to it"""
    hung_up: bool = False
    overspent: bool = False
    """what one call may cost is used up: the call is brought to an end"""
    dangers: Mapping[str, int] = field(default_factory=dict)
    """kind of danger -> the caller's turn it was last heard in"""
    checked: ev.DangerChecked | None = None
    """a danger that was asked about last"""
    sure: float = 1.0
    """hearing's confidence in the newest turn"""
    override: str = ""
    """the reply said in the script's place; until it is heard nothing the caller says is understood"""
    overridden: int = 0
    """the caller's turn that such a reply has answered: the script is not told of it"""
    capture: str = ""
    """key of the action for which the caller keys in secret just now"""
    answered_away: ActionSettled | None = None
    """what the carrier brought of a capture, until the call is back with us"""
    hushed: int = 0
    """the caller's turn in which a card number was stopped, until they are heard again"""
    card_ms: float = -1e9
    """when that was last, ms since answer"""
    untold: tuple[Receipt, ...] = ()
    """receipts that came after their action had been given up on, and of which the caller knows nothing yet"""
    requested: ActionRequest | None = None
    """an action whose answer is not on record: the process ended in between"""

    @property
    def composing(self) -> Reply | None:
        """The reply whose words a model is still finding."""
        return next((reply for reply in self.replies if reply.composing), None)

    @property
    def current(self) -> Clause | None:
        """The clause that sounds, or is the next to."""
        return next((clause for reply in self.replies for clause in reply.clauses), None)

    @property
    def overriding(self) -> bool:
        """Whether an override is still to be heard."""
        return any(reply.id == self.override for reply in self.replies)

    @property
    def yields(self) -> bool:
        """Whether what sounds now may be interrupted; False when nothing does."""
        return self.current is not None and self.current.interruptible

    @property
    def farewell(self) -> bool:
        """Whether the call ends with what is being said; a hand-over is none."""
        return any(reply.ending == "hang_up" for reply in self.replies)

    @property
    def unhurried(self) -> bool:
        """Whether this caller is given more time, for the rest of the call."""
        return self.caller.unhurried is not None

    def clause(self, name: str) -> Clause | None:
        """The clause ``name`` of a reply, or of ours in the caller's turn, while it is still to be heard."""
        if self.caller.murmur is not None and self.caller.murmur.id == name:
            return self.caller.murmur
        return next((c for reply in self.replies for c in reply.clauses if c.id == name), None)


def evolve(state: CallState, body: ev.EventBody, at_ms: float) -> CallState:
    """``state`` after ``body``. Total: every event is accepted, those that do not matter change nothing."""
    taken = state.taken
    untold = _untold(state, body.receipt) if isinstance(body, ev.ActionCommitted) else state.untold
    state = changed(
        state, floor=move(state.floor, body.name), run=fold(state.run, body), talk=told(state.talk, body),
        recording=fold_recording(state.recording, body), caller=fold_caller(state.caller, body, at_ms),
        lull=lulled(state.lull, body, at_ms), taken=kept(taken, body), untold=untold,
    )  # fmt: skip
    match body:
        case ev.TurnTakenBack() if taken is not None:
            # The newer turn is on record already: the words before it come first.
            text = f"{taken.text} {state.unanswered}".strip()
            return changed(
                state, run=taken.run, unanswered=text, understood=taken.understood, cut=taken.cut, owed=taken.owed
            )
        case ev.CallAnswered():
            return changed(state, answered=body)
        case ev.CarrierConnected():
            return changed(state, sockets=body.attempt, leaving="", missed="", answered_away=None)
        case ev.CarrierLost() | ev.CarrierReplaced() | ev.CallEnded():
            # What was said and not understood yet is asked for again: two answers in one would be none.
            owed = (*state.owed, *_must_be_said(state))
            return changed(
                state, replies=(), paused=None, owed=owed, ahead=None, unanswered="", keyed=None, understood=state.turn
            )
        case ev.CallerHungUp():
            return changed(state, replies=(), paused=None, hung_up=True, ahead=None)
        case ev.MachineHeard():
            return _override(changed(state, machine=body.kind), state.turn)
        case ev.HandoverRequested():
            # Whoever takes the call asks for themselves; who comes back is asked anew.
            owed = (*state.owed, *_must_be_said(state))
            return changed(state, replies=(), paused=None, owed=owed, unanswered="", keyed=None, ahead=None)
        case ev.HandoverFailed():
            return changed(state, missed=body.status)
        case ev.OrderAccepted() if body.kind != "say":
            return _override(state, state.turn)
        case ev.DangerChecked():
            return changed(state, checked=body, overridden=body.turn, unanswered="", keyed=None)
        case ev.DangerHeard():
            state = changed(state, dangers={**state.dangers, body.kind: body.turn})
            return state if body.then == "go_on" else _override(state, body.turn)
        case ev.SpendNoticed(scope="call", step="exceeded"):
            return changed(state, overspent=True)
        case ev.OutcomeReached():
            return changed(state, disposition=body.outcome)
        case ev.ActionRequested():
            request = ActionRequest(body.key, body.action, body.arguments, body.writes, body.keyed, body.covers)
            return changed(state, requested=request)
        case ev.ReceiptTaken():
            return changed(state, untold=tuple(r for r in state.untold if r.key != body.key))
        case ev.ActionCommitted() | ev.ActionAnswered() | ev.ActionRefused() | ev.ActionSetAside():
            requested = state.requested if state.run.awaiting else None
            return changed(state, answered_away=_away(state, body), requested=requested)
        case ev.CaptureOpened():
            return changed(state, capture=body.key)
        case ev.CaptureClosed():
            return changed(state, capture="")
        case ev.CardStopped():
            return _override(changed(state, hushed=body.turn, card_ms=at_ms), body.turn)
        case ev.CardPassed():
            return changed(state, hushed=0)
        case _:
            return _evolve_speech(state, body, at_ms)


def _override(state: CallState, turn: int) -> CallState:
    """The next reply takes the script's place; what the caller said in ``turn`` asks for nothing more."""
    return changed(state, override=f"r{state.chosen + 1}", overridden=turn, unanswered="", keyed=None)


def _away(state: CallState, body: ev.EventBody) -> ActionSettled | None:
    """The answer to a capture, when it comes while the carrier has the call."""
    if state.floor is not Floor.AWAY or state.requested is None or not state.requested.keyed:
        return state.answered_away
    match body:
        case ev.ActionAnswered():
            return ActionSettled(body.key, body.action, found=body.found)
        case ev.ActionRefused():
            return ActionSettled(body.key, body.action, refusal=body.refusal, found=body.found)
        case _:
            return state.answered_away


def _untold(state: CallState, receipt: Receipt) -> tuple[Receipt, ...]:
    """With ``receipt``, when the talk has gone on without it; ``state`` is that of before."""
    waited_for = state.run.awaiting == receipt.key and not state.leaving
    known = state.run.receipts.get(receipt.action) == receipt or receipt in state.untold
    if waited_for or known or receipt.key not in state.run.asked:
        return state.untold
    return (*state.untold, receipt)


def _evolve_speech(state: CallState, body: ev.EventBody, at_ms: float) -> CallState:
    match body:
        case ev.UtteranceCheckpointed():
            return changed(state, checkpointed_ms=at_ms)
        case ev.CallerQuieted() if state.overridden > state.turn and body.reason not in ("wordless", TAKEN_BACK):
            # What was answered while it was said is no turn after all: the next one is its own.
            return changed(state, overridden=0)
        case ev.CallerSpoke():
            # What is said while a danger is being answered is heard, and asks for nothing.
            answered = state.overriding or state.overridden == body.turn
            text = "" if answered else f"{state.unanswered} {body.text}".strip()
            feeling = body.tone.feeling if body.tone is not None and body.tone.confidence >= FELT else ""
            return changed(
                state, turn=body.turn, silences=0, unanswered=text, by=HeardBy.SPEECH, feeling=feeling,
                sure=body.confidence,
            )  # fmt: skip
        case ev.CallerPressed():
            keyed = Heard(body.digits, body.from_ms, body.to_ms, by=HeardBy.KEYS)
            return changed(state, turn=body.turn, silences=0, keyed=keyed, by=HeardBy.KEYS)
        case ev.CallerStayedSilent():
            return changed(state, silences=body.count)
        case ev.CommandsUnderstood():
            taken = _taken(state, body)
            return changed(state, unanswered="", keyed=None, understood=body.turn, taken=taken)
        case ev.OnsetJudged() if body.turn:
            # A turn that asks for nothing; it must not stand before the words of the next one.
            return changed(state, unanswered="", understood=body.turn)
        case ev.LineChosen():
            reply = Reply(body.reply, body.clauses, body.ending, body.disposition)
            spoken = {clause.receipt for clause in body.clauses}
            untold = tuple(receipt for receipt in state.untold if receipt.key not in spoken)
            replies, chosen = (*state.replies, reply), state.chosen + 1
            # A word that covers a wait answers nothing: what the turn cut is still to be known when it is understood.
            cut = state.cut if all(clause.line == FILLER_LINE for clause in body.clauses) else None
            return changed(state, replies=replies, chosen=chosen, owed=(), cut=cut, untold=untold)
        case ev.ReplyOpened():
            reply = Reply(body.reply, (), composing=True)
            return changed(state, replies=(*state.replies, reply), chosen=state.chosen + 1, cut=None)
        case ev.ClauseComposed():
            return _with_clause(state, body)
        case ev.ReplyClosed():
            return _closed(state, body)
        case ev.SpeculationBegan():
            cut = state.paused.heard_text if state.paused is not None else state.cut
            return changed(state, ahead=Ahead(body.turn, body.text, state.run, cut))
        case ev.SpeculationEnded():
            return changed(state, ahead=None)
        case ev.GuardrailCleared(replacement=text) if text:
            return _reworded(state, body.clause, text)
        case ev.GuardrailBlocked() | ev.AgentSpoke():
            return _heard(state, body.clause)
        case ev.AgentPaused():
            return changed(state, paused=body)
        case ev.AgentResumed(reason="acknowledgement"):
            # A turn that asks for nothing; it must not stand before the words of the next one.
            return changed(state, paused=None, unanswered="", understood=state.turn)
        case ev.AgentResumed():
            return changed(state, paused=None)
        case ev.AgentInterrupted():
            return changed(state, replies=(), paused=None, owed=_must_be_said(state), cut=body.heard_text)
        case ev.ReplyCompleted():
            return _completed(state, body.reply)
        case _:
            return state


def _taken(state: CallState, body: ev.CommandsUnderstood) -> Taken | None:
    """How things stood, in case the turn goes on; keys are over when they are over."""
    if state.by is HeardBy.KEYS or state.keyed is not None or state.run.awaiting:
        return None
    return Taken(body.turn, state.unanswered, state.run, state.understood, state.cut, state.owed)


def _must_be_said(state: CallState) -> tuple[Clause, ...]:
    return tuple(c for reply in state.replies for c in reply.clauses if c.must_say)


def _heard(state: CallState, name: str) -> CallState:
    left = (replace(reply, clauses=tuple(c for c in reply.clauses if c.id != name)) for reply in state.replies)
    return changed(state, replies=tuple(left))


def _reworded(state: CallState, name: str, text: str) -> CallState:
    replies = []
    for reply in state.replies:
        clauses = tuple(replace(c, text=text) if c.id == name else c for c in reply.clauses)
        replies.append(replace(reply, clauses=clauses))
    return changed(state, replies=tuple(replies))


def _with_clause(state: CallState, body: ev.ClauseComposed) -> CallState:
    replies = tuple(
        replace(reply, clauses=(*reply.clauses, body.clause), composed=reply.composed + 1)
        if reply.id == body.reply
        else reply
        for reply in state.replies
    )
    return changed(state, replies=replies)


def _closed(state: CallState, body: ev.ReplyClosed) -> CallState:
    """With ``done`` the reply stays until it is heard; else it is gone when nothing of it is left to hear."""
    replies: list[Reply] = []
    for reply in state.replies:
        if reply.id == body.reply:
            clauses = tuple(c for c in reply.clauses if not body.after or _place(c.id) <= _place(body.after))
            reply = replace(reply, composing=False, clauses=clauses)
            if not clauses and body.how != "done":
                continue
        replies.append(reply)
    return changed(state, replies=tuple(replies))


def _place(clause: str) -> int:
    return int(clause.rpartition(".")[2])


def _completed(state: CallState, name: str) -> CallState:
    done = next((reply for reply in state.replies if reply.id == name), None)
    left = tuple(reply for reply in state.replies if reply.id != name)
    floor, paused = state.floor, state.paused
    if not any(reply.clauses for reply in left):
        paused = None
    elif paused is not None:
        floor = Floor.CONTESTED  # the next one is paused with it
    elif floor is Floor.CALLER:
        floor = Floor.OVERTALK  # the next one sounds already
    if left and floor is Floor.LISTENING:
        floor = Floor.AGENT  # more to say: the floor stays with the agent
    state = changed(state, replies=left, floor=floor, paused=paused)
    if done is None or not done.ending:
        return state
    return changed(state, leaving=done.ending, disposition=done.disposition or state.disposition)


def rebuild(past: Iterable[ev.CallEvent]) -> CallState:
    """The state after everything on a call's record. Asks no script, no model and no gate."""
    state = CallState()
    for event in past:
        state = evolve(state, event.body, event.at_ms)
    return state
