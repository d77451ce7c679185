"""An appointment on file, as both back ends see it."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from calls.commands import Value
from workflows.backends.agenda import Placement, Service, Taken
from workflows.backends.hours import Span
from workflows.backends.wishes import Notice, Wish

WAIT_LIST = "wait_list"
"""stands for the call in a hold that no call has: the one of an offer"""


@dataclass(frozen=True, slots=True)
class Booked:
    """An appointment, or a time that is held for one."""

    code: str
    service: str
    resource: str
    span: Span
    """aware; without buffers"""
    name: str
    phone: str
    email: str = ""
    date_of_birth: date | None = None
    status: str = "booked"
    """held | booked | cancelled"""
    call: str = ""
    key: str = ""
    seat: int = 1
    session: str = ""
    occupied: Span | None = None
    """with buffers; the same as ``span`` when it has none"""
    held_until: datetime | None = None

    @property
    def busy(self) -> Span:
        """What it keeps others from."""
        return self.occupied or self.span

    @property
    def taken(self) -> Taken:
        """The same for an agenda."""
        return Taken(*self.busy, self.seat, self.session)

    def counts(self, calls: Collection[str], now: datetime, numbers: Collection[str] = ()) -> bool:
        """Whether it keeps ``calls`` from its time: a hold does not keep its own holder, nor anybody once it is over.

        An offer's hold belongs to a telephone number instead of a call: ``numbers`` speak for the caller.
        """
        if self.status == "held":
            own = self.phone in numbers if self.call == WAIT_LIST else self.call in calls
            return not own and self.held_until is not None and self.held_until > now
        return self.status == "booked"

    def local(self, timezone: str) -> datetime:
        """When it starts, as the clocks of the place show it."""
        return self.span[0].astimezone(ZoneInfo(timezone))

    def notice(self, kind: str) -> Notice:
        """What the outbox says of it: nothing about the person."""
        start, end = (moment.astimezone(UTC).isoformat() for moment in self.span)
        body: Mapping[str, Value] = {
            "code": self.code, "service": self.service, "resource": self.resource, "starts_at": start, "ends_at": end,
        }  # fmt: skip
        return Notice(kind, self.code, body)

    @classmethod
    def of(cls, row: Any) -> Booked:
        """From a row of ``bookings``."""
        return cls(
            row.code, row.service, row.resource, (row.starts_at, row.ends_at), row.name, row.phone, row.email,
            row.date_of_birth, row.status, row.call, row.key, row.seat, row.session, (row.busy_from, row.busy_until),
            row.held_until,
        )  # fmt: skip


def same_name(one: str, other: str) -> bool:
    """Whether two names are written the same, but for capitals and spaces."""
    return one.casefold().split() == other.casefold().split()


def when(code: str, placement: Placement) -> dict[str, Value]:
    """What a receipt says of the time of an appointment."""
    return {"code": code, "date": placement.start.date().isoformat(), "time": placement.start.strftime("%H:%M")}


def new_booking(code: str, wish: Wish, service: Service, where: Placement, held_until: datetime | None) -> Booked:
    """An appointment for what ``wish`` says of the person, at ``where``."""
    first, last = service.busy(where.start)
    start = where.start.astimezone(UTC)
    born = wish.text("date_of_birth")
    return Booked(
        code=code,
        service=service.id,
        resource=where.resource,
        span=(start, start + timedelta(minutes=service.minutes)),
        name=wish.text("name"),
        phone=wish.text("phone"),
        email=wish.text("email"),
        date_of_birth=date.fromisoformat(born) if born else None,
        status="held" if held_until else "booked",
        call=wish.call,
        key=wish.key,
        seat=where.seat,
        session=service.session(where.start),
        occupied=(first, last),
        held_until=held_until,
    )
