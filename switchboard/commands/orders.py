"""``switchboard call-order``: have something done in a live call, whichever process has it."""

from __future__ import annotations

import argparse
import getpass
import sys

from calls.clock import LoopClock
from calls.randomness import SystemRandomness
from switchboard import settings
from switchboard.database import open_database


def add_to(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the command."""
    order = commands.add_parser("call-order", help="say words in a live call, hand it over, or end it")
    order.add_argument("call", metavar="CALL", help="the carrier's id; live ones: switchboard calls --disposition live")
    order.add_argument("kind", choices=("say", "hand_over", "hand-over", "end"))
    order.add_argument("words", nargs="*", help="what to say")
    order.add_argument("--author", default="", help="who orders it, as it stands on the record; your login by default")
    order.set_defaults(run=run)


async def run(arguments: argparse.Namespace) -> int:
    """0 when it is carried out, 1 when it was refused or nobody answered in time."""
    from switchboard.orders import Orders

    author = arguments.author or getpass.getuser()
    kind = arguments.kind.replace("-", "_")
    async with open_database(settings.read()) as engine:
        orders = Orders(engine, LoopClock(), SystemRandomness())
        answer = await orders.give(arguments.call, author, kind, " ".join(arguments.words))
    if answer.accepted:
        print("accepted")
        return 0
    print(f"{answer.state}: {answer.reason}", file=sys.stderr)
    return 1
