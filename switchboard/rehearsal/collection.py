"""The scenarios beside the scripts: found, read and played."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

import workflows
from agent.ports import Understander
from switchboard.rehearsal.performance import Verdict, perform
from switchboard.rehearsal.scenario import Scenario
from switchboard.rehearsal.scenario_reader import load_scenario
from workflows.language.nodes import Problem, ScriptError
from workflows.language.scripts import ScriptSet

SCENARIOS = Path(workflows.__path__[0]) / "scenarios"
"""Where the scenarios that come with the project are: one folder a script."""


def scenario_files(named: Sequence[Path] = (), script: str = "") -> list[Path]:
    """The files under ``named`` (files and folders; the shipped ones when there are none), only of ``script`` if given.

    Raises ScriptError for a path that is not there.
    """
    found: list[Path] = []
    for path in named or [SCENARIOS]:
        if not path.exists():
            fix = "name a file or a folder with *.yaml files"
            raise ScriptError([Problem(str(path), 1, "there is no such scenario", fix)])
        found += sorted(path.rglob("*.yaml")) if path.is_dir() else [path]
    return [path for path in found if not script or path.parent.name == script]


def load_all(files: Iterable[Path]) -> list[Scenario]:
    """Every scenario. Raises ScriptError with the complaints of all files together."""
    scenarios: list[Scenario] = []
    problems: list[Problem] = []
    for path in files:
        try:
            scenarios.append(load_scenario(path))
        except ScriptError as fault:
            problems += fault.problems
    if problems:
        raise ScriptError(problems)
    return scenarios


async def perform_all(scenarios: Iterable[Scenario], scripts: ScriptSet, understander: Understander) -> list[Verdict]:
    """What came of each, in order."""
    return [await perform(scenario, scripts, understander) for scenario in scenarios]
