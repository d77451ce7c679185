"""The command ``switchboard``."""

from __future__ import annotations

import argparse
import asyncio
import sys
from collections.abc import Awaitable, Callable, Sequence
from importlib import import_module

from calls.errors import SwitchboardError

COMMANDS = ("demo", "serve", "call", "record", "access", "lines", "doctor", "docs")
"""Modules of ``switchboard.commands``, in the order of ``--help``."""

Run = Callable[[argparse.Namespace], Awaitable[int]]


def parser() -> argparse.ArgumentParser:
    """All commands, each module adding its own."""
    root = argparse.ArgumentParser(
        prog="switchboard", description="Answers phone calls: hears, understands, books, speaks, and keeps the record."
    )
    commands = root.add_subparsers(dest="command", required=True, metavar="COMMAND")
    for name in COMMANDS:
        import_module(f"switchboard.commands.{name}").add_to(commands)
    return root


def main(argv: Sequence[str] | None = None) -> int:
    """Exit codes: 0 done, 1 the thing asked about is not so, 2 cannot be done (the reason is on standard error)."""
    arguments = parser().parse_args(argv)
    run: Run = arguments.run
    try:
        return asyncio.run(_awaited(run, arguments))
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:
        return 0
    except (SwitchboardError, OSError) as why:
        print(f"switchboard {arguments.command}: {why}", file=sys.stderr)
        return 2


async def _awaited(run: Run, arguments: argparse.Namespace) -> int:
    return await run(arguments)
