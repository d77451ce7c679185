"""Where the time of a reply went: differences of the event times of one turn.

end of speech -> decided -> first token -> understood -> acted -> chosen -> composed -> cleared -> voiced -> sent
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import Literal

from calls import events as ev
from calls.lull import FILLER_LINE
from records.turn_latency import STAGES, LatencySummary, Stage, TurnLatency, percentile, summarize

__all__ = ["STAGES", "LatencySummary", "TurnLatency", "Waterfall", "percentile", "summarize", "waterfall"]

@dataclass(slots=True)
class _Reply:
    """What may become the answer to a turn."""

    turn: int
    chosen: float
    composed: float | None = None
    provider: str = ""
    token_ms: float | None = None
    filler: bool = False
    cleared: dict[str, float] = field(default_factory=dict)
    voiced: dict[str, tuple[float, ev.ClauseVoiced]] = field(default_factory=dict)


@dataclass(slots=True)
class _Turn:
    """Event times of a turn, ms since answer."""

    told: TurnLatency
    ends: float
    decided: float
    asked: float
    first_token: float | None = None
    understood: float | None = None
    requested: bool = False
    acted: float | None = None
    over: bool = False
    """answered, or nothing that comes now is its answer"""


class Waterfall:
    """The fold, event by event: the latency of each turn of one call."""

    def __init__(self) -> None:
        self._turns: dict[int, _Turn] = {}
        self._replies: dict[str, _Reply] = {}
        self._newest: _Turn | None = None
        self._began_ahead: dict[int, float] = {}
        self._discarded: set[int] = set()
        self._switched: set[str] = set()
        self._hedged: set[str] = set()

    @property
    def turns(self) -> tuple[TurnLatency, ...]:
        """Every turn so far, in order."""
        return tuple(turn.told if turn.told.sent is not None else _until_now(turn) for turn in self._turns.values())

    def take(self, event: ev.CallEvent) -> TurnLatency | None:
        """One more event, in order; the turn whose answer begins to sound with it."""
        at, body = event.at_ms, event.body
        match body:
            case ev.CallerSpoke() | ev.CallerPressed():
                self._open(at, body)
            case ev.CommandsUnderstood() if body.turn in self._turns:
                _understood(self._turns[body.turn], at, body)
            case ev.ActionRequested() if self._newest is not None:
                self._newest.requested = True
            case ev.ActionCommitted() | ev.ActionAnswered() | ev.ActionRefused() if self._newest is not None:
                if self._newest.requested:
                    self._newest.acted = self._newest.acted or at
            case ev.CallerStayedSilent() if self._newest is not None:
                # What is said now is no answer, but another question.
                self._newest.over = True
            case ev.SpeculationBegan() | ev.SpeculationEnded() | ev.ProviderNoticed():
                self._beside(at, body)
            case _:
                return self._reply(at, body)
        return None

    def _open(self, at: float, body: ev.CallerSpoke | ev.CallerPressed) -> None:
        if body.turn in self._turns:
            return
        heard = body.provider if isinstance(body, ev.CallerSpoke) else ""
        ahead: Literal["", "discarded"] = "discarded" if body.turn in self._discarded else ""
        told = TurnLatency(body.turn, body.to_ms, hearing=heard, ahead=ahead)
        self._newest = self._turns[body.turn] = _Turn(self._noticed(told), body.to_ms, at, at)

    def _beside(self, at: float, body: ev.SpeculationBegan | ev.SpeculationEnded | ev.ProviderNoticed) -> None:
        turn = self._newest
        match body:
            case ev.SpeculationBegan():
                self._began_ahead[body.turn] = at
            case ev.SpeculationEnded(used=True) if body.turn in self._turns:
                used = self._turns[body.turn]
                used.asked = self._began_ahead.get(body.turn, used.asked)
                used.told = replace(used.told, ahead="used")
            case ev.SpeculationEnded():
                self._discarded.add(body.turn)
                if body.turn in self._turns:
                    self._turns[body.turn].told = replace(self._turns[body.turn].told, ahead="discarded")
            case ev.ProviderNoticed(kind="switched"):
                self._switched.add(body.stage)
            case ev.ProviderNoticed(kind="hedged"):
                self._hedged.add(body.stage)
        if isinstance(body, ev.ProviderNoticed) and turn is not None and not turn.over:
            turn.told = self._noticed(turn.told)

    def _noticed(self, told: TurnLatency) -> TurnLatency:
        """``told`` with what providers were noticed doing since the turn before was answered."""
        switched, hedged = sorted(self._switched.union(told.switched)), sorted(self._hedged.union(told.hedged))
        self._switched.clear()
        self._hedged.clear()
        return replace(told, switched=tuple(switched), hedged=tuple(hedged))

    def _reply(self, at: float, body: ev.EventBody) -> TurnLatency | None:
        match body:
            case ev.LineChosen() if body.turn in self._turns:
                filler = all(clause.line == FILLER_LINE for clause in body.clauses)
                self._replies[body.reply] = _Reply(body.turn, at, filler=filler)
            case ev.ReplyOpened() if body.turn in self._turns:
                self._replies[body.reply] = _Reply(body.turn, at)
            case ev.ClauseComposed(reply=name) if name in self._replies:
                reply = self._replies[name]
                if reply.composed is None:
                    reply.composed, reply.provider, reply.token_ms = at, body.provider, body.first_token_ms
            case ev.ReplyClosed(how="failed", reply=name) if name in self._replies:
                turn = self._turns[self._replies[name].turn]
                turn.told = replace(turn.told, fallback=True)
            case ev.GuardrailCleared(clause=clause) if (of := self._of(clause)) is not None:
                of.cleared[clause] = at
            case ev.ClauseVoiced(clause=clause) if (of := self._of(clause)) is not None:
                of.voiced[clause] = (at, body)
            case ev.AgentBegan(clause=clause) if (of := self._of(clause)) is not None:
                return self._sounds(at, of, clause)
        return None

    def _of(self, clause: str) -> _Reply | None:
        return self._replies.get(clause.rpartition(".")[0])

    def _sounds(self, at: float, reply: _Reply, clause: str) -> TurnLatency | None:
        turn = self._turns[reply.turn]
        if turn.over:
            return None  # only the first reply to a turn answers it
        if reply.filler:
            turn.told = replace(turn.told, filled_ms=turn.told.filled_ms or max(0.0, at - turn.ends))
            return None
        turn.over = True
        turn.told = _answered(turn, reply, clause, at)
        return turn.told


def _understood(turn: _Turn, at: float, body: ev.CommandsUnderstood) -> None:
    if turn.understood is not None:
        return
    turn.understood = at
    if body.first_token_ms is not None:
        turn.first_token = min(at, turn.asked + body.first_token_ms)
    turn.told = replace(
        turn.told, path=body.path, model=body.provider, token_ms=body.first_token_ms,
        questions=body.questions, fallback=turn.told.fallback or body.fallback,
    )  # fmt: skip


def _until_now(turn: _Turn) -> TurnLatency:
    return _timed(turn.told, turn.ends, (turn.decided, turn.first_token, turn.understood))


def _answered(turn: _Turn, reply: _Reply, clause: str, at: float) -> TurnLatency:
    acted = turn.acted if turn.acted is not None and turn.acted <= reply.chosen else None
    voiced_at, voiced = reply.voiced.get(clause, (None, None))
    heard = (turn.decided, turn.first_token, turn.understood)
    marks = (*heard, acted, reply.chosen, reply.composed, reply.cleared.get(clause), voiced_at, at)
    told = _timed(replace(turn.told, model=reply.provider or turn.told.model), turn.ends, marks)
    if reply.token_ms is not None:
        told = replace(told, questions=told.questions + 1, token_ms=told.token_ms or reply.token_ms)
    if voiced is None:
        return told
    own = None if voiced.cached else voiced.took_ms
    return replace(told, voice=voiced.provider, cached=voiced.cached, voice_ms=own)


def _timed(told: TurnLatency, ends: float, marks: Sequence[float | None]) -> TurnLatency:
    """``told`` with its spans, from ``marks`` in the order of the stages; what is missing has not happened."""
    before, spans = ends, dict[Stage, float | None]()
    for stage, at in zip(STAGES, marks, strict=False):
        # an early start (audio known beforehand) costs nothing: it never makes another stage negative
        spans[stage] = None if at is None else max(0.0, at - before)
        before = before if at is None else max(before, at)
    return replace(
        told, decided=spans.get("decided"), first_token=spans.get("first_token"), understood=spans.get("understood"),
        acted=spans.get("acted"), chosen=spans.get("chosen"), composed=spans.get("composed"),
        cleared=spans.get("cleared"), voiced=spans.get("voiced"), sent=spans.get("sent"),
    )  # fmt: skip


def waterfall(events: Iterable[ev.CallEvent]) -> tuple[TurnLatency, ...]:
    """The latency of each turn of the caller, in order."""
    fold = Waterfall()
    for event in events:
        fold.take(event)
    return fold.turns
