"""A policy of the speech gate, tried on stored calls before it is let loose: what would have been judged otherwise."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from agent.guardrail.gate import RuleGuardrail
from calls import events as ev
from calls.grounding import Ground, ground_of
from calls.line import Line
from calls.ports import Director
from calls.replies import AgentSide
from calls.speech import Clause
from calls.state import CallState, evolve
from switchboard.rehearsal.call import TRAITS
from switchboard.rehearsal.replaying import incoming_of


@dataclass(frozen=True, slots=True)
class Change:
    """A clause that would be judged otherwise."""

    call: str
    event: int
    """number of the event that chose the words"""
    text: str
    composed: bool
    """by a model; else a script's line"""
    now: str
    """``passes``, ``blocked: RULE`` or ``replaced: RULE``"""
    then: str


@dataclass(frozen=True, slots=True)
class Trial:
    """What a policy would do to one call."""

    clauses: int
    changes: tuple[Change, ...]


class Trying:
    """Two gates side by side over the calls of a line."""

    def __init__(self, line: Line, director: Director, now: RuleGuardrail, then: RuleGuardrail) -> None:
        self._line = line
        self._director = director
        self._now = now
        self._then = then

    def call(self, events: Sequence[ev.CallEvent]) -> Trial:
        """Every clause that was chosen in a call, with what stood on its record at that moment."""
        incoming = incoming_of(events)
        side = AgentSide(self._line, incoming, self._director, TRAITS)
        state, clauses, changes = CallState(), 0, list[Change]()
        for event in events:
            state = evolve(state, event.body, event.at_ms)
            for clause in _clauses(event.body):
                clauses += 1
                ground = self._ground(side, state, event.at_ms, clause)
                before, after = (_told(gate, clause, ground) for gate in (self._now, self._then))
                if before != after:
                    changes.append(Change(incoming.call, event.seq, clause.text, not clause.line, before, after))
        return Trial(clauses, tuple(changes))

    def _ground(self, side: AgentSide, state: CallState, at_ms: float, clause: Clause) -> Ground:
        if clause.line or state.answered is None:
            return Ground(frozenset(receipt.key for receipt in state.run.receipts.values()))
        facts = side.facts_at(state, at_ms)
        return ground_of(state, facts, self._line, self._director.guidance(state.run, facts))


def _clauses(body: ev.EventBody) -> tuple[Clause, ...]:
    if isinstance(body, ev.LineChosen):
        return body.clauses
    return (body.clause,) if isinstance(body, ev.ClauseComposed) else ()


def _told(gate: RuleGuardrail, clause: Clause, ground: Ground) -> str:
    verdict = gate.judge(clause, ground)
    if verdict.clause is None:
        return f"blocked: {verdict.rule}"
    return f"replaced: {verdict.rule}" if verdict.clause.text != clause.text else "passes"
