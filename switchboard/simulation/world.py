"""The business one simulated caller rings: drawn from a seed, and one's own, so that no other caller is in the way."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

from switchboard.simulation.bank import load_bank
from workflows.backends.wishes import CODE_LENGTH, CODE_LETTERS

ZONES = ("America/New_York", "America/Chicago", "America/Los_Angeles")
NAMES = ("Harbor Dental", "Lakeside Practice", "Maple Street Clinic", "Northgate Care", "Willow House")
GRID = timedelta(minutes=30)
ORDER_STATES = ("received", "packed", "shipped", "delivered", "cancelled")
CUSTOMER = "c1"
FAR = 28
"""days ahead that a caller may want"""


@dataclass(frozen=True, slots=True)
class Offered:
    """A service."""

    id: str
    title: str
    minutes: int


@dataclass(frozen=True, slots=True)
class Taken:
    """An appointment that is there before the call."""

    code: str
    service: str
    resource: str
    starts: datetime
    ends: datetime


@dataclass(frozen=True, slots=True)
class Person:
    """The one whose records these are: the caller, or whom an impostor claims to be."""

    name: str
    phone: str
    """on record; E.164"""
    born: date
    balance: Decimal
    """what they owe"""
    due_on: date


@dataclass(frozen=True, slots=True)
class Ordered:
    """An order."""

    code: str
    status: str
    expected_on: date | None


SERVICES = (
    Offered("cleaning", "Cleaning", 30),
    Offered("checkup", "Check-up", 30),
    Offered("consultation", "Consultation", 60),
)
RESOURCES = ("room_1", "room_2")


@dataclass(frozen=True, slots=True)
class World:
    """A business, the moment it is called, and what is on file there."""

    seed: int
    business: str
    now: datetime
    """aware"""
    timezone: str
    caller: str
    """E.164; empty when the number is withheld"""
    human: str
    """how the person's phone ends"""
    opens: time
    closes: time
    weekdays: tuple[int, ...]
    services: tuple[Offered, ...]
    resources: tuple[str, ...]
    taken: tuple[Taken, ...]
    orders: tuple[Ordered, ...]
    mine: Taken
    """the appointment of ``person``"""
    person: Person

    @property
    def zone(self) -> ZoneInfo:
        """The business's own."""
        return ZoneInfo(self.timezone)

    @property
    def today(self) -> date:
        """At the business."""
        return self.now.astimezone(self.zone).date()

    def service(self, name: str) -> Offered:
        """By id."""
        return next(one for one in self.services if one.id == name)

    def days_ahead(self, first: int, last: int) -> list[date]:
        """Days from today, closed ones too."""
        return [self.today + timedelta(days=ahead) for ahead in range(first, last + 1)]

    def starts(self, service: str, day: date) -> list[time]:
        """Every time of the grid at which an appointment fits into the hours, taken or not."""
        if day.weekday() not in self.weekdays:
            return []
        length, found = timedelta(minutes=self.service(service).minutes), []
        moment, last = datetime.combine(day, self.opens), datetime.combine(day, self.closes)
        while moment + length <= last:
            found.append(moment.time())
            moment += GRID
        return found

    def free(self, service: str, day: date) -> list[time]:
        """Those at which a resource is free."""
        length = timedelta(minutes=self.service(service).minutes)
        return [at for at in self.starts(service, day) if self._is_free(datetime.combine(day, at, self.zone), length)]

    def _is_free(self, start: datetime, length: timedelta) -> bool:
        begin, end = start.astimezone(UTC), start.astimezone(UTC) + length
        busy = {taken.resource for taken in (*self.taken, self.mine) if taken.starts < end and begin < taken.ends}
        return start > self.now and bool(set(self.resources) - busy)


def draw_world(seed: int) -> World:
    """The business of a seed."""
    chance = random.Random(f"world {seed}")
    zone = ZoneInfo(chance.choice(ZONES))
    day = date(2026, 3, 2) + timedelta(days=chance.randint(0, 300))
    now = datetime.combine(day, time(chance.randint(8, 18), chance.randint(0, 59)), zone)
    bare = World(
        mine=Taken("", "cleaning", RESOURCES[0], now, now),
        person=_person(chance, now.date()),
        seed=seed,
        business=f"{chance.choice(NAMES)} {seed}",
        now=now,
        timezone=str(zone),
        caller="" if chance.random() < 0.05 else f"+1917555{chance.randint(100, 199):04}",
        human=chance.choice(("answered", "answered", "busy", "no-answer", "failed")),
        opens=time(9),
        closes=time(18),
        weekdays=(0, 1, 2, 3, 4, 5),
        services=SERVICES,
        resources=RESOURCES,
        taken=(),
        orders=tuple(_order(chance, now.date()) for _ in range(3)),
    )
    return _with_taken(bare, chance)


