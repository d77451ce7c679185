"""The business a rehearsal calls: its books in memory, with the faults a scenario asks for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from calls.run import ActionRequest, ActionSettled, CallFacts
from switchboard.rehearsal.scenario import Appointment, Fault, WorldBefore
from workflows.backends.one_time_codes import ON_ITS_WAY
from workflows.backends.seed import DEMO, Practice
from workflows.memory_actions import Booked, MemoryActions

TABLES = ("bookings", "waiting", "tickets", "callbacks", "messages", "promises")
"""What a call can leave behind; of bookings those that are new or have changed."""

Row = Mapping[str, str]


class RehearsedWorld:
    """Implements ``Actions`` over those in memory. ``faults`` may be changed while the call goes on."""

    def __init__(self, before: WorldBefore, now: datetime, timezone: str) -> None:
        self._zone = ZoneInfo(timezone)
        today = now.astimezone(self._zone).date()
        self._practice = _practice(before)
        self._memory = MemoryActions(today, self._practice)
        self.faults: dict[str, Fault] = dict(before.faults)
        for appointment in before.bookings:
            self._put(appointment)
        for day in before.full:
            self._fill(day)
        self._memory.books.tickets += [{"number": number, "status": status} for number, status in before.tickets]
        self._before, self._tickets = tuple(self._memory.books.bookings), len(before.tickets)
        self._texts = before.texts

    def takes_ms(self, action: str) -> float:
        """How long ``action`` takes now."""
        fault = self.faults.get(action)
        return fault.takes_ms if fault is not None and fault.takes_ms is not None else 40.0

    async def run(self, call: str, facts: CallFacts, request: ActionRequest) -> ActionSettled:
        """Answers as the books say, unless a fault answers first."""
        fault = self.faults.get(request.action)
        if fault is not None and fault.refuses and fault.finds:
            return ActionSettled(request.key, request.action, found=fault.finds, refusal=fault.refuses)
        if fault is not None and fault.refuses:
            self._memory.refuse[request.action] = fault.refuses
        else:
            self._memory.refuse.pop(request.action, None)
        settled = await self._memory.run(call, facts, request)
        self._send_codes(datetime.fromisoformat(facts.wall))
        return settled

    def _send_codes(self, now: datetime) -> None:
        """Whoever asked for a one-time code has it at once."""
        for notice in self._memory.books.outbox:
            if notice.kind == ON_ITS_WAY and self._texts:
                self._memory.draw_code(notice.subject, now, _Drawn(self._texts))
        self._memory.books.outbox = [n for n in self._memory.books.outbox if n.kind != ON_ITS_WAY]

    def rows(self) -> Mapping[str, Sequence[Row]]:
        """What the call left behind, by table; values as text."""
        books = self._memory.books
        notes = {"tickets": books.tickets[self._tickets :], "callbacks": books.callbacks, "messages": books.messages}
        found = {table: [_texts(row) for row in rows] for table, rows in notes.items()}
        found["waiting"] = [_texts(asdict(entry)) for entry in books.waiting]
        found["promises"] = [_texts(asdict(promise)) for promise in books.promises]
        return {"bookings": [self._row(booked) for booked in books.bookings if booked not in self._before], **found}

    def _row(self, booked: Booked) -> Row:
        start = booked.span[0].astimezone(self._zone)
        return {
            "service": booked.service,
            "date": start.date().isoformat(),
            "time": start.strftime("%H:%M"),
            "name": booked.name,
            "phone": booked.phone,
            "code": booked.code,
            "resource": booked.resource,
            "status": booked.status,
        }

    # --- what is there before ---------------------------------------------------------------------------

    def _put(self, appointment: Appointment) -> None:
        minutes = {name: length for name, _, length in self._practice.services}[appointment.service]
        start = datetime.combine(appointment.day, appointment.at, self._zone).astimezone(UTC)
        span = (start, start + timedelta(minutes=minutes))
        taken = {b.resource for b in self._memory.books.bookings if b.span[0] < span[1] and span[0] < b.span[1]}
        free = [name for name, _ in self._practice.resources if name not in taken]
        resource = appointment.resource or (free[0] if free else self._practice.resources[0][0])
        self._keep(
            Booked(
                code=appointment.code or f"B{len(self._memory.books.bookings):04}",
                service=appointment.service,
                resource=resource,
                span=span,
                name=appointment.name,
                phone=appointment.phone,
                date_of_birth=appointment.date_of_birth,
            )
        )

    def _fill(self, day: date) -> None:
        opens = datetime.combine(day, time(), self._zone).astimezone(UTC)
        for resource, _ in self._practice.resources:
            self._keep(
                Booked("FULL", self._practice.services[0][0], resource, (opens, opens + timedelta(days=1)), "", "")
            )

    def _keep(self, booked: Booked) -> None:
        self._memory.books.bookings.append(booked)


@dataclass(frozen=True, slots=True)
class _Drawn:
    """Implements ``Randomness`` with one outcome: the code a scenario has decided on."""

    text: str

    def token(self, nbytes: int = 24) -> str:
        """Not secret here."""
        return self.text * nbytes

    def identifier(self, prefix: str) -> str:
        """The same each time."""
        return f"{prefix}_{self.text}"

    def uniform(self, low: float, high: float) -> float:
        """The code, as a number."""
        return float(self.text)


def _practice(before: WorldBefore) -> Practice:
    return replace(
        DEMO,
        orders=DEMO.orders if before.orders is None else before.orders,
        opens=before.opens or DEMO.opens,
        closes=before.closes or DEMO.closes,
        weekdays=DEMO.weekdays if before.weekdays is None else before.weekdays,
    )


def _texts(row: Mapping[str, object]) -> Row:
    return {name: str(value) for name, value in row.items()}
