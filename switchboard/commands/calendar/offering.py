"""``switchboard calendar service|resource|place``: what can be booked, with whom, and where."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from calls.errors import ConfigurationError
from switchboard.commands.calendar.common import business_of, with_line


def add_to(verbs: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the verbs."""
    service = with_line(verbs, "service", "add a service, or change it")
    service.add_argument("id", help="as scripts name it, such as cleaning")
    service.add_argument("--name", required=True)
    service.add_argument("--minutes", type=int, required=True, help="length of one appointment")
    service.add_argument("--before", type=int, default=0, help="minutes kept free before")
    service.add_argument("--after", type=int, default=0, help="minutes kept free after")
    service.add_argument("--every", type=int, default=30, help="minutes between starts, counted from opening")
    service.add_argument("--capacity", type=int, default=1, help="who shares one session, for a group class")
    service.add_argument("--change-hours", type=int, default=0, help="latest change or cancellation before the start")
    service.set_defaults(run=run_service)
    resource = with_line(verbs, "resource", "add a person, a room or a chair, or change it")
    resource.add_argument("id")
    resource.add_argument("--name", required=True)
    resource.add_argument("--place", default="")
    resource.add_argument("--capacity", type=int, default=1, help="seats: bookings at one time")
    resource.add_argument("--services", default="", metavar="A,B", help="what it is for; everything when left out")
    resource.set_defaults(run=run_resource)
    place = with_line(verbs, "place", "add a location, or change it")
    place.add_argument("id")
    place.add_argument("--name", required=True)
    place.add_argument("--timezone", default="", help="IANA; the line's when left out")
    place.set_defaults(run=run_place)


async def run_service(arguments: argparse.Namespace) -> int:
    """Every resource offers a new service, until it is told what it is for."""
    from workflows.backends.agenda import Service
    from workflows.backends.setting_up import narrow_groups, offer_everywhere, save_service

    service = Service(
        arguments.id, arguments.minutes, arguments.before, arguments.after, arguments.every, arguments.capacity,
        arguments.change_hours,
    )  # fmt: skip
    for value, low, high, what in (
        (service.minutes, 1, 1440, "--minutes"), (service.before, 0, 1440, "--before"),
        (service.after, 0, 1440, "--after"), (service.every, 5, 1440, "--every"),
        (service.capacity, 1, 1000, "--capacity"), (service.change_hours, 0, 100_000, "--change-hours"),
    ):  # fmt: skip
        _within(value, low, high, what)
    async with business_of(arguments.line) as business:
        await save_service(business.connection, business.name, service, arguments.name)
        offered = await offer_everywhere(business.connection, business.name, service.id)
        narrow = await narrow_groups(business.connection, business.name)
    print(f"{service.id}: {service.minutes} minutes, offered by {offered} resources")
    _warn(arguments.line, [one for one in narrow if one[0] == service.id])
    return 0


async def run_resource(arguments: argparse.Namespace) -> int:
    """Its list of services takes the place of the one before."""
    from workflows.backends.practice import Room
    from workflows.backends.setting_up import narrow_groups, save_resource

    _within(arguments.capacity, 1, 1000, "--capacity")
    services = tuple(part.strip() for part in arguments.services.split(",") if part.strip())
    async with business_of(arguments.line) as business:
        room = Room(arguments.id, arguments.place, arguments.capacity, services)
        await save_resource(business.connection, business.name, room, arguments.name)
        narrow = await narrow_groups(business.connection, business.name)
    print(f"{arguments.id}: {', '.join(services) or 'everything'}")
    _warn(arguments.line, [one for one in narrow if one[2] == room.resource])
    return 0


async def run_place(arguments: argparse.Namespace) -> int:
    """Name and time zone."""
    from workflows.backends.practice import Place
    from workflows.backends.setting_up import save_place

    if arguments.timezone:
        try:
            ZoneInfo(arguments.timezone)
        except (ZoneInfoNotFoundError, ValueError):
            why = f"time zone {arguments.timezone!r} is not known; use one like Europe/London"
            raise ConfigurationError(why) from None
    async with business_of(arguments.line) as business:
        await save_place(business.connection, business.name, Place(arguments.id, arguments.name, arguments.timezone))
    print(f"{arguments.id}: {arguments.name}")
    return 0


def _warn(line: str, narrow: Sequence[tuple[str, int, str, int]]) -> None:
    """A group is as small as the room it is in; nobody would notice before callers are turned away."""
    for service, capacity, resource, seats in narrow:
        print(
            f"warning: {service} is for {capacity}, but {resource} has {seats} {'seat' if seats == 1 else 'seats'}, so "
            f"{seats} can book it at one time; give it more with: switchboard calendar resource {line} {resource} "
            f"--capacity {capacity} (and its --name, --place and --services)",
            file=sys.stderr,
        )


def _within(value: int, low: int, high: int, what: str) -> None:
    if not low <= value <= high:
        raise ConfigurationError(f"{what} {value} cannot be; it is {low} to {high}")
