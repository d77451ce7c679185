"""``switchboard workflow coverage``: which steps, edges, repairs and kinds of slots the scenarios reach."""

from __future__ import annotations

import argparse
import json
import os
from pathlib import Path
from typing import TYPE_CHECKING

from switchboard.commands.workflow.test import scripts_argument, scripts_with, understander_for

if TYPE_CHECKING:
    from switchboard.rehearsal.coverage import Coverage, CoverageReport, Share

MOST_NAMED = 12
"""missing ones named in a line of the table; ``--json`` has all"""


def add_to(verbs: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """The verb."""
    verb = verbs.add_parser("coverage", help="which steps and edges of the scripts are reached, and which are not")
    verb.add_argument("files", nargs="*", type=Path, help="scenarios or folders of them; the shipped ones when none")
    scripts_argument(verb)
    verb.add_argument("--of", action="append", default=[], metavar="NAME", help="only these scripts")
    verb.add_argument("--simulate", type=int, default=0, metavar="N", help="and so many simulated calls")
    verb.add_argument("--seed", type=int, default=1, help="first seed of those")
    verb.add_argument("--database", default="embedded", metavar="URL", help="a Postgres server for those")
    verb.add_argument("--require", type=float, metavar="PERCENT", help="exit 1 below that, for steps and edges")
    verb.add_argument("--require-repairs", type=float, default=0.0, metavar="PERCENT", help="the same for repairs")
    verb.add_argument("--json", action="store_true", help="print one JSON object")
    verb.set_defaults(run=run)


async def run(arguments: argparse.Namespace) -> int:
    """0; 1 when less than required is reached."""
    from switchboard.rehearsal.collection import load_all, scenario_files
    from switchboard.rehearsal.coverage import Coverage
    from switchboard.rehearsal.performance import perform
    from workflows.language.nodes import suggestion

    scripts = scripts_with(arguments.script)
    for name in arguments.of:
        if name not in scripts.scripts:
            from calls.errors import ConfigurationError

            raise ConfigurationError(f"there is no script {name!r}; {suggestion(name, list(scripts.scripts))}")
    coverage, understander = Coverage(), await understander_for(arguments)
    played = load_all(scenario_files(arguments.files))
    for scenario in played:
        verdict = await perform(scenario, scripts, understander, coverage.follow)
        coverage.note(verdict.events)
    if arguments.simulate:
        coverage.add(await _simulated(arguments))
    # Scenarios of one's own are asked what they reach of their own scripts, not of all that ship.
    own = sorted({scenario.script for scenario in played} & set(scripts.scripts)) if arguments.files else []
    report = coverage.report(scripts, arguments.of or own)
    print(json.dumps(as_json(report), indent=2) if arguments.json else table(report))
    wanted = arguments.require or 0.0
    return 0 if report.enough(wanted, arguments.require_repairs) else 1


async def _simulated(arguments: argparse.Namespace) -> Coverage:
    from switchboard.commands.workflow.simulate import server
    from switchboard.simulation.calendar_store import own_databases
    from switchboard.simulation.run import Plan, play_all

    plan = Plan(scripts_with(arguments.script), faults=True, similarity=arguments.similarity)
    seeds = range(arguments.seed, arguments.seed + arguments.simulate)
    names = [f"switchboard_coverage_{os.getpid()}_{number}" for number in range(2)]
    async with server(arguments.database) as url:
        with own_databases(url, names) as databases:
            return (await play_all(plan, databases, seeds)).coverage


def as_json(report: CoverageReport) -> dict[str, object]:
    """For a machine."""
    return {
        "calls": report.calls,
        "scripts": {
            script.script: {"steps": script.steps.as_json(), "edges": script.edges.as_json()}
            for script in report.scripts
        },
        "repairs": report.repairs.as_json(),
        "kinds": report.kinds.as_json(),
    }


def table(report: CoverageReport) -> str:
    """For a person."""
    rows = [(f"{script.script} {what}", share) for script in report.scripts
            for what, share in (("steps", script.steps), ("edges", script.edges))]  # fmt: skip
    rows += [("repairs", report.repairs), ("kinds of slots", report.kinds)]
    width = max(len(name) for name, _ in rows)
    return "\n".join([f"{report.calls} calls", *(f"{name:{width}}  {_share(share)}" for name, share in rows)])


def _share(share: Share) -> str:
    named = ", ".join(share.missing[:MOST_NAMED])
    more = f" and {len(share.missing) - MOST_NAMED} more" if len(share.missing) > MOST_NAMED else ""
    missing = f"   not reached: {named}{more}" if share.missing else ""
    return f"{share.percent:5.1f} %  {share.reached:3} of {share.all:3}{missing}"
