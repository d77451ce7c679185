"""The scripts a director may use together."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from workflows.language.catalogue import ACTIONS, ActionSpec
from workflows.language.loader import load_script
from workflows.language.model import SHARED, Choose, Script, Start
from workflows.language.nodes import Problem, ScriptError, suggestion

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
        problems = [problem for script in named.values() for problem in _dangling(script, named)]
        if problems:
            raise ScriptError(problems)
        return cls(named, {(script.name, script.digest): script for script in older})

    def get(self, name: str, digest: str = "") -> Script:
        """The script ``name`` in the version a call began with; the newest when that one is gone. Raises KeyError."""
        return self.older.get((name, digest)) or self.scripts[name]

    def has(self, name: str, digest: str) -> bool:
        """Whether exactly this version can be used."""
        newest = self.scripts.get(name)
        return (name, digest) in self.older or (newest is not None and newest.digest == digest)

    def replacing(self, scripts: Iterable[Script]) -> ScriptSet:
        """This set with newer scripts; what they replace stays for the calls that began with it."""
        newer = {script.name: script for script in scripts}
        kept = [*self.older.values(), *(s for s in self.scripts.values() if s.name in newer)]
        return ScriptSet.of({**self.scripts, **newer}.values(), kept)


def _dangling(script: Script, named: Mapping[str, Script]) -> Iterable[Problem]:
    for step in script.steps.values():
        if isinstance(step, Start):
            yield from _start_problems(script, step, named)
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
