"""The actions in memory: the same answers as Postgres gives, for simulated calls on a virtual clock."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, date, timedelta

from calls.commands import Value
from calls.run import ActionRequest, ActionSettled, CallFacts, Receipt
from workflows.backends.desk import NOT_FOUND, order_answer
from workflows.backends.free_times import Agenda, Span, local_start
from workflows.backends.seed import DEMO, Practice
from workflows.backends.wishes import Answer, Done, Found, Refused, Wish, code_for, settled
from workflows.language.catalogue import ACTIONS, UNAVAILABLE


@dataclass(frozen=True, slots=True)
class Booked:
    """An appointment."""

    code: str
    service: str
    resource: str
    span: Span
    name: str
    phone: str


@dataclass(slots=True)
class Books:
    """What one business has on file."""

    practice: Practice
    today: date
    bookings: list[Booked] = field(default_factory=list)
    tickets: list[dict[str, Value]] = field(default_factory=list)
    callbacks: list[dict[str, Value]] = field(default_factory=list)
    messages: list[dict[str, Value]] = field(default_factory=list)


class MemoryActions:
    """Implements the port ``Actions``. ``books`` shows what was done."""

    def __init__(self, today: date, practice: Practice = DEMO) -> None:
        self.books = Books(practice, today)
        self.receipts: dict[str, Receipt] = {}
        self.refuse: dict[str, str] = {}
        """action -> refusal it gives instead of an answer; a fault to be injected"""

    async def run(self, call: str, facts: CallFacts, request: ActionRequest) -> ActionSettled:
        """Answers with a receipt, with facts, or with a refusal."""
        wish = Wish.of(call, facts, request)
        earlier = self.receipts.get(wish.key)
        if earlier is not None:
            return ActionSettled(wish.key, wish.action, receipt=earlier)
        answer = Refused(self.refuse[wish.action]) if wish.action in self.refuse else self._answer(wish)
        done = settled(wish, answer)
        if done.receipt is not None:
            self.receipts[wish.key] = done.receipt
        return done

    def _answer(self, wish: Wish) -> Answer:
        try:
            match wish.action:
                case "find_times":
                    return self._find_times(wish)
                case "book":
                    return self._book(wish)
                case "order_status":
                    return self._order_status(wish)
                case "open_ticket" | "leave_callback" | "leave_message":
                    return self._note(wish)
        except (ValueError, KeyError):
            return Refused(UNAVAILABLE)
        return Refused(UNAVAILABLE)

    def _agenda(self, wish: Wish) -> Agenda:
        practice = self.books.practice
        minutes = {name: length for name, _, length in practice.services}[wish.text("service")]
        busy: dict[str, list[Span]] = {name: [] for name, _ in practice.resources}
        for booked in self.books.bookings:
            busy[booked.resource].append(booked.span)
        hours = dict.fromkeys(practice.weekdays, ((practice.opens, practice.closes),))
        return Agenda(hours, minutes, busy, wish.timezone, wish.now)

    def _find_times(self, wish: Wish) -> Answer:
        day, agenda = date.fromisoformat(wish.text("date")), self._agenda(wish)
        times = agenda.times(day)
        if times:
            return Found({"times": times, "next_date": ""})
        facts = {"times": "", "next_date": agenda.next_day(day)}
        return Refused("no_times" if agenda.is_open(day) else "closed", facts)

    def _book(self, wish: Wish) -> Answer:
        agenda = self._agenda(wish)
        start = local_start(wish.text("date"), wish.text("time"), wish.timezone)
        free = agenda.free_resources(start) if agenda.fits(start) else []
        if not free:
            return Refused("slot_taken", {"times": agenda.times(start.date())})
        span = (start.astimezone(UTC), start.astimezone(UTC) + timedelta(minutes=agenda.minutes))
        code = code_for(wish.key)
        self.books.bookings.append(
            Booked(code, wish.text("service"), free[0], span, wish.text("name"), wish.text("phone"))
        )
        when = {name: wish.text(name) for name in ("service", "date", "time")}
        return Done({"code": code, **when})

    def _order_status(self, wish: Wish) -> Answer:
        for code, status, days in self.books.practice.orders:
            if code == wish.text("code"):
                expected = "" if days is None else (self.books.today + timedelta(days=days)).isoformat()
                return order_answer(status, expected)
        return NOT_FOUND

    def _note(self, wish: Wish) -> Answer:
        pile = {
            "open_ticket": self.books.tickets,
            "leave_callback": self.books.callbacks,
            "leave_message": self.books.messages,
        }[wish.action]
        number = code_for(wish.key)
        row: dict[str, Value] = {name: wish.text(name) for name in ACTIONS[wish.action].arguments}
        pile.append({"number": number, **row})
        return Done({"number": number})
