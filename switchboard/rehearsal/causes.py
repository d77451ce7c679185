"""From the events on a record back to the signals they came from: what a replay feeds to the present code."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from calls import events as ev
from calls import signals as sg
from calls.attending import FLOOR, MURMUR
from calls.composing import COMPOSING
from calls.events import CallEvent
from calls.replies import ONSET
from calls.run import ActionSettled
from calls.speech import Heard, HeardBy, Played
from calls.state import CallState
from calls.waiting import FILL, LENGTH, SILENCE

Recorded = Sequence[CallEvent]
"""the events from the one in question on"""

EXTERNAL = (
    ev.HandoverAnswered, ev.HandoverFailed, ev.OrderAccepted, ev.OrderRefused, ev.CarrierFaulted, ev.RecordingStopped,
)  # fmt: skip
"""Put on the record by others than the conversation, or told together with the event that follows."""


def causes(recorded: Recorded, state: CallState) -> list[sg.Signal]:
    """Signals the next event may have come from, the likeliest first; empty when that is not on record."""
    body = recorded[0].body
    find = _CAUSES.get(type(body))
    if find is not None:
        return list(find(recorded, body, state))
    if isinstance(body, ev.LineChosen) and body.clauses and body.clauses[0].line == "filler":
        return [sg.TimerRang(FILL)]
    if isinstance(body, EXTERNAL):
        return []
    return [sg.TimerRang(LENGTH), sg.TimerRang(FILL)]


def is_cause(event: CallEvent) -> bool:
    """Whether an event is the first that its signal leads to."""
    return type(event.body) in _CAUSES


def _following(recorded: Recorded, kind: type[Any], within: int = 3) -> Any:
    return next((event.body for event in recorded[1:within] if isinstance(event.body, kind)), None)


def _answered(recorded: Recorded, body: ev.CallAnswered, state: CallState) -> Iterable[sg.Signal]:
    connected = _following(recorded, ev.CarrierConnected)
    stream = connected.stream_id if connected is not None else ""
    yield sg.LineOpened(stream, body.answered_at, _following(recorded, ev.RecordingStarted) is not None)


def _connected(recorded: Recorded, body: ev.CarrierConnected, state: CallState) -> Iterable[sg.Signal]:
    yield sg.LineOpened(body.stream_id, "", _following(recorded, ev.RecordingStarted) is not None)


def _began(recorded: Recorded, body: ev.CallerBegan, state: CallState) -> Iterable[sg.Signal]:
    paused = _following(recorded, ev.AgentPaused, 2)
    silent = paused is None or (not paused.heard_ms and not paused.heard_text)
    sounding = None if silent else Played(paused.clause, paused.heard_ms, paused.heard_text)
    yield sg.SpeechBegan(body.from_ms, sounding, body.by)
    if paused is not None and silent:
        yield sg.SpeechBegan(body.from_ms, Played(paused.clause, 0.0, ""), body.by)


def _spoke(recorded: Recorded, body: ev.CallerSpoke, state: CallState) -> Iterable[sg.Signal]:
    heard = Heard(body.text, body.from_ms, body.to_ms, body.confidence, HeardBy.SPEECH, body.tone, body.reason)
    yield sg.CallerSaid(replace(heard, provider=body.provider, softer_db=body.softer_db))


def _continued(recorded: Recorded, body: ev.TurnContinued, state: CallState) -> Iterable[sg.Signal]:
    spoke = _following(recorded, ev.CallerSpoke)
    return _spoke(recorded, spoke, state) if spoke is not None else ()


def _pressed(recorded: Recorded, body: ev.CallerPressed, state: CallState) -> Iterable[sg.Signal]:
    yield sg.CallerSaid(Heard(body.digits, body.from_ms, body.to_ms, by=HeardBy.KEYS))


def _understood(recorded: Recorded, body: ev.CommandsUnderstood, state: CallState) -> Iterable[sg.Signal]:
    yield sg.Understood(
        body.turn, body.commands, body.path, body.took_ms, body.fallback,
        provider=body.provider, questions=body.questions, first_token_ms=body.first_token_ms,
    )  # fmt: skip


def _clause(recorded: Recorded, body: ev.ClauseComposed, state: CallState) -> Iterable[sg.Signal]:
    """Whether it came with the end of its reply is seen from what follows, where that is at the same moment."""
    ends = _following(recorded, ev.ReplyClosed)
    lasts = (True, False) if ends is not None and ends.how == "done" else (False, True)
    for last in lasts:
        told = sg.Composed(body.reply, body.clause.text, body.clause.style, last)
        yield replace(told, provider=body.provider, first_token_ms=body.first_token_ms)


def _closed(recorded: Recorded, body: ev.ReplyClosed, state: CallState) -> Iterable[sg.Signal]:
    if body.how == "done" or body.reason == "empty":
        yield sg.Composed(body.reply, "", last=True)
    elif body.reason == "timeout":
        yield sg.TimerRang(COMPOSING)
    else:
        yield sg.StageFailed("understanding", body.reason, turn=state.turn, reply=body.reply)


def _likely(recorded: Recorded, body: ev.SpeculationBegan, state: CallState) -> Iterable[sg.Signal]:
    new = body.text.removeprefix(state.unanswered).strip()
    yield sg.TurnLikely(Heard(new, 0.0, 0.0))


def _voiced(recorded: Recorded, body: ev.ClauseVoiced, state: CallState) -> Iterable[sg.Signal]:
    yield sg.Voiced(body.clause, body.took_ms, body.cached, body.dropped_style, body.provider)


def _committed(recorded: Recorded, body: ev.ActionCommitted, state: CallState) -> Iterable[sg.Signal]:
    settled = ActionSettled(body.receipt.key, body.receipt.action, receipt=body.receipt)
    yield sg.ActionDone(settled, body.took_ms)


def _refused(recorded: Recorded, body: ev.ActionRefused, state: CallState) -> Iterable[sg.Signal]:
    yield sg.ActionDone(ActionSettled(body.key, body.action, found=body.found, refusal=body.refusal), body.took_ms)


def _found(recorded: Recorded, body: ev.ActionAnswered, state: CallState) -> Iterable[sg.Signal]:
    yield sg.ActionDone(ActionSettled(body.key, body.action, found=body.found), body.took_ms)


def _failed(recorded: Recorded, body: ev.EngineFailed, state: CallState) -> Iterable[sg.Signal]:
    stage: Any = body.stage
    for final in (False, True):
        yield sg.StageFailed(stage, body.reason, turn=state.turn, final=final)


def _ended(recorded: Recorded, body: ev.CallEnded, state: CallState) -> Iterable[sg.Signal]:
    if body.reason in ("agent_hung_up", "caller_hung_up"):
        yield sg.LineLeft()


_CAUSES: Mapping[type[Any], Callable[[Recorded, Any, CallState], Iterable[sg.Signal]]] = {
    ev.CallAnswered: _answered,
    ev.CarrierConnected: _connected,
    ev.CallerBegan: _began,
    ev.UtteranceCheckpointed: lambda r, body, s: [sg.SpeechGrew(body.from_ms, body.text, softer_db=body.softer_db)],
    ev.CallerQuieted: lambda r, body, s: [sg.SpeechFaded(body.reason)],
    ev.CallerSpoke: _spoke,
    ev.TurnContinued: _continued,
    ev.OnsetJudged: lambda r, body, s: [sg.TimerRang(ONSET)],
    ev.AgentAcknowledged: lambda r, body, s: [sg.TimerRang(MURMUR)],
    ev.FloorTaken: lambda r, body, s: [sg.TimerRang(FLOOR)],
    ev.CallerPressed: _pressed,
    ev.CommandsUnderstood: _understood,
    ev.ClauseComposed: _clause,
    ev.ReplyClosed: _closed,
    ev.SpeculationBegan: _likely,
    ev.SpeculationEnded: lambda r, body, s: [sg.TurnResumed()],
    ev.CallerStayedSilent: lambda r, body, s: [sg.TimerRang(SILENCE)],
    ev.ActionCommitted: _committed,
    ev.ActionRefused: _refused,
    ev.ActionAnswered: _found,
    ev.ClauseVoiced: _voiced,
    ev.AgentBegan: lambda r, body, s: [sg.PlaybackBegan(body.clause)],
    ev.AgentSpoke: lambda r, body, s: [sg.PlaybackEnded(body.clause, body.heard_ms)],
    ev.EngineFailed: _failed,
    ev.CarrierLost: lambda r, body, s: [sg.CarrierGone(False, body.reason)],
    ev.CallerHungUp: lambda r, body, s: [sg.CarrierGone(True, "stop")],
    ev.CarrierReplaced: lambda r, body, s: [sg.Displaced()],
    ev.CallEnded: _ended,
}

