"""Lines switched off by hand: a row in Postgres, asked for at every call, so it counts at once and survives a restart."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncEngine

from records.tables import line_pauses


@dataclass(frozen=True, slots=True)
class LinePause:
    """What callers of a paused line meet: a number to go to, or a message."""

    line: str
    dial: str
    message: str
    since: datetime


class LinePauses:
    """Reads and writes pauses. While Postgres is away, the last answer for a line holds."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine
        self._known: dict[str, LinePause | None] = {}

    async def of(self, line: str) -> LinePause | None:
        """The pause in force on ``line``."""
        try:
            self._known[line] = await self._read(line)
        except (DBAPIError, OSError):
            # A caller is waiting: an unreachable database must not decide that the line rings to nowhere.
            pass
        return self._known.get(line)

    async def _read(self, line: str) -> LinePause | None:
        async with self._engine.connect() as connection:
            row = (await connection.execute(select(line_pauses).where(line_pauses.c.line == line))).first()
        if row is None:
            return None
        dial = row.value if row.kind == "to" else ""
        return LinePause(line, dial, "" if dial else row.value, row.since)

    async def all(self) -> list[LinePause]:
        """Every pause in force."""
        async with self._engine.connect() as connection:
            names = (await connection.execute(select(line_pauses.c.line))).scalars().all()
        return [pause for name in names if (pause := await self._read(name)) is not None]

    async def pause(self, line: str, *, to: str, message: str, now: datetime) -> None:
        """Switch a line off: to a number, or with a message. Counts for the next call."""
        row = {"line": line, "kind": "to" if to else "message", "value": to or message, "since": now}
        async with self._engine.begin() as connection:
            await connection.execute(
                insert(line_pauses).values(row).on_conflict_do_update(index_elements=["line"], set_=row)
            )

    async def lift(self, line: str) -> bool:
        """Switch a line on again; False when it was on."""
        async with self._engine.begin() as connection:
            result = await connection.execute(delete(line_pauses).where(line_pauses.c.line == line))
        return bool(result.rowcount)
