"""A business to try things with, as a value: both back ends can be filled with it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, time, timedelta
from decimal import Decimal

from workflows.backends.agenda import Agenda, Diary, Service, Taken
from workflows.backends.hours import Closure, HoursRow, hours_for
from workflows.backends.likeness import Entry
from workflows.backends.wishes import Wish


@dataclass(frozen=True, slots=True)
class Room:
    """More about a resource than its name."""

    resource: str
    place: str = ""
    capacity: int = 1
    """seats: bookings at one time"""
    services: tuple[str, ...] = ()
    """what can be done there; empty = everything"""


@dataclass(frozen=True, slots=True)
class Place:
    """A location."""

    id: str
    name: str
    timezone: str = ""
    """IANA; empty = that of the line"""


@dataclass(frozen=True, slots=True)
class Customer:
    """Somebody on file."""

    id: str
    name: str
    phone: str
    """E.164"""
    email: str = ""
    date_of_birth: str = ""
    """ISO"""
    postcode: str = ""


@dataclass(frozen=True, slots=True)
class Owing:
    """What a customer owes."""

    customer: str
    amount: Decimal
    currency: str
    """ISO 4217"""
    due_in_days: int


@dataclass(frozen=True, slots=True)
class Known:
    """An answer on file; its days are counted from today."""

    id: str
    question: str
    answer: str
    citation: str
    owner: str = "front desk"
    reviewed_days_ago: int = 30
    review_in_days: int = 150
    phrasings: tuple[str, ...] = ()

    def entry(self, today: date) -> Entry:
        """With real days."""
        return Entry(
            self.id, self.question, self.answer, self.citation, self.owner,
            today - timedelta(days=self.reviewed_days_ago), today + timedelta(days=self.review_in_days), self.phrasings,
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Practice:
    """What a business has. Bare services, rooms and hours; see ``DEMO`` for one with customers and orders."""

    services: tuple[tuple[str, str, int], ...] = (
        ("cleaning", "Cleaning", 30),
        ("checkup", "Check-up", 30),
        ("consultation", "Consultation", 60),
    )
    """id, name, minutes"""
    resources: tuple[tuple[str, str], ...] = (("room_1", "Room 1"), ("room_2", "Room 2"))
    """id, name; each offers every service"""
    opens: time = time(9)
    closes: time = time(18)
    weekdays: tuple[int, ...] = (0, 1, 2, 3, 4, 5)
    """0 = Monday"""
    orders: tuple[tuple[str, str, int | None], ...] = ()
    """code, status, days from today it is expected"""
    details: tuple[Service, ...] = ()
    """services with more to them than a length"""
    rooms: tuple[Room, ...] = ()
    """resources with more to them than a name"""
    places: tuple[Place, ...] = ()
    hours: tuple[HoursRow, ...] = ()
    """of places and resources that have their own"""
    closures: tuple[Closure, ...] = ()
    customers: tuple[Customer, ...] = ()
    balances: tuple[Owing, ...] = ()
    knowledge: tuple[Known, ...] = ()

    def service(self, name: str) -> Service:
        """All there is to know of a service. Raises KeyError when it is not offered."""
        minutes = {service: length for service, _, length in self.services}[name]
        return next((one for one in self.details if one.id == name), Service(name, minutes))

    def room(self, resource: str) -> Room:
        """All there is to know of a resource."""
        return next((room for room in self.rooms if room.resource == resource), Room(resource))

    def place_of(self, resource: str) -> Place:
        """Where a resource is; a nameless place when the business has only one."""
        name = self.room(resource).place
        return next((place for place in self.places if place.id == name), Place("", ""))

    def all_hours(self) -> Sequence[HoursRow]:
        """The general hours and those of places and resources."""
        return [*(HoursRow("", "", day, self.opens, self.closes) for day in self.weekdays), *self.hours]

    def agenda(self, wish: Wish, service: str, place: str, taken: Sequence[tuple[str, Taken]]) -> Agenda:
        """The calendar of one service; ``taken`` by resource. Raises KeyError when the service is not offered."""
        diaries = [
            self._diary(wish, resource, [span for name, span in taken if name == resource])
            for resource, _ in sorted(self.resources)
            if service in (self.room(resource).services or (service,))
            if place in ("", self.room(resource).place)
        ]
        return Agenda(self.service(service), diaries, wish.now, hours_for(self.all_hours(), "", ""))

    def _diary(self, wish: Wish, resource: str, taken: Sequence[Taken]) -> Diary:
        room, place = self.room(resource), self.place_of(resource)
        return Diary(
            resource,
            room.place,
            place.timezone or wish.timezone,
            room.capacity,
            hours_for(self.all_hours(), room.place, resource),
            [one for one in self.closures if one.concerns(room.place, resource)],
            taken,
        )


BARE = Practice()
"""what every new business begins with: services, rooms and hours, and nobody's records"""

DEMO = replace(
    BARE,
    orders=(
        ("482913", "shipped", 2),
        ("100200", "received", 6),
        ("350117", "packed", 4),
        ("774402", "delivered", -3),
        ("905561", "cancelled", None),
    ),
    customers=(
        Customer("c1", "Alex Kim", "+12125550143", "alex.kim@example.com", "1984-05-09", "10013"),
        Customer("c2", "Maria Lopez", "+12125550144", "maria@example.com", "1991-11-23", "11201"),
        Customer("c3", "Daniel O'Brien", "+12125550145", "dan@example.com", "1957-02-14", "07302"),
    ),
    balances=(Owing("c1", Decimal("120.00"), "USD", 9), Owing("c2", Decimal("45.50"), "USD", -4)),
    knowledge=(
        Known(
            "parking",
            "Is there parking?",
            "There is a car park behind the building. It is free for two hours.",
            "Visitor guide, page 2",
            phrasings=("Where can I park?", "Do you have a car park?", "Where do I leave my car?"),
        ),
        Known(
            "insurance",
            "Which insurance do you take?",
            "We take most dental plans. Please bring your insurance card to your visit.",
            "Billing handbook, section 1",
            "billing",
            phrasings=("Do you accept my insurance?", "Is my dental plan accepted?", "Do you take insurance?"),
        ),
        Known(
            "returns",
            "How do I return something?",
            "You can send anything back within thirty days. The label is in the parcel.",
            "Terms of sale, section 6",
            "shop",
            phrasings=("Can I send my order back?", "What is your return policy?"),
        ),
        Known(
            "wheelchair",
            "Is the building accessible by wheelchair?",
            "Yes. There is a ramp at the main entrance, and a lift to every floor.",
            "Visitor guide, page 3",
            phrasings=("Do you have a ramp?", "Can I come with a wheelchair?"),
        ),
        Known(
            "whitening",
            "Do you offer teeth whitening?",
            "Yes, we offer whitening.",
            "Price list of last year",
            reviewed_days_ago=400,
            review_in_days=-35,
        ),
    ),
)
"""a business with records of everything, for the demo and for tests; never put into a real one"""
