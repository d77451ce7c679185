"""``switchboard gate try POLICY``: what a policy would change in stored calls, before a line names it."""

from __future__ import annotations

import argparse
import json
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from switchboard.gate_trial import Trial


def add_to(verbs: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """The verb."""
    verb = verbs.add_parser("try", help="judge stored calls by another policy; exit 1 when something would change")
    verb.add_argument("policy", metavar="POLICY", help="a YAML file, or the name of a shipped policy")
    source = verb.add_mutually_exclusive_group()
    source.add_argument("--call", metavar="ID", help="this one")
    source.add_argument("--file", type=Path, metavar="EVENTS.JSONL", help="calls of an export")
    source.add_argument(
        "--calls", dest="last", type=int, default=100, metavar="N", help="the newest that have ended (default 100)"
    )
    verb.add_argument("--line", default="", metavar="NAME", help="the line to take, when a call's own is gone")
    verb.add_argument("--json", action="store_true", help="print one JSON object")
    verb.set_defaults(run=run)


async def run(arguments: argparse.Namespace) -> int:
    """0 when nothing would be judged otherwise; else 1. Nothing is written anywhere."""
    from agent.guardrail.examples import broken_examples
    from agent.guardrail.policy import find_policy
    from calls.errors import ConfigurationError
    from switchboard.commands.workflow.replay import entry_of, line_of, read_calls
    from switchboard.commands.workflow.test import scripts_with
    from switchboard.gate_trial import Trying
    from switchboard.gates import gate_of, policy_of
    from switchboard.rehearsal.replaying import retold
    from switchboard.settings import read
    from workflows.advance import ScriptDirector

    policy = find_policy(arguments.policy, Path())
    if broken := broken_examples(policy):
        raise ConfigurationError(f"{policy.id} does not hold its own examples: {broken[0]}; see switchboard gate check")
    scripts, folder = scripts_with([]), read().lines.parent
    trials = []
    for events in await read_calls(arguments):
        line = retold(line_of(events, arguments.line), events)
        director = ScriptDirector(scripts, entry_of(events, line))
        trying = Trying(line, director, gate_of(line, policy_of(line, folder)), gate_of(line, policy))
        trials.append(trying.call(events))
    print(_as_json(trials, policy.id) if arguments.json else _as_text(trials, policy.id))
    return 1 if any(trial.changes for trial in trials) else 0


def _as_text(trials: list[Trial], policy: str) -> str:
    lines = [
        f"{change.call} event {change.event}, {'a model' if change.composed else 'a script'}: "
        f"{change.now} -> {change.then}\n    {change.text}"
        for trial in trials
        for change in trial.changes
    ]
    clauses, changes = sum(trial.clauses for trial in trials), sum(len(trial.changes) for trial in trials)
    return "\n".join([*lines, f"{policy}: {len(trials)} calls, {clauses} clauses, {changes} judged otherwise"])


def _as_json(trials: list[Trial], policy: str) -> str:
    told = {
        "policy": policy,
        "calls": len(trials),
        "clauses": sum(trial.clauses for trial in trials),
        "changes": [asdict(change) for trial in trials for change in trial.changes],
    }
    return json.dumps(told, indent=2, ensure_ascii=False)
