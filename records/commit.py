"""One transaction for many streams: what follows is stored, what is stale is refused for its stream alone."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import psycopg
import sqlalchemy.exc
from sqlalchemy import Row, bindparam, select, text, tuple_
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from calls.chain import GENESIS, Envelope
from calls.errors import RecordError, StaleEpoch
from records.appending import Appender, append_on
from records.call_index import PROJECTED, project
from records.store import insert_events
from records.tables import events

Key = tuple[str, int]
"""(stream, epoch): one ownership."""

# The share lock keeps a claim waiting until this transaction is over, and this transaction until a claim is.
HEADS = text(
    """
    SELECT o.stream, o.epoch, coalesce(head.seq, 0) AS seq, coalesce(head.leaf, :genesis) AS leaf
    FROM stream_owners o
    LEFT JOIN LATERAL (
        SELECT e.seq, e.leaf FROM events e WHERE e.stream = o.stream ORDER BY e.seq DESC LIMIT 1
    ) head ON true
    WHERE o.stream IN :streams
    ORDER BY o.stream
    FOR SHARE OF o
    """
).bindparams(bindparam("streams", expanding=True), genesis=GENESIS)


@dataclass(slots=True)
class Committed:
    """What became of a group."""

    refused: dict[Key, RecordError] = field(default_factory=dict)
    """ownerships whose events were not taken, with the reason"""
    lost: list[Envelope] = field(default_factory=list)
    """the events not taken"""


def is_away(fault: BaseException) -> bool:
    """True when ``fault`` says nothing about the events: wait, and try again.

    Only what is held against the rows themselves is final: SQLSTATE classes 22 (data), 23 (integrity) and SB (our
    triggers), and what the driver cannot even send.
    """
    if isinstance(fault, sqlalchemy.exc.DBAPIError) and fault.connection_invalidated:
        return True
    if (error := _driver_error(fault)) is not None:
        state = error.sqlstate or ("22" if isinstance(error, psycopg.DataError) else "")
        return state[:2] not in ("22", "23", "SB")
    return isinstance(fault, sqlalchemy.exc.DBAPIError | sqlalchemy.exc.TimeoutError | OSError | TimeoutError)


def _driver_error(fault: BaseException) -> psycopg.Error | None:
    error = fault.orig if isinstance(fault, sqlalchemy.exc.DBAPIError) else fault
    return error if isinstance(error, psycopg.Error) else None


async def commit(engine: AsyncEngine, appender: Appender, group: Sequence[Envelope]) -> Committed:
    """Store ``group``. What is stored already is passed over, so a group may be tried again.

    Raises whatever ``is_away`` is true of; nothing is known to be stored then.
    """
    try:
        if await _appended(engine, appender, group):
            return Committed()
        async with engine.begin() as connection:
            return await _store(connection, group)
    except (sqlalchemy.exc.DBAPIError, psycopg.Error) as fault:
        if is_away(fault):
            raise
        return await _one_by_one(engine, appender, group, fault)


async def _appended(engine: AsyncEngine, appender: Appender, group: Sequence[Envelope]) -> bool:
    """True when all of ``group`` was stored by one statement, which is the rule: the triggers make sure that every
    event follows and is of the epoch that holds. False: nothing was stored, and it takes a closer look."""
    try:
        if any(envelope.name in PROJECTED for envelope in group):
            async with engine.begin() as connection:
                await append_on(connection, group)
                await project(connection, group)
        else:
            await appender.append(group)
    except (sqlalchemy.exc.DBAPIError, psycopg.Error) as fault:
        if is_away(fault):
            raise
        return False
    return True


async def _one_by_one(
    engine: AsyncEngine, appender: Appender, group: Sequence[Envelope], fault: Exception
) -> Committed:
    """One stream's events were refused by the database: the others must not suffer for it."""
    streams = list(dict.fromkeys(envelope.stream for envelope in group))
    outcome = Committed()
    for stream in streams:
        mine = [envelope for envelope in group if envelope.stream == stream]
        if len(streams) == 1:
            state = getattr(_driver_error(fault), "sqlstate", None) or type(fault).__name__
            why = RecordError(f"{stream}: the database refused events {mine[0].seq} to {mine[-1].seq} ({state})")
            outcome.refused.update({(stream, envelope.epoch): why for envelope in mine})
            outcome.lost.extend(mine)
            continue
        part = await commit(engine, appender, mine)
        outcome.refused.update(part.refused)
        outcome.lost.extend(part.lost)
    return outcome


async def _store(connection: AsyncConnection, group: Sequence[Envelope]) -> Committed:
    streams = sorted({envelope.stream for envelope in group})
    heads = {row.stream: row for row in await connection.execute(HEADS, {"streams": streams})}
    outcome = Committed()
    fresh: list[Envelope] = []
    stale: list[Envelope] = []
    follows: dict[str, tuple[int, str]] = {name: (row.seq + 1, row.leaf) for name, row in heads.items()}
    for envelope in group:
        head = heads.get(envelope.stream)
        if head is None or head.epoch != envelope.epoch:
            stale.append(envelope)
            continue
        seq, prev = follows[envelope.stream]
        if envelope.seq < seq:
            continue
        if (envelope.seq, envelope.prev) != (seq, prev):
            key = (envelope.stream, envelope.epoch)
            outcome.refused[key] = RecordError(
                f"{envelope.stream}: event {envelope.seq} does not follow event {seq - 1}"
            )
            outcome.lost.append(envelope)
            continue
        follows[envelope.stream] = (seq + 1, envelope.leaf)
        fresh.append(envelope)
    await insert_events(connection, fresh)
    await project(connection, fresh)
    await _refuse_stale(connection, stale, heads, outcome)
    return outcome


async def _refuse_stale(
    connection: AsyncConnection,
    stale: Sequence[Envelope],
    heads: Mapping[str, Row[Any]],
    outcome: Committed,
) -> None:
    """Refuse them, except those which were stored while their epoch still held and whose answer was lost."""
    if not stale:
        return
    places = [(envelope.stream, envelope.seq) for envelope in stale]
    wanted = select(events.c.stream, events.c.seq, events.c.leaf).where(
        tuple_(events.c.stream, events.c.seq).in_(places)
    )
    kept = {tuple(row) for row in await connection.execute(wanted)}
    for envelope in stale:
        if (envelope.stream, envelope.seq, envelope.leaf) in kept:
            continue
        head = heads.get(envelope.stream)
        now = f"at epoch {head.epoch}" if head is not None else "claimed by nobody"
        outcome.refused[(envelope.stream, envelope.epoch)] = StaleEpoch(
            f"{envelope.stream} is {now}; event {envelope.seq} of epoch {envelope.epoch} was refused"
        )
        outcome.lost.append(envelope)
