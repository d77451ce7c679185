"""Compensation on Postgres: every action that can be undone, by the receipt of what it did.

What is undone keeps its receipt - it did happen - and gets a second one, under the key of the first with ``/undone``.
"""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable, Mapping
from datetime import date, time

from sqlalchemy import delete, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from calls.run import Receipt
from workflows.backends.changes import booking_at, give_up, move
from workflows.backends.offers import withdraw
from workflows.backends.receipts import keep_receipt
from workflows.backends.tables import callbacks, messages, payment_promises, receipts, tickets, wait_list
from workflows.backends.wishes import Answer, Done, Notice, Refused, Wish, receipt_of

Undo = Callable[[AsyncConnection, Wish, Receipt], Awaitable[Done | Refused]]
"""One compensating action, inside a transaction: the wish on whose behalf, and what is to be undone."""

NOTHING = Refused("not_found")


def undone_key(key: str) -> str:
    """Under which key it stands that a wish was undone."""
    return f"{key}/undone"


async def take_back(connection: AsyncConnection, wish: Wish) -> Answer:
    """Undo the newest action ``what`` of this very call; nothing of another call can be reached."""
    undone = receipts.alias("undone")
    query = (
        select(receipts)
        .outerjoin(undone, undone.c.key == receipts.c.key + "/undone")
        .where(
            receipts.c.call == wish.call,
            receipts.c.business == wish.business,
            receipts.c.action == wish.text("what"),
            undone.c.key.is_(None),
        )
        .order_by(receipts.c.created_at.desc(), receipts.c.key.desc())
        .limit(1)
    )
    row = (await connection.execute(query)).first()
    if row is None:
        return NOTHING
    receipt = Receipt(row.key, row.action, json.loads(row.result), row.digest)
    done = await undo(connection, wish, receipt)
    if isinstance(done, Refused):
        return done
    return Done({"action": receipt.action, "number": _number(receipt)}, done.notices)


async def undo(connection: AsyncConnection, wish: Wish, receipt: Receipt) -> Done | Refused:
    """Put back what ``receipt`` proves, and keep the proof of that; ``not_found`` when it cannot be undone."""
    handler = UNDO.get(receipt.action)
    done = await handler(connection, wish, receipt) if handler is not None else NOTHING
    if isinstance(done, Done):
        kept = receipt_of(undone_key(receipt.key), f"undo_{receipt.action}", done.result)
        await keep_receipt(connection, wish, kept)
    return done


async def undo_book(connection: AsyncConnection, wish: Wish, receipt: Receipt) -> Done | Refused:
    """Give the time up again; the policy on late changes does not apply to what was just agreed."""
    own = await booking_at(connection, wish, str(receipt.result["code"]))
    return await give_up(connection, wish, own) if own is not None and own.status == "booked" else NOTHING


async def undo_reschedule(connection: AsyncConnection, wish: Wish, receipt: Receipt) -> Done | Refused:
    """Back to where it was; ``slot_taken`` when somebody else has that time by now."""
    own = await booking_at(connection, wish, str(receipt.result["code"]))
    if own is None or own.status != "booked":
        return NOTHING
    day, clock = str(receipt.result["from_date"]), str(receipt.result["from_time"])
    return await move(connection, wish, own, date.fromisoformat(day), time.fromisoformat(clock))


async def undo_cancel_booking(connection: AsyncConnection, wish: Wish, receipt: Receipt) -> Done | Refused:
    """The booking stands again; ``slot_taken`` when somebody else has its time by now."""
    own = await booking_at(connection, wish, str(receipt.result["code"]))
    if own is None or own.status != "cancelled":
        return NOTHING
    day, clock = str(receipt.result["date"]), str(receipt.result["time"])
    return await move(connection, wish, own, date.fromisoformat(day), time.fromisoformat(clock))


async def undo_numbered(connection: AsyncConnection, wish: Wish, receipt: Receipt) -> Done | Refused:
    """What was left with the desk is closed, withdrawn, or taken out again."""
    number = _number(receipt)
    offers: list[Notice] = []
    values = {
        "open_ticket": (tickets, {"status": "closed"}),
        "leave_callback": (callbacks, {"status": "done"}),
        "promise_payment": (payment_promises, {"status": "withdrawn"}),
    }
    if receipt.action in values:
        table, changed = values[receipt.action]
        await connection.execute(update(table).where(table.c.number == number).values(**changed))
    else:
        table = {"leave_message": messages, "join_wait_list": wait_list}[receipt.action]
        # Who waited already got the receipt of an earlier call: that entry is not this call's to take out.
        mine = delete(table).where(table.c.number == number, table.c.call == wish.call)
        gone = (await connection.execute(mine)).rowcount > 0
        if gone and table is wait_list:
            offers = await withdraw(connection, wish, [number])
    return Done({"number": number}, (Notice(f"{receipt.action}.undone", number, {"number": number}), *offers))


def _number(receipt: Receipt) -> str:
    return str(receipt.result.get("number") or receipt.result.get("code") or "")


UNDO: Mapping[str, Undo] = {
    "book": undo_book,
    "reschedule": undo_reschedule,
    "cancel_booking": undo_cancel_booking,
    **dict.fromkeys(
        ("open_ticket", "leave_callback", "leave_message", "promise_payment", "join_wait_list"), undo_numbered
    ),
}
"""action -> what undoes it"""
