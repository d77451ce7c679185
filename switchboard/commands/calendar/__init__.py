"""``switchboard calendar ...``: what can be booked on a line, and when."""

from __future__ import annotations

import argparse
from importlib import import_module

VERBS: tuple[str, ...] = ("showing", "hours", "closures", "offering", "answers")
"""Modules of this package, in the order of ``--help``; each has ``add_to(verbs)``."""


def add_to(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """The command and its verbs."""
    root = commands.add_parser("calendar", help="what can be booked, opening hours, holidays, and answers")
    verbs = root.add_subparsers(dest="verb", required=True, metavar="VERB")
    for name in VERBS:
        import_module(f"switchboard.commands.calendar.{name}").add_to(verbs)
