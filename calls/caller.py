"""How the caller speaks, as the record tells it: what has set in, turns we ended too early, whether they need time."""

from __future__ import annotations

from dataclasses import dataclass, replace

from calls import events as ev
from calls.changed import changed
from calls.events.turns import PatienceReason
from calls.speech import Clause, HeardBy

GOES_ON_MS = 2_000.0
"""A pause longer than this ended the turn, whatever follows it."""

UNHEARD_MS = 250.0
"""Of an answer: who goes on that soon had begun before they heard it."""

HOLDS_MS = 1_500.0
"""A pause shorter than this does not give the floor away: hearing closes very long turns by itself."""

UNSURE = 0.55
"""Hearing's confidence below which it was not sure of a turn. With the recognizer of this machine 3 % of the turns
of bookings over a clean line are below, and 32 % of those in babble at 10 dB."""

POOR_AFTER = 2
"""turns hearing was not sure of, and the line is taken for a poor one"""

_HARMS_WORDS = ("loss", "clipping", "faint", "noise")
"""causes of ``line.degraded`` that a recognizer suffers from"""

_SOUNDS = ("noise", "echo")


@dataclass(frozen=True, slots=True)
class Onset:
    """Something has set in at the caller's side, and is not over."""

    from_ms: float
    """ms since answer"""
    by: HeardBy = HeardBy.SPEECH
    words: str = ""
    """so far, as far as they are on record"""
    paused: ev.AgentPaused | None = None
    """where it made the agent fall silent"""
    judged: str = ""
    """what it was last taken for"""
    passed: str = ""
    """what it was taken for when the agent went on all the same; empty while it has the floor"""
    goes_on: bool = False
    """it followed right on a turn that had been taken for over, and had not been answered"""


@dataclass(frozen=True)
class Caller:
    """Folded from events. Times are ms since answer."""

    onset: Onset | None = None
    spoke_to_ms: float | None = None
    """end of the newest turn"""
    closed: bool = False
    """it was closed for its length, and the caller may be in mid-sentence"""
    answered_ms: float | None = None
    """when the agent's first word after that turn left"""
    holds_from_ms: float | None = None
    """since when the caller has had the floor; None when they have not"""
    alarms: int = 0
    """sounds in a row that were nothing, since they last said something"""
    cut_in: int = 0
    """turns that we ended too early"""
    unhurried: PatienceReason | None = None
    """why they are given more time; None: they are not"""
    unsure: int = 0
    """turns hearing was not sure of"""
    bad_line: bool = False
    """the line was measured to be one that words suffer from"""
    murmurs: int = 0
    """so often we have said in their turn that we follow"""
    murmur: Clause | None = None
    """the newest of these, until it was heard"""

    @property
    def poor_line(self) -> bool:
        """Whether words come through badly: as measured, or as hearing has shown."""
        return self.bad_line or self.unsure >= POOR_AFTER

    @property
    def speaking(self) -> Onset | None:
        """What has set in, unless the agent goes on over it."""
        return self.onset if self.onset is not None and not self.onset.passed else None


def fold(caller: Caller, body: ev.EventBody, at_ms: float) -> Caller:
    """``caller`` after ``body``; most events change nothing."""
    match body:
        case ev.CallerBegan():
            return _began(caller, body)
        case ev.UtteranceCheckpointed() if caller.onset is not None:
            return changed(caller, onset=replace(caller.onset, words=body.text))
        case ev.AgentPaused() if caller.onset is not None:
            return changed(caller, onset=replace(caller.onset, paused=body, passed=""))
        case ev.OnsetJudged() if caller.onset is not None:
            return _judged(caller, caller.onset, body)
        case ev.OnsetJudged():
            return changed(caller, alarms=caller.alarms + (body.kind in _SOUNDS))
        case ev.CallerSpoke():
            closed = body.reason == "longest"
            holds = caller.holds_from_ms if closed else None
            return changed(
                caller, onset=None, alarms=0, holds_from_ms=holds, spoke_to_ms=body.to_ms, closed=closed,
                answered_ms=None, unsure=caller.unsure + (body.confidence < UNSURE),
            )  # fmt: skip
        case ev.LineDegraded():
            return changed(caller, bad_line=caller.bad_line or body.cause in _HARMS_WORDS)
        case ev.CallerQuieted() | ev.CallerPressed() | ev.CarrierLost() | ev.CarrierReplaced() | ev.CallerHungUp():
            return changed(caller, onset=None, holds_from_ms=None, murmur=None)
        case ev.AgentBegan() if caller.answered_ms is None and not _is(caller.murmur, body.clause):
            return changed(caller, answered_ms=at_ms)
        case ev.TurnContinued():
            return changed(caller, cut_in=caller.cut_in + 1)
        case ev.FloorTaken():
            return changed(caller, holds_from_ms=at_ms)
        case ev.PatienceGranted():
            return changed(caller, unhurried=body.reason)
        case ev.AgentAcknowledged():
            return changed(caller, murmurs=caller.murmurs + 1, murmur=body.clause)
        case ev.AgentSpoke() | ev.GuardrailBlocked() if _is(caller.murmur, body.clause):
            return changed(caller, murmur=None)
        case _:
            return caller


def _began(caller: Caller, body: ev.CallerBegan) -> Caller:
    ended = caller.spoke_to_ms
    unheard = caller.answered_ms is None or body.from_ms <= caller.answered_ms + UNHEARD_MS
    soon = ended is not None and body.from_ms - ended <= GOES_ON_MS
    goes_on = soon and unheard and not caller.closed and body.by is HeardBy.SPEECH
    holds = caller.holds_from_ms
    if holds is None or (ended is not None and body.from_ms - ended > HOLDS_MS):
        holds = body.from_ms
    return changed(caller, onset=Onset(body.from_ms, body.by, goes_on=goes_on), holds_from_ms=holds)


def _judged(caller: Caller, onset: Onset, body: ev.OnsetJudged) -> Caller:
    nothing = body.kind != "interruption"
    alarms = caller.alarms + (body.kind in _SOUNDS) if nothing else 0
    return changed(caller, onset=replace(onset, judged=body.kind, passed=body.kind if nothing else ""), alarms=alarms)


def _is(clause: Clause | None, name: str) -> bool:
    return clause is not None and clause.id == name
