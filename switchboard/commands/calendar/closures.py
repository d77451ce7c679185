"""``switchboard calendar import|holiday``: days and hours on which nobody is there."""

from __future__ import annotations

import argparse
from datetime import date, datetime, time, timedelta
from pathlib import Path

from calls.errors import ConfigurationError
from switchboard.commands.calendar.common import business_of, day_of, for_whom, with_line

AHEAD = timedelta(days=730)
"""how far repeating holidays are written out"""

BY_HAND = "by hand"


def add_to(verbs: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the verbs."""
    bring = with_line(verbs, "import", "closures out of an iCalendar file; importing it again replaces them")
    bring.add_argument("file", help="an .ics file")
    bring.add_argument("--until", default="", metavar="DAY", help="how far repeating events go; two years if left out")
    for_whom(bring)
    bring.set_defaults(run=run_import)
    holiday = with_line(verbs, "holiday", "list closures, add one by hand, or take one out")
    holiday.add_argument("--add", default="", metavar="DAY", help="closed on this day")
    holiday.add_argument("--to", default="", metavar="DAY", help="and every day up to this one")
    holiday.add_argument("--reason", default="")
    holiday.add_argument("--remove", default="", metavar="ID")
    for_whom(holiday)
    holiday.set_defaults(run=run_holiday)


async def run_import(arguments: argparse.Namespace) -> int:
    """All of the file or nothing."""
    from workflows.backends.closures import replace_closures
    from workflows.backends.icalendar_file import Reach, read_closures
    from workflows.backends.setting_up import place_and_zone

    path = Path(arguments.file)
    text = path.read_bytes()
    async with business_of(arguments.line) as business:
        last = day_of(arguments.until) if arguments.until else business.today + AHEAD
        zone = await place_and_zone(business.connection, business.name, arguments.place, arguments.resource)
        reach = Reach(business.today, last, zone or business.timezone, arguments.place, arguments.resource)
        found = read_closures(text, str(path), reach)
        source = "/".join(part for part in (path.name, arguments.place, arguments.resource) if part)
        gone, came = await replace_closures(business.connection, business.name, source, found)
    print(f"{came} closures of {path.name} until {last}" + (f"; {gone} of an earlier import are gone" if gone else ""))
    return 0


async def run_holiday(arguments: argparse.Namespace) -> int:
    """Change what was asked for, then list."""
    from workflows.backends.closures import add_closures, drop_closure
    from workflows.backends.hours import Closure
    from workflows.backends.looking import closures_after
    from workflows.backends.setting_up import place_and_zone

    async with business_of(arguments.line) as business:
        await place_and_zone(business.connection, business.name, arguments.place, arguments.resource)
        if arguments.add:
            first = day_of(arguments.add)
            last = day_of(arguments.to) if arguments.to else first
            if last < first:
                raise ConfigurationError(f"--to {last} lies before --add {first}")
            days = (_midnight(first), _midnight(last + timedelta(days=1)))
            closure = Closure(*days, arguments.place, arguments.resource, arguments.reason)
            await add_closures(business.connection, business.name, BY_HAND, [closure])
        if arguments.remove and not await drop_closure(business.connection, business.name, arguments.remove):
            raise ConfigurationError(f"there is no closure {arguments.remove!r}; see: switchboard calendar holiday")
        for name, one, source in await closures_after(business.connection, business.name, business.today):
            whose = " ".join(part for part in (one.place, one.resource, one.reason) if part)
            print(f"{name}  {one.starts:%Y-%m-%d %H:%M} to {one.ends:%Y-%m-%d %H:%M}  {whose} ({source})")
    return 0


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time())
