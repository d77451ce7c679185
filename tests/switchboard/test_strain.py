"""How busy the loop is, told from what its thread has used."""

from __future__ import annotations

import asyncio

import pytest

from calls.clock import LoopClock
from calls.virtual_time import run_virtual
from switchboard import strain
from switchboard.strain import Strain


@pytest.mark.parametrize(("share", "least", "most"), [(0.0, 0.0, 0.0), (0.5, 0.45, 0.5), (1.0, 0.9, 1.0)])
def test_the_share_of_the_last_second(monkeypatch: pytest.MonkeyPatch, share: float, least: float, most: float) -> None:
    async def main() -> float:
        clock = LoopClock()
        monkeypatch.setattr(strain, "thread_ms", lambda: share * clock.now_ms())
        measured = Strain(clock)
        async with asyncio.TaskGroup() as group:
            running = group.create_task(measured.run())
            await clock.sleep_ms(3_000.0)
            running.cancel()
        return measured.busy()

    assert least <= run_virtual(main()) <= most
