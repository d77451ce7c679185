"""Actions by which a caller agrees to be texted about their appointment."""

from __future__ import annotations

import json

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from workflows.backends.tables import bookings, outbox, receipts
from workflows.backends.wishes import Answer, Found, Notice, Refused, Wish
from workflows.jobs.consents import BOOKING_SCOPE, consented_before, give, stopped

CONFIRMED = ("book", "reschedule", "cancel_booking")
"""Actions a text can confirm."""
WANTED = "confirmation.wanted"
"""the outbox's kind: a caller has just asked for a text about their booking"""

NOTHING_TO_CONFIRM = Refused("nothing_to_confirm")
STOPPED = Refused("stopped")


async def record_consent(connection: AsyncConnection, wish: Wish) -> Answer:
    """Keep that the caller wants to be texted about appointments at a number they named."""
    phone = wish.text("phone")
    if not phone.startswith("+"):
        raise ValueError("a number to be texted is E.164")
    if await stopped(connection, phone):
        return STOPPED
    await give(connection, wish.business, phone, BOOKING_SCOPE, wish.call, wish.now)
    return Found({})


async def send_confirmation(connection: AsyncConnection, wish: Wish) -> Answer:
    """Text what was agreed last in this very call, to the number the booking stands under: never to another."""
    newest = (
        select(receipts.c.result, receipts.c.created_at)
        .where(
            receipts.c.business == wish.business, receipts.c.call == wish.call, receipts.c.action.in_(CONFIRMED)
        )
        .order_by(receipts.c.created_at.desc(), receipts.c.key.desc())
        .limit(1)
    )
    receipt = (await connection.execute(newest)).first()
    row = None
    if receipt is not None:
        mine = select(bookings.c.code, bookings.c.phone).where(bookings.c.code == code_in(receipt.result))
        row = (await connection.execute(mine.with_for_update())).first()
    if receipt is None or row is None:
        return NOTHING_TO_CONFIRM
    if await stopped(connection, row.phone):
        return STOPPED
    if await consented_before(connection, wish.business, row.phone, BOOKING_SCOPE, receipt.created_at):
        # What was agreed is texted already, because of an earlier yes.
        return Found({})
    await give(connection, wish.business, row.phone, BOOKING_SCOPE, wish.call, wish.now)
    told = select(outbox.c.id).where(
        outbox.c.kind == WANTED, outbox.c.subject == row.code, outbox.c.created_at >= receipt.created_at
    )
    if (await connection.execute(told)).first() is not None:
        return Found({})
    return Found({}, (Notice(WANTED, row.code),))


def code_in(result: str) -> str:
    """The booking's code on a stored receipt."""
    return str(json.loads(result).get("code", ""))
