"""``switchboard workflow test``: play scenarios against scripts and say what did not go as expected."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from agent.ports import Understander
    from switchboard.rehearsal.performance import Verdict
    from workflows.language.nodes import ScriptError
    from workflows.language.scripts import ScriptSet


def add_to(verbs: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """The verb."""
    verb = verbs.add_parser("test", help="play scenarios; FILE:LINE: reason; what was there instead")
    verb.add_argument("files", nargs="*", type=Path, help="scenarios or folders of them; the shipped ones when none")
    scripts_argument(verb)
    verb.add_argument("--show", action="store_true", help="print every call as a transcript")
    verb.add_argument("--json", action="store_true", help="print one JSON object")
    verb.set_defaults(run=run)


def scripts_argument(verb: argparse.ArgumentParser) -> None:
    """``--script FILE`` and ``--similarity``, which all verbs that play calls share."""
    verb.add_argument(
        "--script", action="append", type=Path, default=[], metavar="FILE",
        help="a script to use beside the shipped ones, or in place of the one of its name",
    )  # fmt: skip
    verb.add_argument("--similarity", action="store_true", help="understand with the similarity model too (slower)")


def scripts_with(files: Sequence[Path]) -> ScriptSet:
    """The scripts there are, with those in ``files`` added or in place of theirs. Raises ScriptError."""
    from switchboard import settings
    from workflows.language.loader import load_script
    from workflows.language.scripts import ScriptSet, available_scripts

    shipped = available_scripts(settings.read().scripts)
    own = {script.name: script for script in map(load_script, files)}
    return ScriptSet.of({**shipped.scripts, **own}.values()) if own else shipped


def scripts_that_read(files: Sequence[Path]) -> tuple[ScriptSet, list[ScriptError], set[str]]:
    """The same with what can be read of it: the faults of the other files, and the names of the scripts in them."""
    from switchboard import settings
    from workflows.language.loader import load_script
    from workflows.language.nodes import ScriptError
    from workflows.language.scripts import ScriptSet, script_files, shipped_scripts

    own, faults, broken = {}, [], set()
    for path in (*script_files(settings.read().scripts), *files):
        try:
            script = load_script(path)
        except ScriptError as fault:
            faults.append(fault)
            broken.add(path.stem)
        else:
            own[script.name] = script
    if not faults:
        return scripts_with(files), [], set()
    return ScriptSet.of({**shipped_scripts().scripts, **own}.values()), faults, broken


async def understander_for(arguments: argparse.Namespace) -> Understander:
    """Grammar and patterns; with ``--similarity`` the model of this machine as well."""
    from agent.understanding.local import LocalUnderstander

    if not arguments.similarity:
        return LocalUnderstander()
    from switchboard.rehearsal.likeness import LocalSimilarity

    understander = LocalUnderstander(LocalSimilarity.load())
    await understander.prepare()
    return understander


async def run(arguments: argparse.Namespace) -> int:
    """0 when everything went as expected, 1 when something did not."""
    from switchboard.rehearsal.collection import load_all, perform_all, scenario_files

    scripts, faults, broken = scripts_that_read(arguments.script)
    for fault in faults:
        print(fault, file=sys.stderr)
    known = load_all(scenario_files(arguments.files))
    # A shipped script of the same name is not what was meant to be tried.
    scenarios = [one for one in known if one.script not in broken and (not broken or one.script in scripts.scripts)]
    if len(scenarios) < len(known):
        print(f"{len(known) - len(scenarios)} scenarios not played: their script cannot be read", file=sys.stderr)
    verdicts = await perform_all(scenarios, scripts, await understander_for(arguments))
    failed = [verdict for verdict in verdicts if not verdict.passed]
    if arguments.json:
        print(json.dumps(_as_json(verdicts), indent=2))
    else:
        for verdict in verdicts:
            _tell(verdict, show=arguments.show)
        print(f"{len(verdicts) - len(failed)} of {len(verdicts)} scenarios went as expected")
    return 1 if failed or faults or not verdicts else 0


def _tell(verdict: Verdict, *, show: bool) -> None:
    from switchboard.rehearsal.transcript import readable

    if show:
        print(f"\n{verdict.scenario.title}  ({verdict.scenario.file})")
        print(readable(verdict.events))
    for problem in verdict.problems:
        print(problem)


def _as_json(verdicts: Sequence[Verdict]) -> dict[str, object]:
    return {
        "passed": sum(verdict.passed for verdict in verdicts),
        "failed": sum(not verdict.passed for verdict in verdicts),
        "scenarios": [
            {
                "file": verdict.scenario.file,
                "title": verdict.scenario.title,
                "script": verdict.scenario.script,
                "passed": verdict.passed,
                "problems": [
                    {"line": problem.line, "reason": problem.reason, "there": problem.fix}
                    for problem in verdict.problems
                ],
            }
            for verdict in verdicts
        ],
    }
