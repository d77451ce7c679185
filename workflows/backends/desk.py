"""The service desk on Postgres: tickets, orders, call backs, messages and a survey's scores."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy import Table, select
from sqlalchemy.ext.asyncio import AsyncConnection

from calls.commands import Value
from workflows.backends.numbered import insert_numbered, kept_before
from workflows.backends.tables import callbacks, messages, orders, survey_answers, tickets
from workflows.backends.wishes import Answer, Done, Found, Notice, Refused, Wish

ORDER_WORDS: Mapping[str, str] = {
    "received": "has reached us and is waiting to be packed",
    "packed": "is packed and ready to leave",
    "shipped": "is on its way",
    "delivered": "has arrived",
    "cancelled": "will not be sent, because it was called off",
}
"""How a status is said: "your order ..." """

TICKET_WORDS: Mapping[str, str] = {
    "open": "is open, and we are working on it",
    "closed": "is finished, and nothing more is open in it",
}
"""How a status is said: "your ticket ..." """

NO_ORDER = Refused("not_found", {"order_status": "", "expected_on": ""})
NO_TICKET = Refused("not_found", {"ticket_status": ""})
BEST_SCORE = 10


async def order_status(connection: AsyncConnection, wish: Wish) -> Answer:
    """Where an order is; ``not_found``."""
    query = select(orders.c.status, orders.c.expected_on).where(
        orders.c.business == wish.business, orders.c.code == wish.text("code")
    )
    row = (await connection.execute(query)).first()
    return order_answer(row.status, row.expected_on.isoformat() if row.expected_on else "") if row else NO_ORDER


async def ticket_status(connection: AsyncConnection, wish: Wish) -> Answer:
    """How far a ticket is; ``not_found``."""
    query = select(tickets.c.status).where(
        tickets.c.business == wish.business, tickets.c.number == wish.text("number").upper()
    )
    status = (await connection.execute(query)).scalar_one_or_none()
    return ticket_answer(status) if status is not None else NO_TICKET


async def open_ticket(connection: AsyncConnection, wish: Wish) -> Answer:
    """Write down a problem."""
    row = {name: wish.text(name) for name in ("problem", "phone", "name")}
    return await _left(connection, tickets, wish, {**row, "order_code": wish.text("order"), "status": "open"})


async def leave_callback(connection: AsyncConnection, wish: Wish) -> Answer:
    """Ask a person to call somebody back, at once or at a time of their own."""
    row = {name: wish.text(name) for name in ("phone", "name", "reason")}
    return await _left(connection, callbacks, wish, {**row, "wanted_at": wanted_at(wish), "status": "open"})


async def leave_message(connection: AsyncConnection, wish: Wish) -> Answer:
    """Keep a message for the house."""
    return await _left(connection, messages, wish, {name: wish.text(name) for name in ("message", "phone", "name")})


async def record_survey(connection: AsyncConnection, wish: Wish) -> Answer:
    """Keep a survey's score, 0 to 10, and what was said about it."""
    row = {"score": score_of(wish), "comment": wish.text("comment")}
    if await kept_before(connection, survey_answers, wish):
        return Found({})
    number = await insert_numbered(connection, survey_answers, wish, row)
    return Found({}, (Notice("survey.answered", number, {"score": score_of(wish)}),))


def score_of(wish: Wish) -> int:
    """A survey's score. Raises ValueError when it is none."""
    score = float(wish.text("score"))
    if not 0 <= score <= BEST_SCORE:
        raise ValueError(f"a score is 0 to {BEST_SCORE}, not {score}")
    return int(score)


def wanted_at(wish: Wish) -> datetime | None:
    """When a call back is wanted. Raises ValueError."""
    when = wish.text("when")
    return datetime.fromisoformat(when).replace(tzinfo=ZoneInfo(wish.timezone)) if when else None


def order_answer(status: str, expected_on: str) -> Answer:
    """An order in words; the day is only told while it lies ahead of the parcel."""
    waiting = status in ("received", "packed", "shipped")
    return Found({"order_status": ORDER_WORDS[status], "expected_on": expected_on if waiting else ""})


def ticket_answer(status: str) -> Answer:
    """A ticket in words."""
    return Found({"ticket_status": TICKET_WORDS[status]})


LEFT: Mapping[str, str] = {
    "open_ticket": "ticket.opened",
    "leave_callback": "callback.requested",
    "leave_message": "message.left",
}
"""What the outbox says when somebody has left something."""


def left_answer(wish: Wish, number: str) -> Done:
    """The receipt for something left with the desk."""
    result: Mapping[str, Value] = {"number": number}
    return Done(result, (Notice(LEFT[wish.action], number, {"number": number}),))


async def _left(connection: AsyncConnection, table: Table, wish: Wish, row: Mapping[str, object]) -> Answer:
    return left_answer(wish, await insert_numbered(connection, table, wish, row))
