from __future__ import annotations

from datetime import datetime

import pytest

from spoken import Choice, Context


@pytest.fixture
def context() -> Context:
    """Tuesday, 10 March 2026, ten in the morning in New York."""
    return Context(
        now=datetime.fromisoformat("2026-03-10T10:00:00-04:00"),
        tz="America/New_York",
        choices=(Choice("cleaning", ("cleaning",)), Choice("exam", ("exam", "check-up"))),
    )


@pytest.fixture
def british() -> Context:
    return Context(now=datetime.fromisoformat("2026-03-10T10:00:00+00:00"), tz="Europe/London", locale="en-GB")
