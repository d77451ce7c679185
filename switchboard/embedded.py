"""Real servers without a server: Postgres 18 and Valkey 9 under `var/` when no address is configured.

    async with await start_embedded(Path("var")) as services:
        engine = create_async_engine(services.database_url)

Several processes may share one `var/`: the first starts the servers, the others attach, the last to leave
stops them. An owner that is killed leaves them running, and the next one attaches (see embedded_server.py).
"""

from __future__ import annotations

import asyncio
import threading
from pathlib import Path
from types import TracebackType
from typing import Self

from switchboard.embedded_postgres import EmbeddedPostgres
from switchboard.embedded_server import EmbeddedServer, EmbeddedServerError, Progress
from switchboard.embedded_valkey import EmbeddedValkey

__all__ = ["EmbeddedServerError", "EmbeddedServices", "start_embedded"]


def _silent(_text: str) -> None:
    pass


class EmbeddedServices:
    """The servers this process holds on to. Leave with `aclose()`; it may be called twice."""

    def __init__(self, postgres: EmbeddedPostgres | None, valkey: EmbeddedValkey | None) -> None:
        self._postgres = postgres
        self._valkey = valkey
        self.database_url: str | None = postgres.url if postgres else None
        """`postgresql+psycopg://...`, or None if no Postgres was asked for."""
        self.redis_url: str | None = valkey.url if valkey else None
        """`unix:///...?db=0` for redis-py, or None if no Valkey was asked for."""

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, fault: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.aclose()

    async def aclose(self) -> None:
        """Let go of the servers; each stops unless another process still has it. Close connections first."""
        async with asyncio.TaskGroup() as group:
            for server in (self._postgres, self._valkey):
                if server is not None:
                    group.create_task(asyncio.to_thread(server.close))


async def start_embedded(
    var: Path, *, postgres: bool = True, valkey: bool = True, progress: Progress = _silent
) -> EmbeddedServices:
    """Start or attach to the servers under `var`, each of which has answered a query on return.

    Raises EmbeddedServerError, whose text names the remedy. `progress` gets short lines for a person, from
    worker threads.
    """
    database = EmbeddedPostgres(var / "postgres", progress) if postgres else None
    cache = EmbeddedValkey(var / "valkey", progress) if valkey else None
    opening = [_Opening(server) for server in (database, cache) if server is not None]
    try:
        await asyncio.gather(*(asyncio.to_thread(one.run) for one in opening))
    except BaseException:
        # A thread cannot be cancelled: what it opens from now on, it closes itself.
        await asyncio.gather(*(asyncio.to_thread(one.abandon) for one in opening))
        raise
    return EmbeddedServices(database, cache)


class _Opening:
    """One server being opened in a thread, by somebody who may lose interest."""

    def __init__(self, server: EmbeddedServer) -> None:
        self._server = server
        self._busy = threading.Lock()
        self._abandoned = False

    def run(self) -> None:
        with self._busy:
            if not self._abandoned:
                self._server.open()

    def abandon(self) -> None:
        self._abandoned = True
        with self._busy:
            self._server.close()
