"""The actions in memory: the same answers as Postgres gives, for simulated calls on a virtual clock."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime

from calls.errors import ConfigurationError
from calls.randomness import Randomness
from calls.run import ActionRequest, ActionSettled, CallFacts, Receipt
from workflows.backends.booked import Booked
from workflows.backends.memory import calendar, callers, desk, texts
from workflows.backends.memory.books import Books
from workflows.backends.memory.taking_back import take_back, undo
from workflows.backends.one_time_codes import OneTimeCode
from workflows.backends.practice import DEMO, Practice
from workflows.backends.taking_back import undone_key
from workflows.backends.wishes import NOT_VERIFIED, Answer, Done, Found, Refused, Wish, settled
from workflows.language.catalogue import ACTIONS, UNAVAILABLE, ActionSpec

__all__ = ["Booked", "Books", "MemoryActions"]

HANDLERS: Mapping[str, Callable[[Books, Wish], Answer]] = {
    "find_times": calendar.find_times,
    "hold_time": calendar.hold_time,
    "book": calendar.book,
    "find_booking": calendar.find_booking,
    "reschedule": calendar.reschedule,
    "cancel_booking": calendar.cancel_booking,
    "join_wait_list": calendar.join_wait_list,
    "take_back": take_back,
    "verify_caller": callers.verify_caller,
    "send_code": callers.send_code,
    "order_status": desk.order_status,
    "open_ticket": desk.leave,
    "ticket_status": desk.ticket_status,
    "leave_callback": desk.leave,
    "leave_message": desk.leave,
    "record_survey": desk.record_survey,
    "find_answer": desk.find_answer,
    "find_balance": desk.find_balance,
    "promise_payment": desk.promise_payment,
    "record_consent": texts.record_consent,
    "send_confirmation": texts.send_confirmation,
}
"""action -> what carries it out"""


def _exemplary(action: str) -> Callable[[Books, Wish], Answer] | None:
    """An action of a customer system, answered with its example; None for one that has none."""
    spec = ACTIONS.get(action)
    if spec is None or not spec.example:
        return None
    if spec.personal:
        return lambda _, wish: _as_answer(spec) if wish.subject else NOT_VERIFIED
    return lambda _, wish: _as_answer(spec)


def _as_answer(spec: ActionSpec) -> Answer:
    return Done(spec.example) if spec.writes else Found(spec.example)


class MemoryActions:
    """Implements the port ``Actions``. ``books`` shows what was done."""

    def __init__(self, today: date, practice: Practice = DEMO) -> None:
        self.books = Books(practice, today)
        self.refuse: dict[str, str] = {}
        """action -> refusal it gives instead of an answer; a fault to be injected"""

    @property
    def receipts(self) -> Mapping[str, Receipt]:
        """Everything that was committed, by idempotency key, oldest first."""
        return {key: receipt for key, (_, receipt) in self.books.receipts.items()}

    async def run(self, call: str, facts: CallFacts, request: ActionRequest) -> ActionSettled:
        """Answers with a receipt, with facts, or with a refusal."""
        wish = Wish.of(call, facts, request)
        if wish.action in self.refuse and wish.key not in self.books.receipts:
            return settled(wish, Refused(self.refuse[wish.action]))
        return self._carry_out(wish, HANDLERS.get(wish.action) or _exemplary(wish.action))

    async def run_together(
        self, call: str, facts: CallFacts, requests: Sequence[ActionRequest]
    ) -> list[ActionSettled]:
        """One wish of several actions, in order: when one is refused, those before it are undone, the last first."""
        done: list[ActionSettled] = []
        for request in requests:
            done.append(await self.run(call, facts, request))
            if done[-1].refusal:
                for answer in reversed(done[:-1]):
                    if answer.receipt is not None:
                        await self.compensate(call, facts, answer.receipt)
                break
        return done

    async def compensate(self, call: str, facts: CallFacts, receipt: Receipt) -> ActionSettled:
        """Undo what ``receipt`` proves; a second time does nothing."""
        request = ActionRequest(undone_key(receipt.key), f"undo_{receipt.action}", {})
        return self._carry_out(Wish.of(call, facts, request), lambda books, wish: undo(books, wish, receipt))

    def draw_code(self, number: str, now: datetime, randomness: Randomness) -> OneTimeCode | None:
        """The one-time code for a row of the outbox, as it is sent."""
        return callers.draw_code(self.books, number, now, randomness)

    def _carry_out(self, wish: Wish, handler: Callable[[Books, Wish], Answer] | None) -> ActionSettled:
        earlier = self.books.receipts.get(wish.key)
        if earlier is not None:
            return ActionSettled(wish.key, wish.action, receipt=earlier[1])
        try:
            answer = handler(self.books, wish) if handler is not None else Refused(UNAVAILABLE)
        except (ValueError, KeyError, ConfigurationError):
            answer = Refused(UNAVAILABLE)
        done = settled(wish, answer)
        if not isinstance(answer, Refused):
            self.books.outbox += answer.notices
        if isinstance(answer, Done) and done.receipt is not None:
            self.books.receipts[wish.key] = (wish.call, done.receipt)
            self.books.agreed_at[wish.key] = wish.now
        return done
