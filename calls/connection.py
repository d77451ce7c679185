"""The line opens, is lost, comes back, and is left: what the conversation makes of the carrier's side."""

from __future__ import annotations

from calls import capturing, consent, line_watch
from calls import events as ev
from calls import signals as sg
from calls.draft import Draft
from calls.effects import LeaveLine
from calls.floor import Floor
from calls.line import IncomingCall, Line
from calls.replies import AgentSide
from calls.run import HumanMissed, Resumed
from calls.taping import keep_muted

HINT = "hint."
"""Facts whose names begin so were found for a number nobody has proved to be theirs: no line can speak of them."""


def opened(draft: Draft, signal: sg.LineOpened, agent: AgentSide, incoming: IncomingCall) -> None:
    """A media socket carries the call: the first answers it, a later one takes it up again."""
    first = draft.state.answered is None
    missed, answered_away = draft.state.missed, draft.state.answered_away
    if first:
        draft.record(_answered(signal.wall, agent.line, incoming))
    elif draft.state.floor is not Floor.AWAY:
        # Nobody wrote that the line was lost: the process that had it is gone.
        draft.record(ev.CarrierLost("process_lost"))
    attempt = draft.state.sockets + 1
    draft.record(ev.CarrierConnected(signal.stream_id, attempt))
    if signal.recording:
        draft.record(ev.RecordingStarted(attempt, 8_000, 2))
        keep_muted(draft)
    elif signal.unrecorded:
        draft.record(ev.RecordingLacking(attempt, 0.0, signal.unrecorded))
    agent.waits.begin(draft)
    capturing.passed(draft)
    capturing.close(draft, "carrier" if answered_away is not None else "line_lost")
    if draft.state.requested is not None and not draft.state.requested.keyed:
        # Whether it was done is not on record. Asking again under its key either does it or finds the receipt.
        agent.act(draft, draft.state.requested)
    if first:
        for name, value in sorted(incoming.hints.items()):
            draft.record(ev.FactLearned(f"{HINT}{name}", value))
        consent.open_with(draft, agent, recording=signal.recording)
    elif draft.state.recording.asked:
        consent.Consent(agent).ask(draft)
    elif draft.state.machine:
        line_watch.leave(draft, agent, missed=bool(missed))
    elif answered_away is not None:
        agent.advance(draft, answered_away)
    elif draft.state.requested is not None and draft.state.requested.keyed:
        agent.advance(draft, capturing.interrupted(draft, draft.state.requested))
    elif missed:
        agent.advance(draft, HumanMissed(missed))
    else:
        agent.advance(draft, Resumed())


def _answered(wall: str, line: Line, incoming: IncomingCall) -> ev.CallAnswered:
    return ev.CallAnswered(
        call=incoming.call,
        carrier=incoming.carrier,
        caller=incoming.caller,
        called=incoming.called,
        line=line.id,
        line_version=line.version,
        engine=line.engine,
        locale=line.locale,
        timezone=line.timezone,
        answered_at=wall,
    )


def gone(draft: Draft, signal: sg.CarrierGone | sg.Displaced | sg.LineLeft, agent: AgentSide) -> None:
    """The socket is gone, another took the call over, or nothing runs on it any more."""
    match signal:
        case sg.CarrierGone():
            if signal.counts:
                draft.record(ev.CarrierFaulted(signal.counts))
            agent.composer.withdraw(draft)
            if draft.state.floor is not Floor.AWAY and not draft.state.leaving:
                draft.record(ev.CallerHungUp() if signal.ended else ev.CarrierLost(signal.reason))
            draft.do(LeaveLine())
        case sg.Displaced():
            agent.composer.withdraw(draft)
            draft.record(ev.CarrierReplaced())
            draft.do(LeaveLine())
        case sg.LineLeft():
            _left(draft, signal, agent.line)


def _left(draft: Draft, signal: sg.LineLeft, line: Line) -> None:
    state = draft.state
    if signal.fault:
        draft.record(ev.RecordingLacking(state.sockets, signal.lost_ms, signal.fault))
    if signal.digest:
        draft.record(ev.RecordingStopped(state.sockets, signal.recorded_ms, signal.digest))
    if state.hung_up:
        draft.record(ev.CallEnded("caller_hung_up", line.filed(state.disposition), draft.at_ms))
    elif state.floor is not Floor.AWAY:
        # Left of our own will, and not to a person: the carrier is told to hang up.
        draft.record(ev.CallEnded("agent_hung_up", line.filed(state.disposition), draft.at_ms))
