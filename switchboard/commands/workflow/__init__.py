"""``switchboard workflow ...``: everything one does with scripts, each verb in a module of its own."""

from __future__ import annotations

import argparse
from importlib import import_module

VERBS: tuple[str, ...] = (
    "new", "lint", "fmt", "schema", "graph", "test", "simulate", "coverage", "diff", "replay", "publish", "versions",
)  # fmt: skip
"""Modules of this package, in the order of ``--help``; each has ``add_to(verbs)``."""


def add_to(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """The command and its verbs."""
    root = commands.add_parser("workflow", help="write, check, draw, test and publish scripts")
    verbs = root.add_subparsers(dest="verb", required=True, metavar="VERB")
    for name in VERBS:
        import_module(f"switchboard.commands.workflow.{name}").add_to(verbs)
