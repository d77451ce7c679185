"""Who may be texted: consent given in a call, withdrawn by STOP, and never guessed."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import delete, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from workflows.jobs.tables import consents, text_stops

SMS = "sms"
BOOKING_SCOPE = "booking"
"""Texts about one's own appointments: never advertising."""


async def give(
    connection: AsyncConnection, business: str, phone: str, scope: str, call: str, now: datetime
) -> None:
    """Keep that a caller agreed to be texted. Agreeing again after withdrawing counts anew."""
    row = {"business": business, "phone": phone, "channel": SMS, "scope": scope, "given_at": now, "call": call}
    again = {"given_at": now, "call": call, "withdrawn_at": None}
    await connection.execute(
        insert(consents)
        .values(**row)
        .on_conflict_do_update(
            index_elements=["business", "phone", "channel", "scope"],
            set_=again,
            where=consents.c.withdrawn_at.is_not(None),
        )
    )


async def consented_before(
    connection: AsyncConnection, business: str, phone: str, scope: str, moment: datetime
) -> bool:
    """Whether consent was given before ``moment`` and still stands."""
    query = select(consents.c.phone).where(
        consents.c.business == business,
        consents.c.phone == phone,
        consents.c.channel == SMS,
        consents.c.scope == scope,
        consents.c.given_at < moment,
        consents.c.withdrawn_at.is_(None),
    )
    return (await connection.execute(query)).first() is not None


async def stands(connection: AsyncConnection, business: str, phone: str, scope: str) -> bool:
    """Whether consent stands now."""
    query = select(consents.c.phone).where(
        consents.c.business == business,
        consents.c.phone == phone,
        consents.c.channel == SMS,
        consents.c.scope == scope,
        consents.c.withdrawn_at.is_(None),
    )
    return (await connection.execute(query)).first() is not None


async def stop(connection: AsyncConnection, phone: str, now: datetime) -> None:
    """No text goes to ``phone`` any more, whatever was agreed, until it sends START."""
    row = insert(text_stops).values(phone=phone, since=now).on_conflict_do_nothing()
    await connection.execute(row)
    open_ones = (consents.c.phone == phone, consents.c.withdrawn_at.is_(None))
    await connection.execute(update(consents).where(*open_ones).values(withdrawn_at=now))


async def start(connection: AsyncConnection, phone: str) -> None:
    """``phone`` may be texted again. Consents that were withdrawn stay so until they are given again."""
    await connection.execute(delete(text_stops).where(text_stops.c.phone == phone))


async def stopped(connection: AsyncConnection, phone: str) -> bool:
    """Whether ``phone`` has sent STOP."""
    return (await connection.execute(select(text_stops.c.phone).where(text_stops.c.phone == phone))).first() is not None
