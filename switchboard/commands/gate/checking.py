"""``switchboard gate check POLICY``: run the examples that stand in a policy."""

from __future__ import annotations

import argparse
from pathlib import Path


def add_to(verbs: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """The verb."""
    verb = verbs.add_parser("check", help="run a policy's own examples; exit 1 when one does not hold")
    verb.add_argument("policy", metavar="POLICY", help="a YAML file, or the name of a shipped policy")
    verb.set_defaults(run=run)


async def run(arguments: argparse.Namespace) -> int:
    """0 when every example holds; else 1."""
    from agent.guardrail.examples import broken_examples
    from agent.guardrail.policy import find_policy

    policy = find_policy(arguments.policy, Path())
    broken = broken_examples(policy)
    for line in broken:
        print(line)
    print(f"{policy.id}: {len(policy.rules)} rules, {policy.sentences} examples, {len(broken)} do not hold")
    return 1 if broken else 0
