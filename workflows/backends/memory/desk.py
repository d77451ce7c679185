"""The service desk in memory."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

from calls.commands import Value
from workflows.backends.desk import NO_ORDER, NO_TICKET, left_answer, order_answer, score_of, ticket_answer, wanted_at
from workflows.backends.knowledge import NO_ANSWER, answer_of, today
from workflows.backends.likeness import best
from workflows.backends.memory.books import Books, Promise
from workflows.backends.payments import OWES_NOTHING, Balance, customer_of, promise_of, promised_answer
from workflows.backends.wishes import NOT_VERIFIED, Answer, Found, Notice, Refused, Wish, code_for
from workflows.language.catalogue import ACTIONS


def order_status(books: Books, wish: Wish) -> Answer:
    """Where an order is."""
    for code, status, days in books.practice.orders:
        if code == wish.text("code"):
            expected = "" if days is None else (books.today + timedelta(days=days)).isoformat()
            return order_answer(status, expected)
    return NO_ORDER


def ticket_status(books: Books, wish: Wish) -> Answer:
    """How far a ticket is."""
    number = wish.text("number").upper()
    found = next((row for row in books.tickets if row["number"] == number), None)
    return ticket_answer(str(found.get("status", "open"))) if found is not None else NO_TICKET


def leave(books: Books, wish: Wish) -> Answer:
    """A ticket, a call back or a message."""
    wanted_at(wish)
    pile = {"open_ticket": books.tickets, "leave_callback": books.callbacks, "leave_message": books.messages}
    number = code_for(wish.key)
    row: dict[str, Value] = {name: wish.text(name) for name in ACTIONS[wish.action].arguments}
    pile[wish.action].append({"number": number, **row})
    return left_answer(wish, number)


def record_survey(books: Books, wish: Wish) -> Answer:
    """Keep a survey's score."""
    score = score_of(wish)
    if wish.key in books.noted:
        return Found({})
    books.noted.add(wish.key)
    number = code_for(wish.key)
    books.surveys.append({"number": number, "score": score, "comment": wish.text("comment")})
    return Found({}, (Notice("survey.answered", number, {"score": score}),))


def find_answer(books: Books, wish: Wish) -> Answer:
    """The answer that is on file."""
    asked = wish.text("question").strip()
    entry = best(asked, books.entries())
    if entry is not None and entry.review_by > today(wish):
        return answer_of(entry)
    if asked and wish.key not in books.noted:
        books.noted.add(wish.key)
        books.unanswered.append({"question": asked, "nearest": entry.id if entry is not None else ""})
    return NO_ANSWER


def find_balance(books: Books, wish: Wish) -> Answer:
    """What the verified customer owes."""
    owed = _balance(books, wish)
    return owed if isinstance(owed, Refused) else Found(owed.facts)


def promise_payment(books: Books, wish: Wish) -> Answer:
    """Write down a promise."""
    owed = _balance(books, wish)
    if isinstance(owed, Refused):
        return owed
    earlier = [
        one.amount
        for one in books.promises
        if (one.customer, one.currency, one.status) == (owed.customer, owed.currency, "open") and one.day >= today(wish)
    ]
    amount = promise_of(wish, owed, sum(earlier, Decimal(0)))
    if isinstance(amount, Refused):
        return amount
    number = code_for(wish.key)
    books.promises.append(
        Promise(number, owed.customer, amount, owed.currency, date.fromisoformat(wish.text("date")))
    )
    return promised_answer(wish, owed, amount, number)


def _balance(books: Books, wish: Wish) -> Balance | Refused:
    customer = customer_of(wish)
    if not customer:
        return NOT_VERIFIED
    owed = books.balance(customer)
    return owed if owed is not None and owed.amount > 0 else OWES_NOTHING
