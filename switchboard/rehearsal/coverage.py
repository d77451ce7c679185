"""What calls have reached of the scripts: steps, edges, patterns of repair and kinds of slots."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from calls import events as ev
from calls.repairs import Repair
from workflows.language.model import Choose, Script
from workflows.language.paths import edges
from workflows.language.scripts import ScriptSet
from workflows.turn import Way


@dataclass(frozen=True, slots=True)
class Share:
    """So many of so many, and the ones that are missing."""

    reached: int
    all: int
    missing: tuple[str, ...]

    @classmethod
    def of(cls, wanted: Iterable[str], reached: Iterable[str]) -> Share:
        """Those of ``wanted`` that are among ``reached``."""
        names, found = list(dict.fromkeys(wanted)), set(reached)
        missing = tuple(name for name in names if name not in found)
        return cls(len(names) - len(missing), len(names), missing)

    @property
    def percent(self) -> float:
        """0 to 100; of nothing everything is reached."""
        return 100.0 * self.reached / self.all if self.all else 100.0

    def as_json(self) -> dict[str, object]:
        """For ``--json``."""
        return {
            "reached": self.reached,
            "all": self.all,
            "percent": round(self.percent, 2),
            "missing": list(self.missing),
        }


@dataclass(frozen=True, slots=True)
class ScriptCoverage:
    """One script."""

    script: str
    steps: Share
    edges: Share


@dataclass(frozen=True, slots=True)
class CoverageReport:
    """All of it."""

    calls: int
    scripts: tuple[ScriptCoverage, ...]
    repairs: Share
    kinds: Share

    def enough(self, percent: float, repairs: float = 0.0) -> bool:
        """Whether every script has so much of its steps and edges reached, and so many repairs were applied."""
        shares = [share for script in self.scripts for share in (script.steps, script.edges)]
        return all(share.percent >= percent for share in shares) and self.repairs.percent >= repairs


@dataclass(slots=True)
class Coverage:
    """Collects from calls as they are played."""

    calls: int = 0
    steps: set[tuple[str, str]] = field(default_factory=set)
    ways: set[Way] = field(default_factory=set)
    repairs: set[str] = field(default_factory=set)
    filled: set[tuple[str, str]] = field(default_factory=set)
    """script, slot"""

    def follow(self, ways: Sequence[Way]) -> None:
        """The edges of one turn; a step that was passed without a word is reached too."""
        self.ways.update(ways)
        self.steps.update((script, step) for script, step, _ in ways)

    def note(self, events: Iterable[ev.CallEvent]) -> None:
        """One call's record."""
        self.calls += 1
        scripts: list[str] = [""]
        for event in events:
            match event.body:
                case ev.WorkflowStarted(script=script):
                    scripts[-1] = script
                case ev.WorkflowCalled(script=script):
                    scripts.append(script)
                case ev.WorkflowReturned() if len(scripts) > 1:
                    scripts.pop()
                case ev.StepEntered(step=step):
                    self.steps.add((scripts[-1], step))
                case ev.SlotFilled(slot=slot) | ev.SlotPartlyFilled(slot=slot):
                    self.filled.add((scripts[-1], slot))
                case ev.RepairApplied(pattern=pattern):
                    self.repairs.add(pattern.value)

    def add(self, other: Coverage) -> None:
        """What other calls have reached."""
        self.calls += other.calls
        self.steps |= other.steps
        self.ways |= other.ways
        self.repairs |= other.repairs
        self.filled |= other.filled

    def report(self, scripts: ScriptSet, names: Sequence[str] = ()) -> CoverageReport:
        """How much of ``names`` (all scripts when none are named) has been reached."""
        chosen = [scripts.scripts[name] for name in (names or sorted(scripts.scripts))]
        kinds = {slot.kind for script in chosen for slot in script.slots.values()}
        known = {
            scripts.scripts[script].slots[slot].kind
            for script, slot in self.filled
            if script in scripts.scripts and slot in scripts.scripts[script].slots
        }
        return CoverageReport(
            calls=self.calls,
            scripts=tuple(self._script(script) for script in chosen),
            repairs=Share.of([repair.value for repair in Repair], self.repairs),
            kinds=Share.of(sorted(kinds), known),
        )

    def _script(self, script: Script) -> ScriptCoverage:
        reached = [step for name, step in self.steps if name == script.name]
        taken = [f"{step} -> {after}" for name, step, after in self.ways if name == script.name]
        return ScriptCoverage(
            script.name,
            Share.of(script.steps, reached),
            Share.of((f"{step} -> {after}" for step, after in ways_of(script)), taken),
        )


def ways_of(script: Script) -> Iterable[tuple[str, str]]:
    """Every edge of a script, once."""
    found = [(step.id, target) for step in script.steps.values() for target, _ in edges(step) if target]
    for step in script.steps.values():
        if isinstance(step, Choose):
            found += [(step.id, intent.then) for intent in step.intents if intent.then]
    return dict.fromkeys(found)
