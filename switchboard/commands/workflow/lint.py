"""``switchboard workflow lint``: what is wrong with scripts, every complaint with its line and its fix."""

from __future__ import annotations

import argparse
from pathlib import Path

from workflows.language.scripts import SHIPPED, load_scripts


def add_to(verbs: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """The verb."""
    verb = verbs.add_parser("lint", help="check scripts; FILE:LINE: reason; fix")
    verb.add_argument("files", nargs="*", type=Path, help="scripts; those that ship when none is named")
    verb.set_defaults(run=run)


async def run(arguments: argparse.Namespace) -> int:
    """0 when nothing is wrong; ScriptError tells what is."""
    scripts = load_scripts(arguments.files or sorted(SHIPPED.glob("*.yaml")))
    print(f"{len(scripts.scripts)} scripts, nothing wrong")
    return 0
