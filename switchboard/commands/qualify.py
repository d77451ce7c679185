"""``switchboard qualify``: whether a provider may take another's place at a stage of a line."""

from __future__ import annotations

import argparse
import asyncio
import sys
from contextlib import AsyncExitStack
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from calls.line import Line
    from switchboard.qualify.trial import Asked
    from switchboard.settings import Settings

_EXAMPLE = """example:
  switchboard qualify --stage understanding --candidate anthropic/claude-haiku-5-5 --against current --line booking

The candidate is shown the frozen material that ships and masked turns of stored calls; see docs/qualify.md.
exit code: 0 it may take the place, 1 it may not, 2 it cannot be told"""


def add_to(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the command."""
    command = commands.add_parser(
        "qualify",
        help="whether a new model or vendor may take the place of the one a line has",
        description="Tries a candidate and the current provider of a stage on the same material, and compares them.",
        epilog=_EXAMPLE,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    command.add_argument("--stage", required=True, choices=("understanding", "hearing", "speaking"))
    command.add_argument("--candidate", required=True, metavar="NAME[/MODEL]", help="as a line would name it")
    command.add_argument(
        "--against", default="current", metavar="NAME", help="current: what the line has (the default), or a provider"
    )
    command.add_argument("--line", default="", metavar="LINE", help="of lines.yaml (the first)")
    command.add_argument("--voice", default="default", metavar="ID", help="the candidate's voice, for speaking")
    command.add_argument("--calls", type=_count, default=50, metavar="N", help="stored calls, the newest (50)")
    command.add_argument("--file", type=Path, metavar="EVENTS.JSONL", help="take the calls from an export instead")
    command.add_argument("--json", action="store_true", help="print one JSON object")
    command.set_defaults(run=run)


async def run(arguments: argparse.Namespace) -> int:
    """0 when the candidate may take the place; 1 when it may not. Nothing is written anywhere."""
    from agent.resilience.prices import read_prices
    from calls.clock import LoopClock
    from switchboard.engines import vendor_session
    from switchboard.line_providers import OFFLINE
    from switchboard.qualify.providers import Bench, offline_speech
    from switchboard.qualify.report import as_json, as_text
    from switchboard.qualify.stored import calls_of_export, newest_calls
    from switchboard.qualify.trial import qualify
    from switchboard.settings import read
    from workflows.language.scripts import available_scripts

    settings = read()
    line = _line(settings, arguments.line, alone=arguments.against != "current")
    asked = _asked(arguments, line)

    def tell(what: str) -> None:
        print(f"  {what} ...", file=sys.stderr, flush=True)

    calls, why = [], "only understanding is tried on them"
    if arguments.stage == "understanding":
        if arguments.file:
            calls, why = calls_of_export(arguments.file, arguments.calls), f"none in {arguments.file.name}"
        else:
            calls, why = await newest_calls(settings, line, arguments.calls)
    async with AsyncExitStack() as stack:
        session = await stack.enter_async_context(vendor_session())
        wanted = arguments.stage == "speaking" or (
            arguments.stage == "hearing" and OFFLINE in (asked.candidate, asked.current)
        )
        speech = await stack.enter_async_context(offline_speech(settings)) if wanted else None
        bench = Bench(settings, session, LoopClock(), line, speech)
        scripts, prices = available_scripts(settings.scripts), read_prices(settings.prices)
        found = await qualify(asked, bench, scripts, prices, calls, why, tell)
    await asyncio.to_thread(print, as_json(found) if arguments.json else as_text(found))
    return 0 if found.qualified else 1


def _line(settings: Settings, name: str, *, alone: bool) -> Line:
    """The line; where there is no file of lines and none is needed, one of nobody."""
    from calls.line import Line
    from switchboard.lines import LineBook

    if alone and not name and not settings.lines.is_file():
        return Line("none", "*", "front_desk", "Robin", "Harbor Dental", "Hello.")
    book = LineBook(settings.lines)
    return book.line(name) if name else book.lines[0]


def _asked(arguments: argparse.Namespace, line: Line) -> Asked:
    from switchboard.qualify.providers import current_of
    from switchboard.qualify.trial import Asked, full_name

    current, voice = current_of(arguments.stage, line)
    if arguments.against != "current":
        named = full_name(arguments.stage, arguments.against)
        voice = voice if named == current else "default"
        current = named
    return Asked(arguments.stage, full_name(arguments.stage, arguments.candidate), current, (arguments.voice, voice))


def _count(text: str) -> int:
    if not text.isdigit() or int(text) > 10_000:
        raise argparse.ArgumentTypeError(f"{text!r} is not a number from 0 to 10000")
    return int(text)
