"""The scripts a director may use together."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from calls.run import DEEPEST
from workflows.language.catalogue import ACTIONS, ActionSpec
from workflows.language.loader import load_script
from workflows.language.model import SHARED, Argument, Asking, Call, Choose, Script, Slot, Start
from workflows.language.nodes import Problem, ScriptError, suggestion
from workflows.language.wording import ROBOT

SHIPPED = Path(__file__).resolve().parent.parent / "scripts"
"""Where the scripts that come with the project are."""


@dataclass(frozen=True, slots=True)
class ScriptSet:
    """Scripts by name, and older versions of them for calls that began with those."""

    scripts: Mapping[str, Script]
    older: Mapping[tuple[str, str], Script]
    """(name, digest) -> script"""

    @classmethod
    def of(cls, scripts: Iterable[Script], older: Iterable[Script] = ()) -> ScriptSet:
        """Put scripts together. Raises ScriptError when one names another that is not there."""
        named = {script.name: script for script in scripts}
        found = cls(named, {(script.name, script.digest): script for script in older})
        problems = [problem for script in named.values() for problem in dangling(script, named)]
        problems = problems or [problem for script in named.values() for problem in _too_deep(script, found)]
        if problems:
            raise ScriptError(problems)
        return found

    def get(self, name: str, digest: str = "") -> Script:
        """The script ``name`` in the version a call began with; the newest when that one is gone. Raises KeyError."""
        return self.older.get((name, digest)) or self.scripts[name]

    def has(self, name: str, digest: str) -> bool:
        """Whether exactly this version can be used."""
        newest = self.scripts.get(name)
        return (name, digest) in self.older or (newest is not None and newest.digest == digest)

    def reach(self, name: str, above: tuple[str, ...] = ()) -> int:
        """How many scripts wait for each other at most once ``name`` is called; more than can wait, for a circle."""
        if name in above or len(above) > DEEPEST:
            return DEEPEST + 1
        script = self.scripts.get(name)
        called = {step.script for step in script.steps.values() if isinstance(step, Call)} if script else set()
        return 1 + max((self.reach(other, (*above, name)) for other in called), default=0)

    def replacing(self, scripts: Iterable[Script]) -> ScriptSet:
        """This set with newer scripts; what they replace stays for the calls that began with it."""
        newer = {script.name: script for script in scripts}
        kept = [*self.older.values(), *(s for s in self.scripts.values() if s.name in newer)]
        return ScriptSet.of({**self.scripts, **newer}.values(), kept)


def dangling(script: Script, named: Mapping[str, Script]) -> Iterable[Problem]:
    """What a script names of others that is not so there."""
    for step in script.steps.values():
        if isinstance(step, Start):
            yield from _start_problems(script, step, named)
        if isinstance(step, Asking):
            known = {ROBOT, *script.topics, *named}
            for name in step.manner.digressions or ():
                if name not in known:
                    reason = f"step {step.id} allows the digression {name!r}, which is no topic and no script"
                    yield Problem(script.file, step.at, reason, suggestion(name, sorted(known)), "unknown-name")
        if isinstance(step, Call):
            yield from _call_problems(script, step, named)
        if isinstance(step, Choose):
            for intent in step.intents:
                if intent.script and intent.script not in named:
                    reason = f"intent {intent.id} starts {intent.script!r}, which is no script"
                    yield Problem(
                        script.file, step.at, reason, suggestion(intent.script, list(named)), "unknown-script"
                    )
    if SHARED not in named:
        yield Problem(
            script.file,
            1,
            f"there is no script {SHARED!r} to fall back on",
            "load the shipped one too",
            "unknown-script",
        )


def _start_problems(script: Script, step: Start, named: Mapping[str, Script]) -> Iterable[Problem]:
    other = named.get(step.script)
    if other is None:
        reason = f"step {step.id} starts {step.script!r}, which is no script"
        yield Problem(script.file, step.at, reason, suggestion(step.script, list(named)), "unknown-script")
        return
    for slot, value in step.fills.items():
        spec = other.slots.get(slot)
        ids = [option.id for option in spec.options] if spec else []
        if spec is None or spec.kind != "choice" or value not in ids:
            reason = f"step {step.id} sets {slot!r} of {step.script} to {value!r}, which it does not take"
            yield Problem(
                script.file, step.at, reason, "name a choice slot of that script and one of its options", "bad-fill"
            )


def _call_problems(script: Script, step: Call, named: Mapping[str, Script]) -> Iterable[Problem]:
    other = named.get(step.script)
    if other is None:
        reason = f"step {step.id} calls {step.script!r}, which is no script"
        yield Problem(script.file, step.at, reason, suggestion(step.script, list(named)), "unknown-script")
        return
    for slot, given in step.fills.items():
        reason = _unfit(script, given, other.slots.get(slot))
        if reason:
            fix = "give it a slot of the same kind, or one of its options as {text: ID}"
            said = f"step {step.id} sets {slot!r} of {step.script}, {reason}"
            yield Problem(script.file, step.at, said, fix, "bad-fill")
    for slot, theirs in step.takes.items():
        taken = other.slots.get(theirs)
        if taken is None or taken.kind != script.slots[slot].kind:
            kind = f"a {taken.kind}" if taken else "no slot there"
            reason = f"step {step.id} takes {slot!r}, a {script.slots[slot].kind}, from {theirs!r}, {kind}"
            fix = suggestion(theirs, [s.name for s in other.slots.values() if s.kind == script.slots[slot].kind])
            yield Problem(script.file, step.at, reason, fix, "bad-fill")


def _unfit(script: Script, given: Argument, slot: Slot | None) -> str:
    """Why a slot of another script cannot be set to something of ours; empty when it can."""
    if slot is None:
        return "which it does not have"
    options = [option.id for option in slot.options]
    if given.source == "line":
        return "" if slot.kind == "free_text" else f"a {slot.kind}, to a text with gaps"
    if given.source == "text":
        fits = given.name in options or slot.kind == "free_text"
        return "" if fits else f"a {slot.kind}, to {given.name!r}, which is no slot here and no option there"
    if given.source == "slot":
        ours = script.slots[given.name].kind
        alike = ours == slot.kind or {ours, slot.kind} <= {"person_name", "spelled_name"}
        return "" if alike or slot.kind == "free_text" else f"a {slot.kind}, to {given.name!r}, a {ours}"
    return ""


def _too_deep(script: Script, found: ScriptSet) -> Iterable[Problem]:
    # The one that calls does not wait for itself: it is one less than those that are on.
    if found.reach(script.name) - 1 > DEEPEST:
        step = next(step for step in script.steps.values() if isinstance(step, Call))
        reason = f"step {step.id} calls a script from which more than {DEEPEST} would wait for each other"
        fix = "let one of them start the next with start:, and let none call itself"
        yield Problem(script.file, step.at, reason, fix, "call-too-deep")


def load_scripts(paths: Iterable[Path], actions: Mapping[str, ActionSpec] = ACTIONS) -> ScriptSet:
    """Scripts from files, with the shared one when none of them is it. Raises ScriptError."""
    scripts = [load_script(path, actions) for path in paths]
    if not any(script.name == SHARED for script in scripts):
        scripts.append(load_script(SHIPPED / f"{SHARED}.yaml", actions))
    return ScriptSet.of(scripts)


def shipped_scripts() -> ScriptSet:
    """The scripts that come with the project."""
    return load_scripts(sorted(SHIPPED.glob("*.yaml")))


def available_scripts(folder: Path | None) -> ScriptSet:
    """The shipped scripts and those in ``folder``, which take the place of shipped ones with their name.

    Raises ScriptError; also when two files of the folder hold a script of one name.
    """
    own = [load_script(path) for path in script_files(folder)]
    twice = [Problem(script.file, 1, f"another file holds the script {script.name!r} too", "rename one", "script-twice")
             for index, script in enumerate(own) if script.name in {other.name for other in own[:index]}]  # fmt: skip
    if twice:
        raise ScriptError(twice)
    named = {script.name for script in own}
    return ScriptSet.of([*own, *(s for s in shipped_scripts().scripts.values() if s.name not in named)])


def script_files(folder: Path | None) -> list[Path]:
    """The files of a folder of scripts, in order; none when there is no such folder."""
    return sorted(folder.glob("*.yaml")) if folder is not None and folder.is_dir() else []
