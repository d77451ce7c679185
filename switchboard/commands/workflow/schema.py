"""``switchboard workflow schema``: the language as JSON Schema, for editors."""

from __future__ import annotations

import argparse
from pathlib import Path

from workflows.schema import render


def add_to(verbs: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """The verb."""
    verb = verbs.add_parser("schema", help="print the JSON Schema of scripts, for your editor")
    verb.add_argument("-o", "--to", type=Path, metavar="FILE", help="write it there instead")
    verb.set_defaults(run=run)


async def run(arguments: argparse.Namespace) -> int:
    """Always 0."""
    if arguments.to is None:
        print(render(), end="")
    else:
        arguments.to.write_text(render(), encoding="utf-8")
        print(arguments.to)
    return 0
