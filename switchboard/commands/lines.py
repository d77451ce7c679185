"""``switchboard line pause|resume|list``: switch a line off and on again, without a restart."""

from __future__ import annotations

import argparse

from calls.clock import utc_now
from calls.errors import ConfigurationError
from records.pauses import LinePauses
from switchboard import settings
from switchboard.database import open_database
from switchboard.lines import LineBook


def add_to(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the commands."""
    line = commands.add_parser("line", help="switch a line off and on again, and list lines")
    verbs = line.add_subparsers(dest="verb", required=True)
    pause = verbs.add_parser("pause", help="calls go to a number, or hear a message; counts for the next call")
    pause.add_argument("line")
    what = pause.add_mutually_exclusive_group()
    what.add_argument("--to", default="", metavar="NUMBER", help="E.164 number that takes the calls")
    what.add_argument("--message", default="", metavar="TEXT", help="said to callers before the call ends")
    pause.set_defaults(run=run_pause)
    resume = verbs.add_parser("resume", help="take calls again")
    resume.add_argument("line")
    resume.set_defaults(run=run_resume)
    verbs.add_parser("list", help="all lines, and which are paused").set_defaults(run=run_list)


async def run_pause(arguments: argparse.Namespace) -> int:
    """Switch off. Without --to or --message, callers go to the line's person, or hear its busy line."""
    chosen = settings.read()
    line = LineBook(chosen.lines).line(arguments.line)
    to = arguments.to
    if to and not (to.startswith("+") and to[1:].isdigit()):
        raise ConfigurationError(f"--to {to!r} is not an E.164 number; write it like +15550199")
    if not to and not arguments.message and line.human is not None and line.human.kind == "number":
        to = line.human.address
    async with open_database(chosen) as engine:
        pauses = LinePauses(engine)
        if to:
            await pauses.pause(line.id, "to", to, utc_now())
        else:
            await pauses.pause(line.id, "message", arguments.message or line.busy_message, utc_now())
    print(f"{line.id} is paused: callers {f'are put through to {to}' if to else 'hear the message'}")
    return 0


async def run_resume(arguments: argparse.Namespace) -> int:
    """Switch on."""
    chosen = settings.read()
    line = LineBook(chosen.lines).line(arguments.line)
    async with open_database(chosen) as engine:
        was_paused = await LinePauses(engine).resume(line.id)
    print(f"{line.id} takes calls" + ("" if was_paused else " (it was not paused)"))
    return 0


async def run_list(arguments: argparse.Namespace) -> int:
    """A line each."""
    chosen = settings.read()
    async with open_database(chosen) as engine:
        paused = await LinePauses(engine).current()
    for line in LineBook(chosen.lines).lines:
        pause = paused.get(line.id)
        state = f"paused since {pause.since:%Y-%m-%d %H:%M} UTC" if pause else "open"
        print(f"{line.id:16} {line.number:16} {line.script:16} {state}")
    return 0
