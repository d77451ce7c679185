"""The demo's caller, and its call printed as it happens."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import datetime, timedelta

from calls import events as ev
from calls.chain import Envelope
from records.waterfall import TurnLatency, waterfall
from switchboard.simulated import Habit, Persona

STAGES = (
    ("decided", "end of turn + recognizer"),
    ("understood", "understanding"),
    ("chosen", "script"),
    ("voiced", "voice"),
    ("sent", "play-out"),
)

CALLER_NUMBER = "+15555550142"
CALLER_NAME = "Anna Miller"


def booker(now: datetime) -> Persona:
    """Books a cleaning; ``now`` in the line's time zone. Gives values as asked, and refuses nothing."""
    day = now + timedelta(days=3)
    if day.weekday() == 6:
        day += timedelta(days=1)
    return Persona(
        (
            Habit(r"how can i help|what can i do", "Hi, I would like to book a cleaning."),
            Habit(r"shall i book|is (all )?(that|this) (right|correct)|did i get", "Yes, please.", once=False),
            Habit(r"anything else", "No, thank you. Goodbye."),
            Habit(r"goodbye"),
            Habit(r"cleaning, a check", "A cleaning, please."),
            Habit(r"what day|which day", f"On {day:%A}, please.", once=False),
            Habit(r"what time|which time", "Half past two in the afternoon.", once=False),
            Habit(r"spell", " ".join(CALLER_NAME.split()[-1]), once=False),
            Habit(r"name", f"{CALLER_NAME}.", once=False),
            Habit(r"calling from|ending in|number you", "Yes.", once=False),
            Habit(r"number", "You can use the number I'm calling from.", once=False),
            Habit(r".*", "Yes.", once=False),
        )
    )


class Narrator:
    """Prints a call from its events, each caller turn with where the time went."""

    def __init__(self, say: Callable[[str], None]) -> None:
        self._say = say
        self._events: list[ev.CallEvent] = []
        self._told: set[int] = set()
        self.call = ""

    async def follow(self, queue: asyncio.Queue[Envelope]) -> None:
        """Until cancelled."""
        while True:
            self.take((await queue.get()).event())

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
        return next((c.text for body in chosen for c in body.clauses if c.id == clause), "")

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
    return " + ".join(f"{label} {getattr(turn, stage) or 0:.0f}" for stage, label in STAGES)


def _pairs(values: object) -> str:
    return ", ".join(f"{key} {value}" for key, value in values.items()) if isinstance(values, dict) else str(values)
