"""Language models of a simulation: one that reads a turn as the grammar does, and one that does all a model must not.

Neither stands for a vendor's model. The first shows what the way through a model costs and keeps; the second, what is
left of a call when the model in it is at its worst.
"""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Mapping
from typing import Any, Literal

from agent.ports import Meaning, Understander
from agent.thinking.model import ModelRequest
from agent.thinking.schema import PLAIN
from agent.thinking.scripted import ScriptedModel, Written
from agent.thinking.thinker import Thinker
from agent.understanding.local import LocalUnderstander
from calls.clock import LoopClock
from calls.commands import (
    AskQuestion,
    CallLater,
    Command,
    CorrectSlot,
    FillPart,
    FillSlot,
    MachineHeard,
    Remark,
    StartWorkflow,
    SwitchLanguage,
    Unclear,
)
from calls.errors import ProviderError, ProviderFault
from calls.guidance import Guidance
from calls.run import CallFacts
from calls.speech import Heard

ModelKind = Literal["", "steady", "unruly"]
"""None; as the grammar; at its worst."""

FALSEHOODS: Mapping[str, tuple[str, ...]] = {
    "bookings": (
        "You are booked for tomorrow at ten.",
        "Your booking code is A B C one two three.",
        "I have put you down for Thursday at half past two, so you are all set.",
        "Great news, the appointment has been made.",
        "Perfect, you're in for the cleaning.",
        "We've got you down for the check-up.",
        "The booking went through.",
        "I've squeezed you in.",
        "I went ahead and made that appointment.",
    ),
    "callbacks": (
        "Your call back is noted.",
        "Someone will call you back on five five five, zero one nine nine.",
        "I've arranged for a colleague to ring you within the hour.",
        "You'll hear from us within the hour.",
        "We will ring you back as soon as possible.",
        "A colleague is going to phone you this afternoon.",
    ),
    "messages": (
        "Your message has been passed on.",
        "I just sent your message to the doctor.",
        "I've let the team know about it.",
        "The dentist has your message now.",
        "I've relayed everything to the office.",
    ),
    "changed": (
        "Your appointment is now on Friday at nine.",
        "Your appointment on Monday the sixteenth is cancelled.",
        "I have gone ahead and cancelled it for you.",
        "That has been moved to next week.",
        "I've pushed your appointment back a week.",
        "Your old appointment is gone.",
        "Your cancellation went through without a fee.",
        "I shifted your booking to the afternoon.",
    ),
    "payment_promises": (
        "Your payment of two hundred dollars is noted.",
        "Your reference number is seven seven one.",
        "Your promise to pay is on record.",
        "We have written down your payment.",
        "I've marked your payment as promised.",
    ),
    "tickets": (
        "Your ticket number is T four four seven one.",
        "A ticket has been opened for you.",
        "I've opened a case for you.",
        "Your complaint is registered with us.",
        "I've raised this with support.",
        "Your request has gone to our support team.",
    ),
}
"""table -> claims that something is in it"""

_FAULTS: tuple[ProviderFault, ...] = ("lost", "overloaded", "rate", "timeout", "garbage", "refused", "key")
_NAMES = {type(command): name for name, command in PLAIN.items()}


class NotingGrammar(LocalUnderstander):
    """Keeps what it read last: the turn a model is asked about is always read by the grammar first."""

    def __init__(self) -> None:
        super().__init__()
        self.last: Meaning = Meaning((Unclear("nothing yet"),), "grammar")

    async def understand(self, heard: Heard, guidance: Guidance, facts: CallFacts) -> Meaning:
        """As the grammar."""
        self.last = await super().understand(heard, guidance, facts)
        return self.last


def thinker_of(kind: ModelKind, seed: int, local: Understander) -> Thinker | None:
    """A call's thinking with the model named; None without one."""
    if not kind:
        return None
    grammar = NotingGrammar()
    answer = Steady(grammar).answer if kind == "steady" else Unruly(grammar, seed).answer
    thinker = Thinker(ScriptedModel(answer, LoopClock(), name=f"simulated/{kind}"), local)
    thinker.grammar = grammar
    return thinker


class Steady:
    """Fills the form in with what the grammar read."""

    def __init__(self, grammar: NotingGrammar) -> None:
        self._grammar = grammar

    def answer(self, request: ModelRequest) -> Written:
        """The form, or that nothing is known."""
        return written(request, [asked_as(command) for command in self._grammar.last.commands])


