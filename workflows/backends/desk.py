"""The service desk on Postgres: tickets, orders, call backs and messages."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import Table, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from calls.commands import Value
from calls.errors import ConfigurationError
from workflows.backends.booking import MAX_CODES
from workflows.backends.tables import callbacks, messages, orders, tickets
from workflows.backends.wishes import Answer, Done, Found, Refused, Wish, code_for

ORDER_WORDS: Mapping[str, str] = {
    "received": "has reached us and is waiting to be packed",
    "packed": "is packed and ready to leave",
    "shipped": "is on its way",
    "delivered": "has arrived",
    "cancelled": "will not be sent, because it was called off",
}
"""How a status is said: "your order ..." """


class DeskBackend:
    """Every method works inside the transaction it is given."""

    async def order_status(self, connection: AsyncConnection, wish: Wish) -> Answer:
        """Where an order is; ``not_found``."""
        query = select(orders.c.status, orders.c.expected_on).where(
            orders.c.business == wish.business, orders.c.code == wish.text("code")
        )
        row = (await connection.execute(query)).first()
        return order_answer(row.status, row.expected_on.isoformat() if row.expected_on else "") if row else NOT_FOUND

    async def open_ticket(self, connection: AsyncConnection, wish: Wish) -> Answer:
        """Write down a problem."""
        row = {name: wish.text(name) for name in ("problem", "phone", "name")}
        return await _numbered(connection, tickets, wish, {**row, "order_code": wish.text("order"), "status": "open"})

    async def leave_callback(self, connection: AsyncConnection, wish: Wish) -> Answer:
        """Ask a person to call somebody back."""
        row = {name: wish.text(name) for name in ("phone", "name", "reason")}
        return await _numbered(connection, callbacks, wish, {**row, "status": "open"})

    async def leave_message(self, connection: AsyncConnection, wish: Wish) -> Answer:
        """Keep a message for the house."""
        row = {name: wish.text(name) for name in ("message", "phone", "name")}
        return await _numbered(connection, messages, wish, row)


NOT_FOUND = Refused("not_found", {"order_status": "", "expected_on": ""})


def order_answer(status: str, expected_on: str) -> Answer:
    """An order in words; the day is only told while it lies ahead of the parcel."""
    waiting = status in ("received", "packed", "shipped")
    return Found({"order_status": ORDER_WORDS[status], "expected_on": expected_on if waiting else ""})


async def _numbered(connection: AsyncConnection, table: Table, wish: Wish, row: Mapping[str, Value]) -> Answer:
    """Insert a row under a number which can be said on the phone."""
    for attempt in range(MAX_CODES):
        statement = insert(table).values(
            number=code_for(wish.key, attempt),
            business=wish.business,
            call=wish.call,
            key=wish.key,
            created_at=wish.now,
            **row,
        )
        kept = statement.on_conflict_do_nothing(index_elements=["number"]).returning(table.c.number)
        number = (await connection.execute(kept)).scalar_one_or_none()
        if number is not None:
            return Done({"number": str(number)})
    raise ConfigurationError(f"no free number was found for {table.name}; archive old rows, or lengthen the codes")
