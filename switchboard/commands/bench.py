"""``switchboard bench``: what we add to the vendors' own time, and what a call costs this machine."""

from __future__ import annotations

import argparse
import asyncio
import sys

from calls.clock import utc_now


def add_to(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the command."""
    command = commands.add_parser(
        "bench",
        help="measure latency, gaps, CPU and memory of calls over vendors with fixed delays",
        description="Places calls at a server of its own, over vendors on loopback; see docs/bench.md.",
    )
    command.add_argument("--calls", type=_positive, default=100, metavar="N", help="calls at once (100)")
    command.add_argument("--turns", type=_positive, default=20, metavar="T", help="turns of a single call (20)")
    command.add_argument("--hearing", choices=("nova", "flux"), default="nova", help="who hears (nova)")
    command.add_argument(
        "--speculate",
        choices=("off", "interim", "eager"),
        help="begin ahead in every load: interim with nova, eager with flux; without it both are measured beside",
    )
    command.add_argument("--only", action="append", default=[], metavar="PART", help="one part; may be given again: "
                         "one, ahead, fast, barge, many, stall, record")  # fmt: skip
    command.add_argument("--json", action="store_true", help="print JSON")
    command.add_argument("--strict", action="store_true", help="exit with 1 when a limit is missed")
    command.set_defaults(run=run)


async def run(arguments: argparse.Namespace) -> int:
    """Exit code 1: a call did not go as its caller wanted, or with --strict a limit was missed."""
    from switchboard.bench.plan import PARTS, Bench, Options
    from switchboard.bench.table import as_json, as_text

    wrong = [part for part in arguments.only if part not in PARTS]
    fits = {None: ("nova", "flux"), "off": ("nova", "flux"), "interim": ("nova",), "eager": ("flux",)}
    if wrong:
        print(f"switchboard bench: there is no part {wrong[0]}; use {', '.join(PARTS)}", file=sys.stderr)
        return 2
    if arguments.hearing not in fits[arguments.speculate]:
        reason = f"{arguments.hearing} has no {arguments.speculate} to begin on; use interim with nova, eager with flux"
        print(f"switchboard bench: {reason}", file=sys.stderr)
        return 2

    def tell(what: str) -> None:
        print(f"  {what} ...", file=sys.stderr, flush=True)

    parts = [part for part in PARTS if not arguments.only or part in arguments.only]
    options = Options(arguments.calls, arguments.turns, arguments.hearing, arguments.speculate, parts)
    report = await Bench(options, utc_now().date(), tell).run()
    told = as_json(report) if arguments.json else as_text(report)
    await asyncio.to_thread(print, told)
    return 1 if report.troubles or (arguments.strict and report.missed) else 0


def _positive(text: str) -> int:
    if not text.isdigit() or not 1 <= int(text) <= 1_000:
        raise argparse.ArgumentTypeError(f"{text!r} is not a number from 1 to 1000")
    return int(text)
