"""Envelopes to rows and back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import fields
from typing import Any

from sqlalchemy import RowMapping, select, text
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from calls.chain import Envelope
from records.tables import APP_ROLE, events

FIELDS = tuple(field.name for field in fields(Envelope))


def row_of(envelope: Envelope) -> dict[str, str | int | float | bytes]:
    """``envelope`` as parameters of an insert."""
    return {name: getattr(envelope, name) for name in FIELDS}


def envelope_of(row: Mapping[str, Any] | RowMapping) -> Envelope:
    """A stored row as an envelope."""
    values = {name: row[name] for name in FIELDS}
    values["body"] = bytes(values["body"])
    return Envelope(**values)


async def load_on(connection: AsyncConnection, stream: str, after: int = 0) -> list[Envelope]:
    """The events of ``stream`` numbered above ``after``, in order."""
    wanted = select(events).where(events.c.stream == stream, events.c.seq > after).order_by(events.c.seq)
    return [envelope_of(row) for row in (await connection.execute(wanted)).mappings()]


async def load_stream(engine: AsyncEngine, stream: str, after: int = 0) -> list[Envelope]:
    """The same, on a connection of its own."""
    async with engine.connect() as connection:
        return await load_on(connection, stream, after)


async def insert_events(connection: AsyncConnection, envelopes: Sequence[Envelope]) -> None:
    """Append rows; the database's own guard refuses what does not follow."""
    if envelopes:
        await connection.execute(events.insert(), [row_of(envelope) for envelope in envelopes])


def serve_as_app_role(engine: AsyncEngine) -> None:
    """Let every connection of ``engine`` drop to the role that may append to the log but not change it.

    Does nothing where the role is missing or this login is no member of it (see migration 0001).
    Call it right after building the engine.
    """
    from sqlalchemy import event

    def on_connect(connection: Any, _record: object) -> None:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT coalesce((SELECT pg_has_role(current_user, oid, 'SET') FROM pg_roles"
                f" WHERE rolname = '{APP_ROLE}'), false)"
            )
            if cursor.fetchone()[0]:
                cursor.execute(f"SET ROLE {APP_ROLE}")
        connection.commit()

    event.listen(engine.sync_engine, "connect", on_connect)


async def answers(engine: AsyncEngine) -> bool:
    """True when the database answers a query."""
    async with engine.connect() as connection:
        return bool((await connection.execute(text("SELECT true"))).scalar())
