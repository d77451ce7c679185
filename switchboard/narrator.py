"""A call printed as it happens, from its events alone."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from calls import events as ev
from calls.commands import Value
from records.waterfall import TurnLatency, waterfall
from switchboard.live import Tail

STAGES = (
    ("decided", "end of turn + recognizer"),
    ("first_token", "model's first token"),
    ("understood", "understanding"),
    ("acted", "action"),
    ("chosen", "script"),
    ("composed", "model's words"),
    ("cleared", "gate"),
    ("voiced", "voice"),
    ("sent", "play-out"),
)


class Narrator:
    """Prints a call from its events, each caller turn with where the time went."""

    def __init__(self, say: Callable[[str], None]) -> None:
        self._say = say
        self._events: list[ev.CallEvent] = []
        self._told: set[int] = set()
        self.call = ""

    async def follow(self, tail: Tail) -> None:
        """Until cancelled."""
        while True:
            self.take((await tail.get()).event())

    def take(self, event: ev.CallEvent) -> None:
        """One event."""
        self._events.append(event)
        at = f"{event.at_ms / 1000:6.1f} s  "
        match event.body:
            case ev.CallAnswered(call=call, line=line):
                self.call = call
                self._say(f"{at}call answered on line {line}")
            case ev.CallerSpoke(text=text):
                self._say(f"{at}caller  {text}")
            case ev.CallerPressed(digits=digits):
                self._say(f"{at}caller  presses {digits}")
            case ev.AgentBegan(clause=clause):
                self._say(f"{at}agent   {self._text(clause)}")
                self._tell_latency()
            case ev.AgentInterrupted(heard_text=text):
                self._say(f"{at}        (interrupted after: {text!r})")
            case ev.ActionCommitted(receipt=receipt, took_ms=took_ms):
                self._say(f"{at}        {receipt.action} committed in {took_ms:.0f} ms: {_pairs(receipt.result)}")
            case ev.ActionRefused(action=action, refusal=refusal):
                self._say(f"{at}        {action} refused: {refusal}")
            case ev.CallEnded(reason=reason, disposition=disposition):
                self._say(f"{at}call ended: {reason}, filed as {disposition or 'nothing'}")

    def _text(self, clause: str) -> str:
        chosen = (body for event in self._events if isinstance(body := event.body, ev.LineChosen))
        composed = (event.body.clause for event in self._events if isinstance(event.body, ev.ClauseComposed))
        said = (*(c for body in chosen for c in body.clauses), *composed)
        return next((c.text for c in said if c.id == clause), "")

    def _tell_latency(self) -> None:
        for turn in waterfall(self._events):
            if turn.total is not None and turn.turn not in self._told:
                self._told.add(turn.turn)
                self._say(f"{'':10}        {turn.total:.0f} ms = {_breakdown(turn)}")

    @property
    def latencies(self) -> tuple[TurnLatency, ...]:
        """Every turn's figures so far."""
        return waterfall(self._events)


def _breakdown(turn: TurnLatency) -> str:
    spans = ((label, getattr(turn, stage)) for stage, label in STAGES)
    return " + ".join(f"{label} {span:.0f}" for label, span in spans if span is not None)


def _pairs(values: Mapping[str, Value]) -> str:
    return ", ".join(f"{key} {value}" for key, value in values.items())
