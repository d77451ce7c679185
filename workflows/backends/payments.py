"""What a customer owes, and what they promise to pay. No money moves here."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from calls.commands import Value
from workflows.backends.knowledge import today
from workflows.backends.locks import lock
from workflows.backends.numbered import insert_numbered
from workflows.backends.subjects import CUSTOMER, subject_of
from workflows.backends.tables import balances, payment_promises
from workflows.backends.wishes import NOT_VERIFIED, Answer, Done, Found, Notice, Refused, Wish

OWES_NOTHING = Refused("not_found")


@dataclass(frozen=True, slots=True)
class Balance:
    """What one customer owes."""

    customer: str
    amount: Decimal
    currency: str
    """ISO 4217"""
    due_on: date

    @property
    def facts(self) -> Mapping[str, Value]:
        """As a back end's answer."""
        return {"amount": f"{self.amount:.2f} {self.currency}", "due_on": self.due_on.isoformat()}


async def find_balance(connection: AsyncConnection, wish: Wish) -> Answer:
    """What the verified customer owes; ``not_found`` when that is nothing."""
    found = await _balance(connection, wish)
    return found if isinstance(found, Refused) else Found(found.facts)


async def promise_payment(connection: AsyncConnection, wish: Wish) -> Answer:
    """Write down that the verified customer will pay so much by a day."""
    owed = await _balance(connection, wish)
    if isinstance(owed, Refused):
        return owed
    # Two promises at once count against each other like any two.
    await lock(connection, f"promise/{wish.business}/{owed.customer}")
    promised = promise_of(wish, owed, await _promised(connection, wish, owed))
    if isinstance(promised, Refused):
        return promised
    row = {"customer": owed.customer, "amount": promised, "currency": owed.currency, "status": "open"}
    day = date.fromisoformat(wish.text("date"))
    number = await insert_numbered(connection, payment_promises, wish, {**row, "promised_on": day})
    return promised_answer(wish, owed, promised, number)


def customer_of(wish: Wish) -> str:
    """The customer the caller has proved to be; empty when they have not."""
    kind, name = subject_of(wish.subject)
    return name if kind == CUSTOMER else ""


def promise_of(wish: Wish, owed: Balance, earlier: Decimal) -> Decimal | Refused:
    """How much is promised. Raises ValueError for what is no amount, or no day to come.

    ``earlier``: what is promised already, for today or a day to come; what was promised for a day that has passed, and
    is still owed, may be promised anew.
    """
    number, _, currency = wish.text("amount").partition(" ")
    try:
        amount = Decimal(number).quantize(Decimal("0.01"))
    except InvalidOperation as why:
        raise ValueError("the amount of a promise is no amount") from why
    if not amount.is_finite():
        raise ValueError("the amount of a promise is no amount")
    if amount <= 0 or date.fromisoformat(wish.text("date")) < today(wish):
        raise ValueError("a promise is about an amount and a day to come")
    if currency and currency != owed.currency:
        return Refused("wrong_currency", owed.facts)
    if amount > owed.amount:
        return Refused("too_much", owed.facts)
    if amount > owed.amount - earlier:
        left = max(owed.amount - earlier, Decimal(0))
        return Refused("already_promised", {**owed.facts, "left": f"{left:.2f} {owed.currency}" if left else ""})
    return amount


def promised_answer(wish: Wish, owed: Balance, amount: Decimal, number: str) -> Done:
    """The receipt for a promise."""
    said = {"amount": f"{amount:.2f} {owed.currency}", "date": wish.text("date")}
    return Done({"number": number, **said}, (Notice("payment.promised", number, said),))


async def _promised(connection: AsyncConnection, wish: Wish, owed: Balance) -> Decimal:
    query = select(func.coalesce(func.sum(payment_promises.c.amount), 0)).where(
        payment_promises.c.business == wish.business,
        payment_promises.c.customer == owed.customer,
        payment_promises.c.currency == owed.currency,
        payment_promises.c.status == "open",
        payment_promises.c.promised_on >= today(wish),
    )
    return Decimal((await connection.execute(query)).scalar_one())


async def _balance(connection: AsyncConnection, wish: Wish) -> Balance | Refused:
    customer = customer_of(wish)
    if not customer:
        return NOT_VERIFIED
    query = select(balances).where(balances.c.business == wish.business, balances.c.customer == customer)
    row = (await connection.execute(query)).first()
    if row is None or row.amount <= 0:
        return OWES_NOTHING
    return Balance(customer, row.amount, row.currency, row.due_on)
