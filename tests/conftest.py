"""Fixtures for every test: real stores, started when the first test asks, stopped at the end of the run."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings

from tests.counts import full_counts

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


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out what this machine cannot run, unless it was promised that it can."""
    config.stash[LEFT_OUT] = {}
    for group in SYSTEM_PROGRAMS:
        absent = missing_for(group)
        marked = [item for item in items if item.get_closest_marker(group)]
        if not absent or not marked:
            continue
        if REQUIRED:
            raise pytest.UsageError(f"SWITCHBOARD_REQUIRE_SYSTEM=1, but there is no {', '.join(absent)} here")
        config.stash[LEFT_OUT][group] = len(marked)
        for item in marked:
            item.add_marker(pytest.mark.skip(reason=f"needs {', '.join(absent)}: {INSTALL_LINE}"))


LEFT_OUT = pytest.StashKey[dict[str, int]]()


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    """Name what was left out, and the line which brings it in."""
    for group, number in config.stash.get(LEFT_OUT, {}).items():
        programs = ", ".join(missing_for(group))
        terminalreporter.write_line(
            f"left out: {number} tests of the group '{group}' (no {programs} here); to run them: {INSTALL_LINE}",
            yellow=True,
        )


@pytest.fixture(scope="session")
def servers_folder() -> Iterator[Path]:
    """A short folder for the stores of this run."""
    folder = Path(tempfile.mkdtemp(prefix="sb-"))
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
