"""What was sent, what was not, and sending it again on request."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from workflows.backends.tables import outbox
from workflows.jobs.delivery import WEBHOOK
from workflows.jobs.tables import deliveries

UNSENT = ("dead", "not_sent")


@dataclass(frozen=True, slots=True)
class Line:
    """A delivery as a person reads it. Nobody's number or address is in it."""

    id: int
    channel: str
    target: str
    kind: str
    subject: str
    state: str
    attempts: int
    due_at: datetime
    settled_at: datetime | None
    reason: str


async def listed(
    connection: AsyncConnection, states: Sequence[str] = (), channel: str = "", limit: int = 50
) -> Sequence[Line]:
    """The newest deliveries, first; of some ``states`` or one ``channel`` only."""
    query = select(deliveries, outbox.c.kind, outbox.c.subject).join(outbox, outbox.c.id == deliveries.c.outbox)
    if states:
        query = query.where(deliveries.c.state.in_(states))
    if channel:
        query = query.where(deliveries.c.channel == channel)
    rows = await connection.execute(query.order_by(deliveries.c.id.desc()).limit(limit))
    return [
        Line(
            row.id, row.channel, row.target, row.kind, row.subject, row.state, row.attempts, row.due_at,
            row.settled_at, row.reason,
        )
        for row in rows
    ]  # fmt: skip


async def retry(connection: AsyncConnection, numbers: Sequence[int], now: datetime) -> Sequence[int]:
    """Let unsent deliveries be tried anew, from the first attempt; all unsent ones when none is named. Which."""
    again = update(deliveries).where(deliveries.c.state.in_(UNSENT))
    if numbers:
        again = again.where(deliveries.c.id.in_(numbers))
    values = {"state": "waiting", "attempts": 0, "due_at": now, "settled_at": None, "reason": ""}
    return sorted((await connection.execute(again.values(**values).returning(deliveries.c.id))).scalars())


async def replay(
    connection: AsyncConnection, endpoint: str, since: datetime, until: datetime, now: datetime
) -> int:
    """Tell ``endpoint`` again of what it was told (or failed to be told) from ``since`` to ``until``. How much.

    Receivers recognize what they have: each message keeps its id.
    """
    newest = (
        select(deliveries.c.outbox, func.max(deliveries.c.run).label("run"))
        .join(outbox, outbox.c.id == deliveries.c.outbox)
        .where(
            deliveries.c.channel == WEBHOOK,
            deliveries.c.target == endpoint,
            outbox.c.created_at >= since,
            outbox.c.created_at <= until,
        )
        .group_by(deliveries.c.outbox)
        .order_by(deliveries.c.outbox)
    )
    rows = [
        {
            "outbox": row.outbox, "channel": WEBHOOK, "target": endpoint, "run": row.run + 1, "state": "waiting",
            "due_at": now, "created_at": now,
        }
        for row in await connection.execute(newest)
    ]  # fmt: skip
    if rows:
        await connection.execute(insert(deliveries), rows)
    return len(rows)
