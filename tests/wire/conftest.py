"""Where the servers of these tests live."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from switchboard.embedded import start_embedded
from tests.folders import short_folder


@pytest.fixture
def folder() -> Iterator[Path]:
    """With an empty `var`, and a name short enough for the stores' Unix sockets."""
    path = short_folder()
    (path / "var").mkdir()
    yield path
    if any(str(path) in " ".join(process.info["cmdline"] or ()) for process in psutil.process_iter(["cmdline"])):
        # A server that was killed has left its stores running; the last to leave stops them.
        asyncio.run(_leave(path / "var"))
    shutil.rmtree(path, ignore_errors=True)


async def _leave(var: Path) -> None:
    await (await start_embedded(var)).aclose()


@pytest.fixture
def stores(fresh_database: str, valkey_url: str) -> dict[str, str]:
    """The run's own stores as settings, for tests which need no stores that are killed."""
    return {"DATABASE_URL": fresh_database, "REDIS_URL": valkey_url}
