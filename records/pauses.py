"""Lines that answer no calls just now. Read at each call's door, so a pause counts from the next call on."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Literal

from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncEngine

from records.tables import line_pauses

PauseKind = Literal["to", "message"]


@dataclass(frozen=True, slots=True)
class LinePause:
    """What callers of a paused line meet."""

    line: str
    kind: PauseKind
    value: str
    """the number to dial, or the words to say"""
    since: datetime


class LinePauses:
    """The paused lines. They survive a restart."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine

    async def pause(self, line: str, kind: PauseKind, value: str, now: datetime) -> None:
        """Pause ``line``; a second pause replaces the first."""
        row = insert(line_pauses).values(line=line, kind=kind, value=value, since=now)
        changed = {"kind": row.excluded.kind, "value": row.excluded.value, "since": row.excluded.since}
        async with self._engine.begin() as connection:
            await connection.execute(row.on_conflict_do_update(index_elements=["line"], set_=changed))

    async def resume(self, line: str) -> bool:
        """Let ``line`` answer again; False when it was not paused."""
        async with self._engine.begin() as connection:
            return (await connection.execute(delete(line_pauses).where(line_pauses.c.line == line))).rowcount > 0

    async def current(self) -> dict[str, LinePause]:
        """Every paused line."""
        async with self._engine.connect() as connection:
            rows = (await connection.execute(select(line_pauses))).mappings().all()
        return {
            row["line"]: LinePause(row["line"], row["kind"], row["value"], row["since"].astimezone(UTC)) for row in rows
        }
