"""Many calls, read in one pass: one statement, streamed, a call at a time in memory."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

from sqlalchemy import Row, and_, func, select
from sqlalchemy.ext.asyncio import AsyncEngine

from calls.chain import Envelope
from calls.errors import UnknownEvent
from calls.events import CallEvent
from records.store import FIELDS
from records.tables import calls, events

BATCH = 2_000
"""rows fetched at once"""


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which calls, and which of their events."""

    since: datetime
    """aware, inclusive: when they were answered"""
    names: tuple[str, ...]
    """of events"""
    line: str = ""
    most: int = 50_000
    """the newest so many"""


@dataclass(slots=True)
class StoredCall:
    """A call, and what was wanted of its events, in order."""

    call: str
    line: str
    started_at: datetime
    live: bool
    disposition: str
    events: list[CallEvent] = field(default_factory=list)
    unread: int = 0
    """events which this release cannot read"""


async def read_calls(engine: AsyncEngine, wanted: Wanted) -> AsyncIterator[StoredCall]:
    """The calls, oldest first."""
    chosen = (
        select(calls.c.call, calls.c.line, calls.c.started_at, calls.c.ended_at, calls.c.disposition)
        .where(calls.c.started_at >= wanted.since)
        .order_by(calls.c.started_at.desc(), calls.c.call.desc())
        .limit(max(1, wanted.most))
    )
    if wanted.line:
        chosen = chosen.where(calls.c.line == wanted.line)
    call = chosen.cte("chosen")
    theirs = and_(events.c.stream == func.concat("call:", call.c.call), events.c.name.in_(wanted.names))
    statement = (
        select(*call.c, *(events.c[name] for name in FIELDS))
        .select_from(call.outerjoin(events, theirs))
        .order_by(call.c.started_at, call.c.call, events.c.seq)
    )
    current: StoredCall | None = None
    async with engine.connect() as connection:
        rows = await connection.stream(statement, execution_options={"yield_per": BATCH})
        async for batch in rows.partitions():
            for row in batch:
                if current is None or current.call != row[0]:
                    if current is not None:
                        yield current
                    current = StoredCall(row[0], row[1], row[2].astimezone(UTC), row[3] is None, row[4])
                _add(current, row)
    if current is not None:
        yield current


def _add(call: StoredCall, row: Row[tuple[object, ...]]) -> None:
    told: Sequence[object] = row[5:]
    if told[FIELDS.index("name")] is None:
        return  # a call of which nothing that is wanted is on record
    values = dict(zip(FIELDS, told, strict=True))
    values["body"] = bytes(values["body"])  # type: ignore[call-overload]  # a bytea column
    try:
        call.events.append(Envelope(**values).event())  # type: ignore[arg-type]  # the columns of an envelope
    except (UnknownEvent, ValueError):
        call.unread += 1


async def count_calls(engine: AsyncEngine, wanted: Wanted) -> int:
    """How many there are, whatever ``most`` says."""
    statement = select(func.count()).select_from(calls).where(calls.c.started_at >= wanted.since)
    if wanted.line:
        statement = statement.where(calls.c.line == wanted.line)
    async with engine.connect() as connection:
        return int((await connection.execute(statement)).scalar_one())


def names_of(bodies: Iterable[type]) -> tuple[str, ...]:
    """The names of event bodies."""
    return tuple(str(body.name) for body in bodies)  # type: ignore[attr-defined]  # every body has one