def _order(chance: random.Random, today: date) -> Ordered:
    status = chance.choice(ORDER_STATES)
    known = status in ("received", "packed", "shipped")
    return Ordered(
        f"{chance.randint(100_000, 999_999)}", status, today + timedelta(days=chance.randint(1, 9)) if known else None
    )


def _person(chance: random.Random, today: date) -> Person:
    bank = load_bank("worked" if chance.random() < 0.5 else "held")
    return Person(
        name=chance.choice(bank.people["name"]),
        phone=f"+1646555{chance.randint(100, 199):04}",
        born=date(chance.randint(1940, 2004), chance.randint(1, 12), chance.randint(1, 28)),
        balance=Decimal(chance.randint(20, 400)) + chance.choice((Decimal(0), Decimal("0.50"))),
        due_on=today + timedelta(days=chance.randint(-10, 20)),
    )


def _with_taken(world: World, chance: random.Random) -> World:
    """Fill the book: some days empty, some half full, some without a free time; one appointment is the person's."""
    taken: list[Taken] = []
    for day in world.days_ahead(0, FAR):
        load = chance.choice((0.0, 0.0, 0.3, 0.6, 1.0))
        for resource in world.resources:
            for at in world.starts("checkup", day):
                if chance.random() < load:
                    start = datetime.combine(day, at, world.zone).astimezone(UTC)
                    # Codes of real bookings have no 0 and no 1: these are never taken for one.
                    code = f"S{world.seed}-{len(taken):03}-01"
                    taken.append(Taken(code, "checkup", resource, start, start + GRID))
    # The last one of a day some days ahead: far enough to be changed, and never in the past.
    place = next((n for n, one in enumerate(taken) if (one.starts - world.now).days >= 3), len(taken) - 1)
    mine = replace(taken.pop(place), code=_code(world.seed), service=chance.choice(("cleaning", "checkup")))
    return replace(world, taken=tuple(_merged(taken)), mine=mine)


def _merged(taken: Sequence[Taken]) -> Sequence[Taken]:
    """Appointments that follow each other as one: the same times are taken, in a third of the rows."""
    found: list[Taken] = []
    for one in taken:
        if found and found[-1].resource == one.resource and found[-1].ends == one.starts:
            found[-1] = replace(found[-1], ends=one.ends)
        else:
            found.append(one)
    return found


def _code(seed: int) -> str:
    """A booking code of its own for each seed: multiplying by a prime is a way through all codes without a repeat."""
    number, letters = seed * 1_000_003 % len(CODE_LETTERS) ** CODE_LENGTH, ""
    for _ in range(CODE_LENGTH):
        number, place = divmod(number, len(CODE_LETTERS))
        letters += CODE_LETTERS[place]
    return letters


Rows = Mapping[str, Sequence[Mapping[str, object]]]


def rows_of(world: World) -> Rows:
    """Table -> rows, in an order in which they can be put in."""
    mine = {"business": world.business}
    return {
        "services": [{**mine, "id": one.id, "name": one.title, "minutes": one.minutes} for one in world.services],
        "resources": [{**mine, "id": name, "name": name} for name in world.resources],
        "resource_services": [
            {**mine, "resource": name, "service": one.id} for name in world.resources for one in world.services
        ],
        "opening_hours": [
            {**mine, "weekday": day, "opens": world.opens, "closes": world.closes} for day in world.weekdays
        ],
        "orders": [
            {**mine, "code": one.code, "status": one.status, "expected_on": one.expected_on} for one in world.orders
        ],
        "bookings": [
            *(_booking(world, one, "Somebody Else", "+12125550100") for one in world.taken),
            _booking(world, world.mine, world.person.name, world.person.phone),
        ],
        "customers": [
            {
                **mine, "id": CUSTOMER, "name": world.person.name, "phone": world.person.phone,
                "date_of_birth": world.person.born,
            }
        ],
        "balances": [
            {
                **mine, "customer": CUSTOMER, "amount": world.person.balance, "currency": "USD",
                "due_on": world.person.due_on,
            }
        ],
    }  # fmt: skip


def _booking(world: World, taken: Taken, name: str, phone: str) -> Mapping[str, object]:
    return {
        "code": taken.code,
        "business": world.business,
        "service": taken.service,
        "resource": taken.resource,
        "starts_at": taken.starts,
        "ends_at": taken.ends,
        "busy_from": taken.starts,
        "busy_until": taken.ends,
        "name": name,
        "phone": phone,
        "status": "booked",
        "call": "",
        "key": taken.code,
        "created_at": world.now,
    }
