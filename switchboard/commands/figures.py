"""``switchboard figures``: what replies took, whose time it was, and what calls cost; from the record."""

from __future__ import annotations

import argparse
import json
import re
import sys
from dataclasses import asdict
from datetime import UTC, datetime, timedelta

from calls.clock import utc_now
from switchboard import settings
from switchboard.database import open_database

_UNITS = {"m": "minutes", "h": "hours", "d": "days"}


def add_to(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the command."""
    figures = commands.add_parser(
        "figures",
        help="latency by stage and provider, fast path, gate, faults and cost of calls on record",
        description="Folds the record of calls into figures; see docs/numbers.md.",
    )
    figures.add_argument("--since", type=since, default="24h", metavar="TIME", help="30m, 24h, 7d, or a day (24h)")
    figures.add_argument("--line", default="", help="only calls on this line")
    figures.add_argument("--most", type=_most, default=50_000, metavar="N", help="the newest so many calls (50000)")
    figures.add_argument("--json", action="store_true", help="print JSON")
    figures.set_defaults(run=run)


def since(text: str, now: datetime | None = None) -> datetime:
    """The moment meant, UTC. Raises ArgumentTypeError."""
    span = re.fullmatch(r"(\d{1,5})([mhd])", text)
    if span:
        return (now or utc_now()) - timedelta(**{_UNITS[span[2]]: int(span[1])})
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as why:
        raise argparse.ArgumentTypeError(f"{text!r} is no time; write 30m, 24h, 7d, or a day like 2026-03-17") from why
    return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)


def _most(text: str) -> int:
    if not (text.isascii() and text.isdigit()) or not 1 <= int(text) <= 1_000_000:
        raise argparse.ArgumentTypeError(f"{text!r} is not a number from 1 to 1000000")
    return int(text)


async def run(arguments: argparse.Namespace) -> int:
    """1 when there was no call."""
    from agent.resilience.prices import read_prices
    from records.many_calls import Wanted, count_calls, read_calls
    from switchboard.figures import READ, FiguresFold
    from switchboard.figures_table import as_text

    chosen = settings.read()
    prices = read_prices(chosen.prices)
    fold, wanted = FiguresFold(prices), Wanted(arguments.since, READ, arguments.line, arguments.most)
    async with open_database(chosen) as engine:
        there = await count_calls(engine, wanted)
        async for call in read_calls(engine, wanted):
            fold.take(call)
    figures = fold.done()
    where = f" on {arguments.line}" if arguments.line else ""
    if not figures.calls:
        print(f"switchboard figures: no call{where} since {arguments.since:%Y-%m-%d %H:%M} UTC", file=sys.stderr)
        return 1
    if arguments.json:
        head = {"since": arguments.since.isoformat(), "line": arguments.line, "calls_there": there,
                "prices_dated": prices.dated}  # fmt: skip
        print(json.dumps({**head, **asdict(figures)}, indent=2))
        return 0
    cut = f"; the newest {figures.calls} of {there}" if there > figures.calls else ""
    print(as_text(figures, f"Calls{where} since {arguments.since:%Y-%m-%d %H:%M} UTC{cut}; prices of {prices.dated}"))
    return 0
