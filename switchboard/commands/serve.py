"""``switchboard serve``: answer calls."""

from __future__ import annotations

import argparse
import asyncio
import logging
import signal

from switchboard import settings
from switchboard.settings import Settings


def add_to(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the command."""
    command = commands.add_parser("serve", help="answer calls")
    command.add_argument(
        "--insecure-dev", action="store_true", help="do not check the carrier's signatures; loopback only"
    )
    command.set_defaults(run=run)


async def run(arguments: argparse.Namespace) -> int:
    """Until SIGINT or SIGTERM."""
    chosen = settings.read(insecure_dev=arguments.insecure_dev)
    chosen.refuse_insecurity()
    logging.basicConfig(level=chosen.log_level, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    logging.getLogger("alembic").setLevel(logging.WARNING)
    stop, hurry = asyncio.Event(), asyncio.Event()
    loop = asyncio.get_running_loop()

    def told() -> None:
        # Once: let calls end. Twice: somebody stands beside the machine and waits.
        (hurry if stop.is_set() else stop).set()

    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, told)
    await serve(chosen, stop, hurry)
    return 0


async def serve(chosen: Settings, stop: asyncio.Event, hurry: asyncio.Event) -> None:
    """Open the house, listen, wait for ``stop``, and drain; ``hurry`` cuts that short."""
    from switchboard.collector import settle
    from switchboard.drain import drain
    from switchboard.exporters.opening import exporting
    from switchboard.house import local_engine, open_house
    from switchboard.server import listening
    from switchboard.web import access_to, application

    def progress(what: str, share: float) -> None:
        logging.getLogger("switchboard").info("%s (%.0f %%)", what, share * 100)

    async with (
        local_engine(chosen, progress) as engine,
        open_house(chosen, engine, logging.getLogger("switchboard").info) as house,
        exporting(house.sink, chosen, lambda: len(house.door.seated_calls), house.clock) as also,
        listening(application(house, access_to(house), also), chosen) as listener,
    ):
        print(f"Switchboard answers on http://{chosen.host}:{listener.port}", flush=True)
        for line in house.book.lines:
            print(f"  {line.number}  {line.id}: {line.business}, script {line.script}", flush=True)
        if chosen.insecure_dev:
            print("  signatures are NOT checked (--insecure-dev); only this machine is answered", flush=True)
        else:
            print(f"  voice webhook for your numbers:  {chosen.public_url}/twilio/voice (POST)", flush=True)
            print(f"  call status changes:             {chosen.public_url}/twilio/status (POST)", flush=True)
        settle()
        await stop.wait()
        await drain(house.door, house.places, listener, house.clock, chosen.drain_seconds, hurry)
