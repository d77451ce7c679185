"""``switchboard jobs``: what was sent, what could not be, and a process that only sends."""

from __future__ import annotations

import argparse
import asyncio
import logging
import signal
import sys

from calls.clock import LoopClock
from calls.errors import ConfigurationError
from calls.randomness import SystemRandomness
from switchboard import settings
from switchboard.database import open_database

STATES = ("waiting", "queued", "sending", "sent", "not_sent", "dead")


def add_to(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the commands."""
    jobs = commands.add_parser("jobs", help="texts, e-mails and webhooks: what was sent, and what could not be")
    verbs = jobs.add_subparsers(dest="verb", required=True, metavar="VERB")
    listing = verbs.add_parser("list", help="deliveries, newest first; those that could not be sent by default")
    listing.add_argument("--state", choices=(*STATES, "all"), default="", help="by default: dead and not_sent")
    listing.add_argument("--channel", choices=("sms", "email", "webhook"), default="")
    listing.add_argument("--limit", type=int, default=50)
    listing.set_defaults(run=run_list)
    again = verbs.add_parser("retry", help="let what could not be sent be tried anew")
    again.add_argument("delivery", nargs="*", type=int, help="numbers from `jobs list`")
    again.add_argument("--all", action="store_true", help="everything that could not be sent")
    again.set_defaults(run=run_retry)
    work = verbs.add_parser("work", help="relay and send, without answering calls")
    work.add_argument("--once", action="store_true", help="do what is due now, and end")
    work.set_defaults(run=run_work)


async def run_list(arguments: argparse.Namespace) -> int:
    """A line each. Nobody's number or address is shown."""
    from workflows.jobs.replaying import UNSENT, listed

    states = {"": UNSENT, "all": ()}.get(arguments.state, (arguments.state,))
    async with open_database(settings.read()) as engine, engine.connect() as connection:
        found = await listed(connection, states, arguments.channel, arguments.limit)
    for one in found:
        when = one.settled_at or one.due_at
        to = f" to {one.target}" if one.target else ""
        print(
            f"{one.id:>8} {when:%Y-%m-%d %H:%M:%S} {one.channel:8} {one.state:9} {one.attempts}x "
            f"{one.kind} {one.subject}{to}{f': {one.reason}' if one.reason else ''}"
        )
    if not found:
        print("nothing of that kind")
    return 0


async def run_retry(arguments: argparse.Namespace) -> int:
    """1 when there was nothing to try anew."""
    from workflows.jobs.replaying import retry

    if bool(arguments.delivery) == arguments.all:
        raise ConfigurationError("name deliveries by their numbers, or use --all; they are listed by: jobs list")
    async with open_database(settings.read()) as engine, engine.begin() as connection:
        again = await retry(connection, arguments.delivery, LoopClock().wall())
    missing = sorted(set(arguments.delivery) - set(again))
    for number in again:
        print(f"{number} is tried anew")
    for number in missing:
        print(f"{number} is nothing that could not be sent", file=sys.stderr)
    return 0 if again and not missing else 1


async def run_work(arguments: argparse.Namespace) -> int:
    """Until SIGINT or SIGTERM."""
    from switchboard.jobs import open_jobs
    from switchboard.lines import LineBook

    chosen = settings.read()
    logging.basicConfig(level=chosen.log_level, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    logging.getLogger("alembic").setLevel(logging.WARNING)
    book = LineBook(chosen.lines)
    async with (
        open_database(chosen) as engine,
        open_jobs(engine, book, chosen, LoopClock(), SystemRandomness()) as jobs,
    ):
        if arguments.once:
            await jobs.once()
            return 0
        stop = asyncio.Event()
        for number in (signal.SIGINT, signal.SIGTERM):
            asyncio.get_running_loop().add_signal_handler(number, stop.set)
        print("sending texts, e-mails and webhooks", flush=True)
        async with asyncio.TaskGroup() as group:
            working = group.create_task(jobs.run())
            await stop.wait()
            working.cancel()
    return 0
