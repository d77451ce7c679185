"""Several calls at once, for real. The full count, and the figures, are `python -m tests.prove`'s."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from tests.wire.load import measure

pytestmark = pytest.mark.wire


@pytest.mark.alone
def test_no_caller_hears_a_gap_while_others_call(folder: Path, stores: dict[str, str]) -> None:
    load = asyncio.run(measure(6, False, folder / "var", stores=stores))

    assert load.faults == ()
    assert load.completed == 6
    assert load.starved == 0.0
    assert load.lost == 0
    assert load.frames > 6 * 400
