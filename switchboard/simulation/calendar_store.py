"""The real Postgres of a simulation: a database of its own, one business a seed, put in by COPY and read back."""

from __future__ import annotations

import contextlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

import psycopg
from psycopg import sql
from psycopg.rows import dict_row

from switchboard.simulation.world import World, rows_of
from workflows.backends.tables import metadata

Found = Mapping[str, Sequence[Mapping[str, object]]]
"""table -> rows"""

LEFT_BEHIND = ("bookings", "tickets", "callbacks", "messages", "payment_promises")
"""Tables a call may write to; what the oracle is shown."""


def address(url: str, database: str = "") -> str:
    """A SQLAlchemy address for psycopg, perhaps of another database on the same server."""
    plain = url.replace("postgresql+psycopg://", "postgresql://")
    if not database:
        return plain
    head, _, query = plain.partition("?")
    return f"{head.rsplit('/', 1)[0]}/{database}" + (f"?{query}" if query else "")


@contextlib.contextmanager
def own_databases(url: str, names: Sequence[str]) -> Iterator[list[str]]:
    """Migrated, empty databases on the server of ``url``, as SQLAlchemy addresses; dropped afterwards.

    The login needs CREATEDB, and the right to make extensions.
    """
    from migrations.run import upgrade

    # Named after the run's own: two simulations on one server do not meet.
    template = f"{names[0]}_template"
    with psycopg.connect(address(url), autocommit=True) as server:
        _drop(server, [template, *names])
        server.execute(sql.SQL("create database {}").format(sql.Identifier(template)))
        try:
            upgrade(_sqlalchemy(url, template))
            for name in names:
                server.execute(
                    sql.SQL("create database {} template {} strategy file_copy").format(
                        sql.Identifier(name), sql.Identifier(template)
                    )
                )
                # A simulated call that is lost with the server is simply played again.
                server.execute(sql.SQL("alter database {} set synchronous_commit = off").format(sql.Identifier(name)))
            yield [_sqlalchemy(url, name) for name in names]
        finally:
            _drop(server, [template, *names])


def _sqlalchemy(url: str, database: str) -> str:
    return address(url, database).replace("postgresql://", "postgresql+psycopg://")


def _drop(server: psycopg.Connection[Any], names: Iterable[str]) -> None:
    for name in names:
        server.execute(sql.SQL("drop database if exists {} with (force)").format(sql.Identifier(name)))


class CalendarStore:
    """One database, looked at from outside the agent."""

    def __init__(self, url: str) -> None:
        self._connection = psycopg.connect(address(url), row_factory=dict_row)
        self._owned = [table.name for table in reversed(metadata.sorted_tables) if "business" in table.columns]

    def close(self) -> None:
        """Let the connection go."""
        self._connection.close()

    def put(self, worlds: Iterable[World]) -> None:
        """Put businesses in, with everything they have on file."""
        tables: dict[str, list[Mapping[str, object]]] = {}
        for world in worlds:
            for table, rows in rows_of(world).items():
                tables.setdefault(table, []).extend(rows)
        with self._connection.cursor() as cursor:
            for table, rows in tables.items():
                if rows:
                    self._copy(cursor, table, rows)
        self._connection.commit()

    def _copy(self, cursor: psycopg.Cursor[Any], table: str, rows: Sequence[Mapping[str, object]]) -> None:
        names = list(rows[0])
        statement = sql.SQL("copy {} ({}) from stdin").format(
            sql.Identifier(table), sql.SQL(", ").join(map(sql.Identifier, names))
        )
        with cursor.copy(statement) as copy:
            for row in rows:
                copy.write_row([row[name] for name in names])

    def left_in(self, world: World) -> Found:
        """What differs from how ``world`` began: new rows by table; under ``changed`` bookings that were there."""
        found: dict[str, list[Mapping[str, object]]] = {"changed": []}
        for table in LEFT_BEHIND:
            query = sql.SQL("select * from {} where business = %s").format(sql.Identifier(table))
            found[table] = list(self._connection.execute(query, [world.business]).fetchall())
        self._connection.commit()
        before = {str(row["code"]): row for row in rows_of(world)["bookings"]}
        made = []
        for row in found["bookings"]:
            was = before.pop(str(row["code"]), None)
            if was is None and row["status"] == "booked":
                made.append(row)
            elif was is not None and any(row[name] != value for name, value in was.items() if name in COMPARED):
                found["changed"].append(row)
        found["changed"] += [{**row, "status": "gone"} for row in before.values()]
        return {**found, "bookings": made}

    def forget(self, world: World) -> None:
        """Take a business out with everything a call has left there: no call depends on those before it."""
        with self._connection.pipeline():
            for table in self._owned:
                query = sql.SQL("delete from {} where business = %s").format(sql.Identifier(table))
                self._connection.execute(query, [world.business])
        self._connection.commit()


COMPARED = ("service", "resource", "starts_at", "ends_at", "name", "phone", "status")
"""What makes a booking another one than it was."""
