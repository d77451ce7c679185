"""Little scripts for one test, and a world which answers as it is told."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from calls.commands import Value
from calls.run import ActionRequest, ActionSettled, CallFacts, Receipt
from tests.workflows.dialogue import Dialogue
from workflows.language import ScriptSet, read_script
from workflows.language.catalogue import ACTIONS
from workflows.language.loader import parse_script
from workflows.language.model import SHARED
from workflows.language.scripts import SHIPPED, load_script


def scripts(*texts: str, checked: bool = True) -> ScriptSet:
    """A set of these and the shared one. ``checked``: refuse what the loader refuses."""
    read = [read_script(text, FILE) if checked else parse_script(text, FILE).script for text in texts]
    return ScriptSet.of([*read, load_script(SHIPPED / f"{SHARED}.yaml")])


FILE = "little.yaml"


@dataclass(slots=True)
class World:
    """Implements the port ``Actions``. One booking is on record, proved by its code and its last name."""

    proof: Mapping[str, Value] = field(default_factory=lambda: {"code": "K7QF2M", "last_name": "Kim"})
    subject: str = "booking-17"
    refuse: dict[str, str] = field(default_factory=dict)
    """action -> refusal"""
    asked: list[ActionRequest] = field(default_factory=list)
    facts: list[CallFacts] = field(default_factory=list)
    found: dict[str, dict[str, Value]] = field(default_factory=dict)
    receipts: dict[str, Receipt] = field(default_factory=dict)

    async def run(self, call: str, facts: CallFacts, request: ActionRequest) -> ActionSettled:
        self.asked.append(request)
        self.facts.append(facts)
        if request.action in self.refuse:
            return ActionSettled(request.key, request.action, refusal=self.refuse[request.action])
        if request.action == "verify_caller":
            given = {name: value for name, value in request.arguments.items() if name != "what"}
            if given != dict(self.proof):
                return ActionSettled(request.key, request.action, refusal="not_matched")
            found: dict[str, Value] = {"verified_subject": self.subject, "verified_level": "facts"}
            return ActionSettled(request.key, request.action, found=found)
        if request.writes and not ACTIONS[request.action].tentative:
            result = self.found.get(
                request.action, {"code": "K7QF2M", "number": "8114", "date": "2026-03-18", "time": "10:00"}
            )
            receipt = Receipt(request.key, request.action, result, "digest")
            self.receipts[request.key] = receipt
            return ActionSettled(request.key, request.action, receipt=receipt)
        return ActionSettled(request.key, request.action, found=self.found.get(request.action, {}))


def dialogue(entry: str, little: ScriptSet, world: World | None = None, **facts: object) -> Dialogue:
    """A call on ``entry`` in that world."""
    call = Dialogue(entry, little, **facts)
    call.actions = world or World()  # type: ignore[assignment]
    return call
