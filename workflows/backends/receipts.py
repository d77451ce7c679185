"""Receipts: written in the transaction of what they prove, found again by the key of the wish."""

from __future__ import annotations

import json

from sqlalchemy import func, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from calls.codec import canonical
from calls.run import Receipt
from workflows.backends.tables import receipts
from workflows.backends.wishes import Wish


async def lock_key(connection: AsyncConnection, key: str) -> None:
    """The same wish is carried out by one transaction at a time; held until it ends."""
    await connection.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(f"receipt/{key}", 0))))


async def find_receipt(connection: AsyncConnection, key: str) -> Receipt | None:
    """The receipt of a wish that was carried out before."""
    query = select(receipts.c.action, receipts.c.result, receipts.c.digest).where(receipts.c.key == key)
    row = (await connection.execute(query)).first()
    return Receipt(key, row.action, json.loads(row.result), row.digest) if row else None


async def receipts_of_call(connection: AsyncConnection, call: str) -> list[Receipt]:
    """Everything a call has committed, oldest first: what recovery compares with the call's record."""
    query = select(receipts).where(receipts.c.call == call).order_by(receipts.c.created_at, receipts.c.key)
    rows = await connection.execute(query)
    return [Receipt(row.key, row.action, json.loads(row.result), row.digest) for row in rows]


async def keep_receipt(connection: AsyncConnection, wish: Wish, receipt: Receipt) -> None:
    """Write a receipt beside what it proves."""
    await connection.execute(
        insert(receipts).values(
            key=receipt.key,
            business=wish.business,
            call=wish.call,
            action=receipt.action,
            result=canonical(dict(receipt.result)).decode(),
            digest=receipt.digest,
            created_at=wish.now,
        )
    )
