"""Bring a database up to date, from code: there is no alembic.ini to find or to forget."""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, create_engine, text
from sqlalchemy.pool import NullPool

LOCK = 7_283_112_004
"""Advisory lock held while migrating, so that two processes starting at once do not both try."""


def _config(connection: Connection | None = None) -> Config:
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    return config


def head() -> str:
    """The newest revision this release knows."""
    return ScriptDirectory.from_config(_config()).get_current_head() or ""


def upgrade(url: str, revision: str = "head") -> None:
    """Migrate the database at ``url`` (``postgresql+psycopg://``) as the role that is to own it.

    Blocks; call it through ``asyncio.to_thread`` from async code. Everything or nothing: one transaction.
    """
    engine = create_engine(url, poolclass=NullPool)
    try:
        with engine.begin() as connection:
            connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": LOCK})
            command.upgrade(_config(connection), revision)
    finally:
        engine.dispose()
