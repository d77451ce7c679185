"""Which media sockets were opened, in all processes: implements the port ``Sockets`` on Postgres."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from calls.clock import Clock

KEPT = timedelta(days=1)
"""A token lives a minute: what is older refuses nothing any more."""

OPEN = text(
    """
    INSERT INTO call_sockets (call, generation, opened_at) VALUES (:call, :generation, :now)
    ON CONFLICT (call) DO UPDATE SET generation = excluded.generation, opened_at = excluded.opened_at
        WHERE call_sockets.generation < excluded.generation
    RETURNING generation
    """
)
CLOSED = 2**62
"""A generation which none is newer than."""
READ = text("SELECT generation FROM call_sockets WHERE call = :call")
FORGET = text("DELETE FROM call_sockets WHERE opened_at < :before")


class OpenedSockets:
    """One row per call: the newest token that was shown."""

    def __init__(self, database: AsyncEngine, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    async def newest(self, call: str, generation: int) -> bool:
        """True once for each generation, and only while no newer one has opened a socket for ``call``."""
        terms = {"call": call, "generation": generation, "now": self._clock.wall()}
        async with self._database.begin() as connection:
            return (await connection.execute(OPEN, terms)).first() is not None

    async def close(self, call: str) -> None:
        """The call is over: no generation opens a socket for it any more."""
        await self.newest(call, CLOSED)

    async def is_closed(self, call: str) -> bool:
        """Whether some process was told that the call is over."""
        async with self._database.connect() as connection:
            return (await connection.execute(READ, {"call": call})).scalar() == CLOSED

    async def forget_old(self) -> int:
        """Drop what refuses nothing any more; how many rows that were."""
        async with self._database.begin() as connection:
            return (await connection.execute(FORGET, {"before": self._clock.wall() - KEPT})).rowcount
