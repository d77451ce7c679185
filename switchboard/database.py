"""The one database engine: the configured Postgres, or our own under ``var/``, migrated."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable
from dataclasses import replace

from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from switchboard.settings import Settings

Progress = Callable[[str], None]


def _silent(_: str) -> None:
    pass


@contextlib.asynccontextmanager
async def open_stores(settings: Settings, progress: Progress = _silent) -> AsyncIterator[Settings]:
    """``settings`` with both store addresses filled in, their servers running until the block is left."""
    from switchboard.embedded import start_embedded

    needs_postgres, needs_valkey = not settings.database_url, not settings.redis_url
    if not needs_postgres and not needs_valkey:
        yield settings
        return
    services = await start_embedded(
        settings.var, postgres=needs_postgres, valkey=needs_valkey, progress=progress
    )
    async with services:
        yield replace(
            settings,
            database_url=services.database_url or settings.database_url,
            redis_url=services.redis_url or settings.redis_url,
        )


@contextlib.asynccontextmanager
async def open_engine(url: str) -> AsyncIterator[AsyncEngine]:
    """An engine on a migrated database."""
    from migrations.run import upgrade
    from records.store import serve_as_app_role

    await asyncio.to_thread(upgrade, url)
    engine = create_async_engine(url, pool_size=10, max_overflow=10, pool_pre_ping=True)
    serve_as_app_role(engine)
    try:
        yield engine
    finally:
        await engine.dispose()


@contextlib.asynccontextmanager
async def open_database(settings: Settings, progress: Progress = _silent) -> AsyncIterator[AsyncEngine]:
    """Only the database, for a command that needs nothing else."""
    without_valkey = replace(settings, redis_url=settings.redis_url or "-")
    async with open_stores(without_valkey, progress) as stores, open_engine(stores.database_url) as engine:
        yield engine
