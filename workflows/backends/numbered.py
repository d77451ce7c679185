"""Rows with a number that can be said on the phone."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import Table, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from calls.errors import ConfigurationError
from workflows.backends.wishes import MAX_CODES, Wish, code_for


async def insert_numbered(connection: AsyncConnection, table: Table, wish: Wish, row: Mapping[str, object]) -> str:
    """Insert a row left by a call; its number. Raises ConfigurationError when no number is free."""
    for attempt in range(MAX_CODES):
        statement = insert(table).values(
            number=code_for(wish.key, attempt),
            business=wish.business,
            call=wish.call,
            key=wish.key,
            created_at=wish.now,
            **row,
        )
        kept = statement.on_conflict_do_nothing(index_elements=["number"]).returning(table.c.number)
        number = (await connection.execute(kept)).scalar_one_or_none()
        if number is not None:
            return str(number)
    raise ConfigurationError(f"no free number was found for {table.name}; archive old rows, or lengthen the codes")


async def kept_before(connection: AsyncConnection, table: Table, wish: Wish) -> bool:
    """Whether this very wish has left its row already: for what leaves no receipt that would tell."""
    found = await connection.execute(select(table.c.number).where(table.c.key == wish.key))
    return found.first() is not None
