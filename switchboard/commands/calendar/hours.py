"""``switchboard calendar hours LINE [DAYS SPANS]``: when the doors are open."""

from __future__ import annotations

import argparse

from calls.errors import ConfigurationError
from switchboard.commands.calendar.common import business_of, for_whom, with_line


def add_to(verbs: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the verb."""
    hours = with_line(verbs, "hours", "list opening hours, or set them: hours LINE mon-fri 09:00-12:00,13:00-18:00")
    hours.add_argument("days", nargs="?", default="", help="such as mon, mon-fri, or sat,sun")
    hours.add_argument("spans", nargs="?", default="", help="such as 09:00-12:00,13:00-18:00, or closed")
    for_whom(hours)
    hours.set_defaults(run=run)


async def run(arguments: argparse.Namespace) -> int:
    """Set when both are given, then list."""
    from workflows.backends.setting_up import DAYS, hours_of, place_and_zone, set_hours, spans_of, weekdays_of

    if bool(arguments.days) != bool(arguments.spans):
        raise ConfigurationError("days and hours come together: hours LINE mon-fri 09:00-17:00")
    async with business_of(arguments.line) as business:
        await place_and_zone(business.connection, business.name, arguments.place, arguments.resource)
        if arguments.days:
            await set_hours(
                business.connection,
                business.name,
                weekdays_of(arguments.days),
                spans_of(arguments.spans),
                arguments.place,
                arguments.resource,
            )
        for row in await hours_of(business.connection, business.name):
            whose = " ".join(part for part in (row.place, row.resource) if part)
            print(f"{DAYS[row.weekday]} {row.opens:%H:%M}-{row.closes:%H:%M}  {whose}".rstrip())
    return 0
