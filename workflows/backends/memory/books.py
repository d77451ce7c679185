"""What one business has on file, in memory."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from decimal import Decimal

from calls.commands import Value
from calls.run import Receipt
from workflows.backends.agenda import Agenda, Kept, Taken
from workflows.backends.booked import WAIT_LIST, Booked, same_name
from workflows.backends.likeness import Entry
from workflows.backends.offers import offer_key
from workflows.backends.payments import Balance
from workflows.backends.practice import Customer, Practice
from workflows.backends.wishes import Notice, Wish


@dataclass(frozen=True, slots=True)
class Waiting:
    """An entry of the wait list."""

    number: str
    service: str
    place: str
    day: date
    name: str
    phone: str
    status: str = "waiting"
    """waiting | offered | taken | lapsed"""
    offered_start: datetime | None = None
    offered_until: datetime | None = None
    since: tuple[datetime, str] | None = None
    """when they joined, and under which key: the order of the row"""
    call: str = ""


@dataclass(frozen=True, slots=True)
class Attempt:
    """An attempt at proving who is calling."""

    key: str
    call: str
    caller: str
    claim: str
    outcome: str
    """verified | failed | locked"""
    at: datetime
    subject: str = ""
    level: str = ""


@dataclass(slots=True)
class AskedCode:
    """A one-time code that was asked for."""

    number: str
    call: str
    caller: str
    claim: str
    subject: str
    at: datetime
    salt: str = ""
    digest: str = ""
    expires_at: datetime | None = None
    tries: int = 0
    used: bool = False


@dataclass(frozen=True, slots=True)
class Promise:
    """A payment that was promised."""

    number: str
    customer: str
    amount: Decimal
    currency: str
    """ISO 4217"""
    day: date
    status: str = "open"


@dataclass(slots=True)
class Books:
    """Everything; each list in the order of what happened."""

    practice: Practice
    today: date
    bookings: list[Booked] = field(default_factory=list)
    holds: list[Booked] = field(default_factory=list)
    waiting: list[Waiting] = field(default_factory=list)
    tickets: list[dict[str, Value]] = field(default_factory=list)
    callbacks: list[dict[str, Value]] = field(default_factory=list)
    messages: list[dict[str, Value]] = field(default_factory=list)
    surveys: list[dict[str, Value]] = field(default_factory=list)
    unanswered: list[dict[str, Value]] = field(default_factory=list)
    promises: list[Promise] = field(default_factory=list)
    attempts: list[Attempt] = field(default_factory=list)
    codes: list[AskedCode] = field(default_factory=list)
    outbox: list[Notice] = field(default_factory=list)
    receipts: dict[str, tuple[str, Receipt]] = field(default_factory=dict)
    """idempotency key -> the call, and what it did"""
    agreed_at: dict[str, datetime] = field(default_factory=dict)
    """idempotency key of a receipt -> when"""
    consents: dict[str, datetime] = field(default_factory=dict)
    """number -> since when it may be texted"""
    text_stops: set[str] = field(default_factory=set)
    noted: set[str] = field(default_factory=set)
    """keys of what leaves a trace but no receipt"""

    def agenda(self, wish: Wish, service: str, place: str = "", without: str = "") -> Agenda:
        """The calendar of one service, now. Raises KeyError when it is not offered."""
        taken: Sequence[tuple[str, Taken]] = [
            (one.resource, one.taken)
            for one in (*self.bookings, *self.holds)
            if one.counts(wish.calls, wish.now, wish.numbers) and (not without or one.code != without)
        ]
        own = [
            one.span
            for one in self.bookings
            if one.status == "booked" and one.call in wish.calls and one.phone == wish.text("phone")
            if same_name(one.name, wish.text("name"))
        ]
        return replace(self.practice.agenda(wish, service, place, taken), kept=self._kept(wish, service), own=own)

    def _kept(self, wish: Wish, service: str) -> list[Kept]:
        return [
            Kept(one.key.removeprefix(offer_key("")), one.resource, one.span[0], one.held_until)
            for one in sorted(self.holds, key=lambda one: (one.span[0], one.key))
            if one.call == WAIT_LIST and one.phone in wish.numbers and one.service == service
            if one.held_until is not None and one.held_until > wish.now
        ]

    def replace_booking(self, old: Booked, new: Booked) -> None:
        """One appointment in another's place in the list."""
        self.bookings[self.bookings.index(old)] = new

    def zone_of(self, wish: Wish, resource: str) -> str:
        """Where a resource's clocks stand."""
        return self.practice.place_of(resource).timezone or wish.timezone

    def customer(self, name: str) -> Customer | None:
        """By id."""
        return next((one for one in self.practice.customers if one.id == name), None)

    def holds_the_phone(self, customer: Customer, booking: Booked) -> bool:
        """Whether a customer stands for a booking under their number: theirs alone, or by their own name."""
        alone = sum(one.phone == customer.phone for one in self.practice.customers) == 1
        same = booking.name.lower() == customer.name.lower()
        return booking.phone == customer.phone and (same or alone)

    def balance(self, customer: str) -> Balance | None:
        """What somebody owes."""
        found = (one for one in self.practice.balances if one.customer == customer)
        owing = next(found, None)
        if owing is None:
            return None
        due = self.today + timedelta(days=owing.due_in_days)
        return Balance(customer, owing.amount, owing.currency, due)

    def entries(self) -> list[Entry]:
        """The knowledge base."""
        return [known.entry(self.today) for known in self.practice.knowledge]
