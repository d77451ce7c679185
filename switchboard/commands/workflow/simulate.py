"""``switchboard workflow simulate``: seeded callers against the scripts and a real Postgres, and what came of it."""

from __future__ import annotations

import argparse
import contextlib
import json
import os
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from switchboard.commands.workflow.test import scripts_argument, scripts_with

if TYPE_CHECKING:
    from switchboard.simulation.run import Plan


def add_to(verbs: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """The verb."""
    verb = verbs.add_parser(
        "simulate", help="seeded callers ring the scripts; exit 1 when less than required went right"
    )
    verb.add_argument("--calls", type=int, default=200, metavar="N", help="how many (default 200)")
    verb.add_argument("--seed", type=int, default=1, metavar="S", help="the first seed (default 1)")
    verb.add_argument("--only", type=int, metavar="SEED", help="play this one alone")
    verb.add_argument("--show", action="store_true", help="with --only: print the call as a transcript")
    verb.add_argument("--log", type=Path, metavar="FILE", help="with --only: write its events, for replay --file")
    verb.add_argument("--personas", default="", metavar="NAME,...", help="only these callers")
    verb.add_argument("--goals", default="", metavar="NAME,...", help="only callers who want one of these")
    verb.add_argument("--entry", default="", metavar="SCRIPT", help="begin every call with this script")
    scripts_argument(verb)
    verb.add_argument("--impostors", type=int, default=0, metavar="N", help="N callers who claim to be somebody else")
    verb.add_argument(
        "--model", choices=("steady", "unruly"), default="",
        help="with a stand-in for a language model: one that reads as the grammar does, or one at its worst",
    )  # fmt: skip
    verb.add_argument("--faults", action="store_true", help="let systems fail and take long, and understanding give up")
    verb.add_argument("--workers", type=int, default=2, metavar="N", help="processes (default 2)")
    verb.add_argument(
        "--database", default="embedded", metavar="URL", help="a Postgres server; databases are made there"
    )
    verb.add_argument(
        "--require", type=float, default=0.0, metavar="PERCENT", help="exit 1 below that share of right ones"
    )
    verb.add_argument("--json", action="store_true", help="print one JSON object")
    verb.set_defaults(run=run)


async def run(arguments: argparse.Namespace) -> int:
    """0; 1 when too few went right, something wrong was booked, or something claimed without a receipt."""
    from calls.clock import LoopClock
    from switchboard.simulation.calendar_store import own_databases
    from switchboard.simulation.report import Report, as_json, as_text
    from switchboard.simulation.run import play_all

    plan = plan_for(arguments)
    workers = 1 if arguments.only is not None else max(1, arguments.workers)
    names = [f"switchboard_simulation_{os.getpid()}_{number}" for number in range(workers)]
    async with server(arguments.database) as url:
        with own_databases(url, names) as databases:
            if arguments.only is not None:
                return await _one(plan, databases[0], arguments)
            clock = LoopClock()
            began_ms = clock.now_ms()
            seeds = range(arguments.seed, arguments.seed + arguments.calls)
            whole = await play_all(plan, databases, seeds)
            report = Report(whole.played, (clock.now_ms() - began_ms) / 1000)
    print(json.dumps(as_json(report), indent=2) if arguments.json else as_text(report))
    return 0 if report.holds(arguments.require) else 1


def plan_for(arguments: argparse.Namespace) -> Plan:
    """What the arguments ask for. Raises ConfigurationError."""
    from calls.errors import ConfigurationError
    from switchboard.simulation.goals import SCRIPT_OF
    from switchboard.simulation.run import Plan
    from workflows.language.nodes import suggestion

    scripts = scripts_with(arguments.script)
    if arguments.entry and arguments.entry not in scripts.scripts:
        raise ConfigurationError(
            f"there is no script {arguments.entry!r}; {suggestion(arguments.entry, list(scripts.scripts))}"
        )
    personas = tuple(name for name in arguments.personas.split(",") if name)
    goals = tuple(name for name in arguments.goals.split(",") if name)
    unknown = [name for name in goals if name not in SCRIPT_OF]
    if unknown:
        raise ConfigurationError(f"there is no goal {unknown[0]!r}; {suggestion(unknown[0], list(SCRIPT_OF))}")
    plan = Plan(
        scripts, personas, arguments.entry, arguments.faults, arguments.similarity, goals=goals, model=arguments.model
    )
    if arguments.impostors:
        plan, arguments.calls = replace(plan, impostors=True), arguments.impostors
    plan.persona(0)
    return plan


@contextlib.asynccontextmanager
async def server(database: str) -> AsyncIterator[str]:
    """The address of a Postgres server: the one named, or our own."""
    if database != "embedded":
        yield database.replace("postgresql://", "postgresql+psycopg://")
        return
    from switchboard.database import open_stores
    from switchboard.settings import read

    settings = replace(read(), database_url="", redis_url="-", var=Path("var"))
    async with open_stores(settings) as stores:
        yield str(stores.database_url)


async def _one(plan: Plan, database: str, arguments: argparse.Namespace) -> int:
    from switchboard.simulation.run import play_seeds

    (played,) = (await play_seeds(plan, database, [arguments.only], keep=True)).played
    if arguments.show:
        print(played.transcript)
    if arguments.log:
        arguments.log.write_bytes(played.log)
    if arguments.json:
        fields = {"seed": played.seed, "result": played.judgement.result, "digest": played.digest}
        print(json.dumps({**fields, "reason": played.judgement.reason, "unproven": list(played.unproven)}))
    else:
        print(f"seed {played.seed}: {played.persona} ({played.half} half), {played.goal.kind}: "
              f"{played.judgement.result}, {played.judgement.reason}; rows {played.rows or 'none'}")  # fmt: skip
        print(f"wanted {played.goal}")
        print(f"log {played.digest}")
    return 0 if played.judgement.result == "right" and not played.unproven else 1