class Unruly:
    """Now and then does what it is asked; mostly it invents, refuses, breaks off, or writes no form at all."""

    def __init__(self, grammar: NotingGrammar, seed: int) -> None:
        self._steady = Steady(grammar)
        self._chance = random.Random(f"unruly {seed}")
        self._ways: tuple[Callable[[ModelRequest], Written], ...] = (
            self._steady.answer, self._lies, self._lies, self._invents, self._invents, self._refused_values,
            self._garbage, self._breaks, self._stops,
        )  # fmt: skip

    def answer(self, request: ModelRequest) -> Written:
        """One of its ways."""
        return self._chance.choice(self._ways)(request)

    def _lie(self) -> str:
        return self._chance.choice(self._chance.choice(list(FALSEHOODS.values())))

    def _lies(self, request: ModelRequest) -> Written:
        reply = " ".join(["Certainly."] * self._chance.randint(0, 1) + [self._lie() for _ in range(2)])
        asks: list[dict[str, object]] = [{"do": "unclear"}] if self._chance.random() < 0.3 else []
        return written(request, asks, reply)

    def _invents(self, request: ModelRequest) -> Written:
        """Commands that the form offers and nobody meant."""
        shapes = _shapes(request)
        if not shapes:
            return self._lies(request)
        return written(request, [self._filled(self._chance.choice(shapes)) for _ in range(2)], self._lie())

    def _filled(self, shape: Mapping[str, Any]) -> dict[str, object]:
        words = ("yes", "tomorrow at ten", "Robin Vale", "2125550143", "cleaning", "1999-01-01", "all of it")
        made: dict[str, object] = {}
        for name, kind in shape["properties"].items():
            boolean = kind.get("type") == "boolean"
            made[name] = self._chance.random() < 0.5 if boolean else self._chance.choice(kind.get("enum") or words)
        return made

    def _refused_values(self, request: ModelRequest) -> Written:
        """What no form offers."""
        forged: list[dict[str, object]] = [
            {"do": "act", "action": "book"},
            {"do": "tell", "slot": "booking_code", "value": "ABC123", "words": "abc"},
            {"do": "tell", "slot": "date", "value": "31 February", "words": ""},
            {"do": "tell", "slot": "time", "value": 42, "words": None},
            {"do": "start", "workflow": "book.booked", "later": False},
            {"do": "yes", "receipt": "k1"},
            {"do": ["yes", "no"]},
        ]
        return written(request, self._chance.sample(forged, 3), self._lie())

    def _garbage(self, request: ModelRequest) -> Written:
        return Written(self._chance.choice(("", "null", "[]", '{"commands": 7}', self._lie(), '{"commands": [{"do"')))

    def _breaks(self, request: ModelRequest) -> Written:
        whole = written(request, [], f"{self._lie()} {self._lie()}").text
        fault = ProviderError("understanding", "simulated/unruly", self._chance.choice(_FAULTS))
        return Written(whole[: self._chance.randint(0, len(whole))], breaks=fault)

    def _stops(self, request: ModelRequest) -> Written:
        whole = written(request, [], f"{self._lie()} {self._lie()}").text
        if self._chance.random() < 0.5:
            return Written(whole[: self._chance.randint(0, len(whole))], "length")
        return Written(whole, "refusal")


def written(request: ModelRequest, commands: list[dict[str, object]], reply: str = "I don't know that.") -> Written:
    """The form with these commands, or the words where no form is asked for."""
    if request.tool is None:
        return Written(reply)
    form: dict[str, object] = {"commands": commands}
    properties = request.tool.schema["properties"]
    if isinstance(properties, dict) and "reply" in properties:
        form["reply"] = reply
    return Written(json.dumps(form))


def asked_as(command: Command) -> dict[str, object]:
    """A command as a model writes it into the form."""
    match command:
        case CorrectSlot(value=None):
            return {"do": "wrong", "slot": command.slot}
        case FillSlot() | CorrectSlot() | FillPart():
            value = command.text if isinstance(command, FillPart) else _plain(command.value)
            return {"do": "tell", "slot": command.slot, "value": value, "words": command.text}
        case StartWorkflow():
            return {"do": "start", "workflow": command.workflow, "later": command.later}
        case AskQuestion():
            return {"do": "ask", "topic": command.topic}
        case CallLater():
            return {"do": "call_later", "when": ""}
        case Remark():
            return {"do": "remark", "kind": command.kind}
        case MachineHeard():
            return {"do": "machine", "kind": command.kind}
        case SwitchLanguage():
            return {"do": "language", "language": command.language}
        case _:
            return {"do": _NAMES.get(type(command), "unclear")}


def _plain(value: object) -> str:
    return {True: "yes", False: "no"}.get(value, str(value)) if isinstance(value, bool) else str(value)


def _shapes(request: ModelRequest) -> list[Mapping[str, Any]]:
    if request.tool is None:
        return []
    commands: Any = request.tool.schema["properties"]
    shapes: list[Mapping[str, Any]] = commands["commands"]["items"]["anyOf"]
    return [shape for shape in shapes if all(part.get("enum", ["-"]) for part in shape["properties"].values())]
