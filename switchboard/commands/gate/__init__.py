"""``switchboard gate ...``: policies of the speech gate."""

from __future__ import annotations

import argparse
from importlib import import_module

VERBS: tuple[str, ...] = ("trying", "checking")
"""Modules of this package, in the order of ``--help``; each has ``add_to(verbs)``."""


def add_to(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """The command and its verbs."""
    root = commands.add_parser("gate", help="policies of the speech gate: check one, try one on stored calls")
    verbs = root.add_subparsers(dest="verb", required=True, metavar="VERB")
    for name in VERBS:
        import_module(f"switchboard.commands.gate.{name}").add_to(verbs)
