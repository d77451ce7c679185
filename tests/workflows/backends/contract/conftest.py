"""Every test below runs over both back ends: the twin in memory has to be faithful."""

from __future__ import annotations

import itertools
from collections.abc import Iterator

import pytest

from tests.databases import Databases
from tests.workflows.backends.world import Opening, opening_on

NUMBERS = itertools.count(1)


@pytest.fixture(scope="session")
def shared_database(databases: object) -> Iterator[str]:
    """One database for all of them: each has a business of its own, which is also what keeps customers apart."""
    assert isinstance(databases, Databases)
    with databases.fresh() as url:
        yield url


@pytest.fixture(params=["memory", "postgres"])
def opening(request: pytest.FixtureRequest) -> Opening:
    """Opens a business on one of the back ends."""
    url = request.getfixturevalue("shared_database") if request.param == "postgres" else ""
    return opening_on(url, f"business {next(NUMBERS)}")
