"""Holidays and other closures, on Postgres."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

from sqlalchemy import delete
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from workflows.backends.hours import Closure
from workflows.backends.tables import closures


def closure_id(source: str, closure: Closure) -> str:
    """The same closure of the same source always has the same id."""
    parts = (source, closure.place, closure.resource, closure.starts.isoformat(), closure.ends.isoformat())
    return hashlib.sha256("/".join(parts).encode()).hexdigest()[:16]


async def replace_closures(
    connection: AsyncConnection, business: str, source: str, found: Sequence[Closure]
) -> tuple[int, int]:
    """What ``source`` says now takes the place of what it said before; how many went, and how many came."""
    before = delete(closures).where(closures.c.business == business, closures.c.source == source)
    gone = (await connection.execute(before.returning(closures.c.id))).all()
    await add_closures(connection, business, source, found)
    return len(gone), len(found)


async def add_closures(connection: AsyncConnection, business: str, source: str, found: Sequence[Closure]) -> None:
    """Add to what is there; a closure that is there already stays as it is."""
    rows = [
        {
            "business": business,
            "id": closure_id(source, one),
            "place": one.place,
            "resource": one.resource,
            "starts_at": one.starts,
            "ends_at": one.ends,
            "reason": one.reason,
            "source": source,
        }
        for one in found
    ]
    if rows:
        await connection.execute(insert(closures).on_conflict_do_nothing(), rows)


async def drop_closure(connection: AsyncConnection, business: str, name: str) -> bool:
    """Take one out again; False when there is none of that id."""
    found = delete(closures).where(closures.c.business == business, closures.c.id == name)
    return (await connection.execute(found.returning(closures.c.id))).first() is not None
