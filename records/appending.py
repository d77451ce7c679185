"""Appends a group of events by one statement, on a connection kept for it.

This is the hottest statement there is: some seventy times a second under load. So it goes past SQLAlchemy, which would
take a connection from the pool, ask it whether it lives, and give it back reset for every group; and the arrays are
written here, because of ours it is known what has to be quoted.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import Any, Final

import psycopg
import sqlalchemy.exc
from psycopg import AsyncConnection as Driver
from psycopg import AsyncRawCursor
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from calls.chain import Envelope
from records.store import FIELDS

_TYPES: Final = {"seq": "int8", "epoch": "int8", "at_ms": "float8", "schema_version": "int4", "body": "bytea"}

# The same words however many events there are, so that the server plans them once.
APPEND: Final = (
    f"INSERT INTO events ({', '.join(FIELDS)}) SELECT * FROM unnest("
    + ", ".join(f"${place}::{_TYPES.get(name, 'text')}[]" for place, name in enumerate(FIELDS, 1))
    + ")"
)


def _quoted(value: str) -> str:
    return '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _hex(value: bytes) -> str:
    return f'"\\\\x{value.hex()}"'


_WRITES: Final[dict[str, Callable[[Any], str]]] = {
    name: _hex if kind == "bytea" else str for name, kind in _TYPES.items()
}
"""How one element of an array is written; what is not here is text."""


def arrays_of(envelopes: Sequence[Envelope]) -> list[str]:
    """A Postgres array for each field, in the order in which streams are locked by everybody."""
    rows = sorted(envelopes, key=lambda envelope: (envelope.stream, envelope.seq))
    return [
        "{" + ",".join([write(getattr(row, name)) for row in rows]) + "}"
        for name, write in ((name, _WRITES.get(name, _quoted)) for name in FIELDS)
    ]


async def append_on(connection: AsyncConnection, envelopes: Sequence[Envelope]) -> None:
    """Append in the transaction of ``connection``: all of them are stored, or none. Raises psycopg.Error."""
    await _append(await _driver_of(connection), envelopes)


class Appender:
    """Grammar: append() as often as wanted, one at a time; close() before the engine is disposed of."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine
        self._kept: AsyncConnection | None = None
        self._driver: Driver[Any] | None = None

    async def append(self, envelopes: Sequence[Envelope]) -> None:
        """A transaction of its own: all of them are stored, or none; on a fault of the line either may be so.

        Raises psycopg.Error for what the database refuses, and whatever ``records.commit.is_away`` is true of.
        """
        known = self._driver
        try:
            await _append(known or await self._connect(), envelopes)
        except BaseException as fault:
            if isinstance(fault, psycopg.Error) and fault.sqlstate and not (self._driver and self._driver.closed):
                raise
            # Whatever the line carries now, nobody waits for it.
            await self.close()
            if known is None or not isinstance(fault, psycopg.OperationalError):
                raise
            # A connection that was cut while it was idle says nothing about the database.
            await _append(await self._connect(), envelopes)

    async def close(self) -> None:
        """Drop the connection; the next group opens another."""
        kept, self._kept, self._driver = self._kept, None, None
        if kept is not None:
            with suppress(sqlalchemy.exc.SQLAlchemyError, psycopg.Error, OSError):
                # Not back to the pool: it commits by itself, as no other there does.
                await kept.invalidate()
            await kept.close()

    async def _connect(self) -> Driver[Any]:
        self._kept = await self._engine.connect()
        driver = await _driver_of(self._kept)
        await driver.set_autocommit(True)
        self._driver = driver
        return driver


async def _driver_of(connection: AsyncConnection) -> Driver[Any]:
    driver = (await connection.get_raw_connection()).driver_connection
    assert isinstance(driver, Driver), "psycopg is the one driver there is"
    return driver


async def _append(driver: Driver[Any], envelopes: Sequence[Envelope]) -> None:
    await AsyncRawCursor(driver).execute(APPEND, arrays_of(envelopes))
