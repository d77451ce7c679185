"""The migrated database, the declared tables, and what the database itself refuses."""

from __future__ import annotations

import pytest
import sqlalchemy.exc
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import Engine, create_engine, text
from sqlalchemy.pool import NullPool

from calls.chain import GENESIS
from migrations.run import head, upgrade
from migrations.schema import metadatas

INSERT = """
    INSERT INTO events VALUES ('main', 'call:a', :seq, :epoch, 0, 'carrier.replaced', 1, '{}', 'plain', '',
                               :prev, :leaf)
"""
A, B = "a" * 64, "b" * 64


@pytest.fixture
def owner(fresh_database: str) -> Engine:
    """A connection source for the owner's role, with call:a at epoch 2 and one event."""
    engine = create_engine(fresh_database, poolclass=NullPool)
    with engine.begin() as connection:
        connection.execute(
            text("INSERT INTO stream_owners VALUES ('call:a', 'main', 2, 'w', '2026-01-01Z', '2026-01-01Z')")
        )
        connection.execute(text(INSERT), {"seq": 1, "epoch": 2, "prev": GENESIS, "leaf": A})
    return engine


def refused(engine: Engine, statement: str, **terms: object) -> str:
    """The SQLSTATE with which the database refuses ``statement``."""
    with pytest.raises(sqlalchemy.exc.DBAPIError) as caught, engine.begin() as connection:
        connection.execute(text(statement), terms)
    return str(getattr(caught.value.orig, "sqlstate", ""))


def test_tables_and_migrations_agree(fresh_database: str) -> None:
    engine = create_engine(fresh_database, poolclass=NullPool)
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_server_default": True})
        for metadata in metadatas():
            names = set(metadata.tables)
            context.opts["include_object"] = lambda thing, name, kind, reflected, _, names=names: (
                kind != "table" or name in names
            )
            assert compare_metadata(context, metadata) == []


def test_every_migrated_table_is_declared(fresh_database: str) -> None:
    declared = {name for metadata in metadatas() for name in metadata.tables}
    with create_engine(fresh_database, poolclass=NullPool).connect() as connection:
        found = set(connection.execute(text("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")).scalars())
    assert found == declared | {"alembic_version"}


def test_migrating_twice_changes_nothing(empty_database: str) -> None:
    upgrade(empty_database)
    upgrade(empty_database)
    with create_engine(empty_database, poolclass=NullPool).connect() as connection:
        assert connection.execute(text("SELECT version_num FROM alembic_version")).scalar() == head()


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE events SET name = 'x'",
        "UPDATE events SET name = 'x' WHERE false",
        "DELETE FROM events",
        "TRUNCATE events",
    ],
)
def test_stored_events_cannot_be_changed_even_by_their_owner(owner: Engine, statement: str) -> None:
    assert refused(owner, statement) == "SB003"


@pytest.mark.parametrize(
    ("seq", "epoch", "prev", "state"),
    [
        (2, 1, A, "SB001"),
        (2, 3, A, "SB001"),
        (3, 2, A, "SB002"),
        (2, 2, B, "SB002"),
        (1, 2, GENESIS, "23505"),
    ],
    ids=["stale epoch", "epoch nobody claimed", "gap", "wrong predecessor", "number taken"],
)
def test_events_which_do_not_follow_are_refused(
    owner: Engine, seq: int, epoch: int, prev: str, state: str
) -> None:
    assert refused(owner, INSERT, seq=seq, epoch=epoch, prev=prev, leaf=B) == state


def test_the_serving_role_may_append_and_nothing_else(owner: Engine) -> None:
    with owner.begin() as connection:
        connection.execute(text("SET ROLE switchboard_app"))
        connection.execute(text(INSERT), {"seq": 2, "epoch": 2, "prev": A, "leaf": B})
    for statement in (
        "UPDATE events SET name = 'x'",
        "DELETE FROM events",
        "TRUNCATE events",
        "DROP TABLE events",
        "ALTER TABLE events DISABLE TRIGGER ALL",
        "DELETE FROM stream_owners",
        "UPDATE receipts SET digest = ''",
    ):
        assert refused(owner, f"SET ROLE switchboard_app; {statement}") == "42501"
