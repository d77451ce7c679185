"""``switchboard webhooks``: who is told of calls and bookings."""

from __future__ import annotations

import argparse
import sys
from datetime import UTC, datetime, timedelta

from calls.clock import LoopClock
from calls.errors import ConfigurationError
from calls.randomness import SystemRandomness
from switchboard import settings
from switchboard.database import open_database


def add_to(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the commands."""
    webhooks = commands.add_parser("webhooks", help="who is told of calls and bookings, and of what they were told")
    verbs = webhooks.add_subparsers(dest="verb", required=True, metavar="VERB")
    verbs.add_parser("list", help="the endpoints").set_defaults(run=run_list)
    new = verbs.add_parser("add", help="tell an endpoint; prints the secret it checks signatures with, once")
    new.add_argument("url")
    new.add_argument("--event", action="append", default=[], help="only this event; may be given again")
    new.add_argument("--business", default="", help="only of this business; all by default")
    new.set_defaults(run=run_add)
    gone = verbs.add_parser("remove", help="tell an endpoint nothing more")
    gone.add_argument("endpoint")
    gone.set_defaults(run=run_remove)
    told = verbs.add_parser("deliveries", help="what endpoints were told, newest first")
    told.add_argument("--limit", type=int, default=50)
    told.set_defaults(run=run_deliveries)
    again = verbs.add_parser("replay", help="tell an endpoint again; receivers know repeats by their id")
    again.add_argument("endpoint")
    again.add_argument("--since", required=True, type=_moment, metavar="TIME", help="2026-03-17 or 2026-03-17T14:30Z")
    again.add_argument("--until", type=_moment, metavar="TIME", default=None)
    again.set_defaults(run=run_replay)


def _moment(text: str) -> datetime:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as why:
        raise argparse.ArgumentTypeError(f"{text!r} is no time; write it like 2026-03-17T14:30Z") from why
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


async def run_list(arguments: argparse.Namespace) -> int:
    """A line each, without secrets."""
    from workflows.jobs.webhooks import endpoints

    async with open_database(settings.read()) as engine, engine.connect() as connection:
        found = await endpoints(connection)
    for one in found:
        print(f"{one.id}  {one.url}  {', '.join(one.events) or 'everything'}  {one.business or 'every business'}")
    if not found:
        print("nobody is told anything; add an endpoint with: switchboard webhooks add URL")
    return 0


async def run_add(arguments: argparse.Namespace) -> int:
    """Prints the endpoint's id and its secret."""
    from workflows.customer_systems.addresses import Fence
    from workflows.jobs.webhooks import add_endpoint

    chosen = settings.read()
    async with open_database(chosen) as engine, engine.begin() as connection:
        new = await add_endpoint(
            connection,
            arguments.url,
            arguments.event,
            arguments.business,
            Fence.of(chosen.local_hosts),
            LoopClock().wall(),
            SystemRandomness(),
        )
    print(f"{new.id} is told from now on")
    print(f"secret: {new.secret}")
    return 0


async def run_remove(arguments: argparse.Namespace) -> int:
    """1 when there is no such endpoint."""
    from workflows.jobs.webhooks import remove_endpoint

    async with open_database(settings.read()) as engine, engine.begin() as connection:
        gone = await remove_endpoint(connection, arguments.endpoint, LoopClock().wall())
    if not gone:
        print(f"there is no endpoint {arguments.endpoint}; list them with: switchboard webhooks list", file=sys.stderr)
        return 1
    print("removed")
    return 0


async def run_deliveries(arguments: argparse.Namespace) -> int:
    """A line each."""
    from workflows.jobs.replaying import listed

    async with open_database(settings.read()) as engine, engine.connect() as connection:
        for one in await listed(connection, (), "webhook", arguments.limit):
            when = one.settled_at or one.due_at
            print(
                f"{one.id:>8} {when:%Y-%m-%d %H:%M:%S} {one.target} {one.state:9} {one.attempts}x {one.kind} "
                f"{one.subject}{f': {one.reason}' if one.reason else ''}"
            )
    return 0


async def run_replay(arguments: argparse.Namespace) -> int:
    """1 when there was nothing to tell again."""
    from workflows.jobs.replaying import replay
    from workflows.jobs.webhooks import endpoints

    now = LoopClock().wall()
    until = arguments.until or now + timedelta(minutes=1)
    async with open_database(settings.read()) as engine, engine.begin() as connection:
        if arguments.endpoint not in [one.id for one in await endpoints(connection)]:
            raise ConfigurationError(
                f"there is no endpoint {arguments.endpoint}; list them with: switchboard webhooks list"
            )
        told = await replay(connection, arguments.endpoint, arguments.since, until, now)
    print(f"{told} message(s) are told again")
    return 0 if told else 1
