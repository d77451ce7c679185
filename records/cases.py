"""Case streams: what happened to a call from outside, or after its end. Appended under a row lock, chained like all."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from calls.chain import GENESIS, Envelope, sealed
from calls.events import EventBody
from records.store import insert_events, load_on

LOCK = text(
    """
    INSERT INTO stream_owners (stream, tenant, epoch, worker, claimed_at, expires_at)
    VALUES (:stream, :tenant, 1, 'case', :now, :now)
    ON CONFLICT (stream) DO UPDATE SET epoch = stream_owners.epoch + 1, claimed_at = excluded.claimed_at
    RETURNING epoch
    """
)
"""The row stays locked until the transaction ends: whoever else wants to append waits, and then follows."""


def case_of(call: str) -> str:
    """The case stream of the call with the carrier's id ``call``."""
    return f"case:{call}"


async def load_case(engine: AsyncEngine, call: str) -> list[Envelope]:
    """Everything on a call's case stream, in order."""
    async with engine.connect() as connection:
        return await load_on(connection, case_of(call))


async def append_to_case(
    connection: AsyncConnection, tenant: str, call: str, bodies: Sequence[EventBody], at_ms: float, now: datetime
) -> None:
    """Put facts on a call's case stream, in the transaction of ``connection``. ``at_ms``: since the call's answer."""
    stream = case_of(call)
    epoch = int((await connection.execute(LOCK, {"stream": stream, "tenant": tenant, "now": now})).scalar_one())
    past = await load_on(connection, stream)
    seq, prev = (past[-1].seq, past[-1].leaf) if past else (0, GENESIS)
    envelopes = []
    for body in bodies:
        seq += 1
        envelope = sealed(tenant, stream, seq, epoch, at_ms, body, prev)
        prev = envelope.leaf
        envelopes.append(envelope)
    await insert_events(connection, envelopes)
