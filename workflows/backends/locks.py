"""Who goes first: advisory locks, held until their transaction ends.

Everything that queues takes its locks in one order - first that of the wish, then those of resources by name and day,
then rows - so that nobody ever waits in a circle.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from workflows.backends.hours import Span


async def lock(connection: AsyncConnection, *names: str) -> None:
    """Wait until nobody else holds any of ``names``; then hold them."""
    for name in sorted(names):
        await connection.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(name, 0))))


async def lock_resource(connection: AsyncConnection, business: str, resource: str, busy: Span) -> None:
    """One booker at a time per resource and day; ``busy`` in UTC."""
    await lock(connection, *(f"booking/{business}/{resource}/{day}" for day in _days(busy)))


def _days(busy: Span) -> Iterable[str]:
    day, last = busy[0].date(), busy[1].date()
    while day <= last:
        yield day.isoformat()
        day += timedelta(days=1)
