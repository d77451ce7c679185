"""Every test below runs over both back ends: the twin in memory has to be faithful."""

from __future__ import annotations

import pytest

from tests.workflows.backends.world import Opening, opening_on


@pytest.fixture(params=["memory", "postgres"])
def opening(request: pytest.FixtureRequest) -> Opening:
    """Opens a business on one of the back ends."""
    return opening_on(request.getfixturevalue("fresh_database") if request.param == "postgres" else "")
