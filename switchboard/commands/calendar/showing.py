"""``switchboard calendar show LINE``: a day as it stands."""

from __future__ import annotations

import argparse
from datetime import timedelta

from switchboard.commands.calendar.common import business_of, day_of, with_line


def add_to(verbs: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the verb."""
    show = with_line(verbs, "show", "what is booked, and what is free")
    show.add_argument("--day", default="", metavar="DAY", help="like 2026-12-24; today when left out")
    show.add_argument("--days", type=int, default=1, help="so many days")
    show.set_defaults(run=run)


async def run(arguments: argparse.Namespace) -> int:
    """Bookings with their codes, then the free times of each service."""
    from workflows.backends.agenda_query import Wanted, read_agenda
    from workflows.backends.looking import bookings_on, services_of
    from workflows.backends.wishes import Wish

    async with business_of(arguments.line) as business:
        first = day_of(arguments.day) if arguments.day else business.today
        offered = await services_of(business.connection, business.name)
        wish = Wish("", "show", business.name, "", business.timezone, business.now, {})
        if not offered:
            print(f"{business.name} offers nothing yet; add it with `switchboard calendar service {arguments.line} ID`")
        for day in (first + timedelta(days=n) for n in range(max(1, arguments.days))):
            print(f"{day:%A %d %B %Y}, {business.name} ({business.timezone})")
            for one in await bookings_on(
                business.connection, business.name, day, 1, business.timezone, business.now
            ):
                state = "held" if one.status == "held" else one.code
                print(f"  {one.local(business.timezone):%H:%M}  {one.service:16} {one.resource:12} {state}")
            for service, _, _ in offered:
                agenda = await read_agenda(business.connection, wish, Wanted(service, day))
                print(f"  free for {service}: {agenda.times(day).replace(',', ' ') or 'nothing'}")
    return 0
