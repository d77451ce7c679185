"""``switchboard docs``: write the catalogues drawn from the code."""

from __future__ import annotations

import argparse
from pathlib import Path

from switchboard.catalogue import write


def add_to(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the command."""
    command = commands.add_parser("docs", help="write docs/events.md and docs/settings.md from the code")
    command.add_argument("--to", type=Path, default=Path("docs"), metavar="DIR")
    command.set_defaults(run=run)


async def run(arguments: argparse.Namespace) -> int:
    """Write, and say what was written."""
    for path in write(arguments.to):
        print(path)
    return 0
