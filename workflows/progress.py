"""How far a call has come: its run, moved only by events, and what is asked of it while an answer is made."""

from __future__ import annotations

from calls.commands import Value
from calls.events import (
    AttemptCounted,
    ConfirmationAsked,
    FactLearned,
    RepairApplied,
    RunEvent,
    SlotCleared,
    StepEntered,
)
from calls.repairs import Repair
from calls.run import CallFacts, Run
from calls.runs import fold
from workflows.language.model import Script, Slot, Step
from workflows.language.scripts import ScriptSet


class Progress:
    """A run and the events that move it. Every event is folded at once, so later decisions see it."""

    def __init__(self, scripts: ScriptSet, run: Run, facts: CallFacts) -> None:
        self.scripts = scripts
        self.facts = facts
        self.run = run
        self.events: list[RunEvent] = []

    # --- where the script stands ------------------------------------------------------------------------

    @property
    def script(self) -> Script:
        """The script in the version this call is on."""
        return self.scripts.get(self.run.script, self.run.version)

    @property
    def step(self) -> Step:
        """The step the caller is at."""
        return self.script.steps.get(self.run.step) or self.script.steps[self.script.first]

    @property
    def has_human(self) -> bool:
        """Whether a person can still be tried."""
        return self.facts.has_human and not self.run.facts.get("@human_missed")

    def known(self, slot: str) -> Value | None:
        """A slot's value."""
        found = self.run.slots.get(slot)
        return found.value if found else None

    def has_none(self, slot: Slot) -> bool:
        """Whether the caller said that they have nothing to give for ``slot``."""
        return slot.optional and slot.name not in self.run.slots and self.counted(f"skipped.{slot.name}") > 0

    def counted(self, counter: str) -> int:
        """A counter's value."""
        return self.run.counters.get(counter, 0)

    # --- events -----------------------------------------------------------------------------------------

    def record(self, event: RunEvent) -> None:
        """Put an event on the record and fold it."""
        self.events.append(event)
        self.run = fold(self.run, event)

    def applied(self, pattern: Repair) -> None:
        """Count a repair; the same one once in a turn."""
        if RepairApplied(pattern) not in self.events:
            self.record(RepairApplied(pattern))

    def enter(self, step: str) -> None:
        """Stand at ``step``."""
        if self.run.step != step:
            self.record(StepEntered(step))

    def count(self, counter: str) -> int:
        """One more."""
        self.record(AttemptCounted(counter, self.counted(counter) + 1))
        return self.counted(counter)

    def tally(self, counter: str, count: int) -> None:
        """Set a counter, if it stands elsewhere."""
        if self.counted(counter) != count:
            self.record(AttemptCounted(counter, count))

    def reset(self, *counters: str) -> None:
        """Back to none, for those that have moved."""
        for counter in counters:
            if self.counted(counter):
                self.record(AttemptCounted(counter, 0))

    def learn(self, fact: str, value: Value) -> None:
        """Know something, unless it is known already."""
        if self.run.facts.get(fact) != value:
            self.record(FactLearned(fact, value))

    def clear(self, slot: str, reason: str) -> None:
        """Forget a slot's value."""
        if slot in self.run.slots or slot in self.run.parts:
            self.record(SlotCleared(slot, reason))

    def confirming(self, what: str) -> None:
        """A yes is awaited to ``what``; empty: to nothing any more."""
        if self.run.confirming != what:
            self.record(ConfirmationAsked(what))
