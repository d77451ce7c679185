"""Fixtures for every test: real stores, started when the first test asks, stopped at the end of the run."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings

from tests.counts import full_counts
from tests.folders import short_folder
from tests.parts import keep_part, other_part, scheduler, write_counts

# As the command and its workers set it. A matrix of ours is so small that more threads take ten times as long.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

# The same examples at every run, however slow the machine; `make prove` looks for new ones.
settings.register_profile("switchboard", deadline=None, derandomize=not full_counts(), database=None)
settings.load_profile("switchboard")

SYSTEM_PROGRAMS = {"chromium": ("chromium", "chromium-browser", "google-chrome"), "system": ("sox", "flite")}
INSTALL_LINE = "sudo infra/install-system-packages.sh"
REQUIRED = os.environ.get("SWITCHBOARD_REQUIRE_SYSTEM") == "1"


def missing_for(group: str) -> list[str]:
    """The programs a marked group needs and this machine lacks; for a browser, any one will do."""
    programs = SYSTEM_PROGRAMS[group]
    absent = [name for name in programs if shutil.which(name) is None]
    if group == "chromium":
        return ["chromium"] if len(absent) == len(programs) else []
    return absent


def left_out_for(group: str) -> str:
    """Why a marked test is left out; "" when it can be run."""
    absent = missing_for(group)
    return f"needs {', '.join(absent)}: {INSTALL_LINE}" if absent else ""


def pytest_configure(config: pytest.Config) -> None:
    """Refuse a machine which cannot run all, if it was promised that it can."""
    absent = [name for group in SYSTEM_PROGRAMS for name in missing_for(group)]
    if REQUIRED and absent:
        raise pytest.UsageError(f"SWITCHBOARD_REQUIRE_SYSTEM=1, but there is no {', '.join(absent)} here")


def pytest_ignore_collect(collection_path: Path) -> bool | None:
    """Read only the files of the wanted part."""
    return True if collection_path.name.startswith("test_") and other_part(collection_path) else None


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Keep the wanted part, and leave out what this machine cannot run."""
    keep_part(items)
    for group in SYSTEM_PROGRAMS:
        if reason := left_out_for(group):
            for item in items:
                if item.get_closest_marker(group):
                    item.add_marker(pytest.mark.skip(reason=reason))


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: object) -> Any:
    """Ours where whole files are handed out."""
    return scheduler(config, log) if config.getvalue("dist") == "loadfile" else None


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Name what was left out, and the line which brings it in."""
    write_counts(terminalreporter.stats)
    skipped = [str(report.longrepr) for report in terminalreporter.stats.get("skipped", ())]
    for group in SYSTEM_PROGRAMS:
        reason = left_out_for(group)
        number = sum(reason in why for why in skipped) if reason else 0
        if number:
            terminalreporter.write_line(
                f"left out: {number} tests of the group '{group}' ({reason.replace(':', '; to run them:', 1)})",
                yellow=True,
            )


@pytest.fixture(scope="session")
def servers_folder() -> Iterator[Path]:
    """A short folder for the stores of this run."""
    folder = short_folder()
    yield folder
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def databases(servers_folder: Path) -> Iterator[object]:
    """The run's Postgres as `tests.databases.Databases`; `fresh()` gives a database."""
    from switchboard.embedded_postgres import EmbeddedPostgres
    from tests.databases import Databases

    server = EmbeddedPostgres(servers_folder / "postgres", lambda _text: None)
    server.open()
    yield Databases(server)
    server.close()


@pytest.fixture
def fresh_database(databases: object) -> Iterator[str]:
    """`postgresql+psycopg://...` of a migrated database which no other test sees."""
    from tests.databases import Databases

    assert isinstance(databases, Databases)
    with databases.fresh() as url:
        yield url


@pytest.fixture
def empty_database(databases: object) -> Iterator[str]:
    """`postgresql+psycopg://...` of an empty database: for tests of the migrations themselves."""
    from tests.databases import Databases

    assert isinstance(databases, Databases)
    with databases.fresh(migrated=False) as url:
        yield url


@pytest.fixture(scope="session")
def valkey_server_url(servers_folder: Path) -> Iterator[str]:
    """`unix://...` of the run's Valkey. Tests which need it empty use `valkey_url`."""
    from switchboard.embedded_valkey import EmbeddedValkey

    server = EmbeddedValkey(servers_folder / "valkey", lambda _text: None)
    server.open()
    yield server.url
    server.close()


@pytest.fixture
def valkey_url(valkey_server_url: str) -> str:
    """`unix://...` of a Valkey with nothing in it."""
    import redis

    with redis.Redis.from_url(valkey_server_url) as client:
        client.flushall()
    return valkey_server_url
