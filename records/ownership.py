"""Who may append to a stream: the statements over ``stream_owners``. Every claim raises the epoch."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

LEASE = timedelta(seconds=15)
"""An owner silent for so long is taken for dead; renewed three times as often."""

CLAIM = text(
    """
    INSERT INTO stream_owners (stream, tenant, epoch, worker, claimed_at, expires_at)
    VALUES (:stream, :tenant, 1, :worker, :now, :expires)
    ON CONFLICT (stream) DO UPDATE SET
        epoch = stream_owners.epoch + 1, worker = excluded.worker,
        claimed_at = excluded.claimed_at, expires_at = excluded.expires_at
    RETURNING epoch
    """
)

RENEW = text(
    """
    UPDATE stream_owners SET expires_at = :expires WHERE stream = ANY(:streams) AND worker = :worker
    RETURNING stream
    """
)

STANDS = text(
    """
    SELECT (SELECT epoch FROM stream_owners WHERE stream = :stream) AS epoch,
           (SELECT max(seq) FROM events WHERE stream = :stream) AS seq
    """
)


async def claim_on(connection: AsyncConnection, tenant: str, stream: str, worker: str, now: datetime) -> int:
    """Make ``worker`` the owner; returns its epoch."""
    terms = {"stream": stream, "tenant": tenant, "worker": worker, "now": now, "expires": now + LEASE}
    return int((await connection.execute(CLAIM, terms)).scalar_one())


async def renew_on(connection: AsyncConnection, streams: Iterable[str], worker: str, now: datetime) -> set[str]:
    """Say that ``worker`` lives; returns those of ``streams`` which are still its own."""
    terms = {"expires": now + LEASE, "streams": list(streams), "worker": worker}
    return set((await connection.execute(RENEW, terms)).scalars())


async def stands_on(connection: AsyncConnection, stream: str) -> tuple[int | None, int]:
    """(epoch that holds, number of the last event stored)."""
    row = (await connection.execute(STANDS, {"stream": stream})).one()
    return row.epoch, row.seq or 0
