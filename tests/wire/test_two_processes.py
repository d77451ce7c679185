"""Two `serve` processes over one record: any of them answers any call, also after kill -9 of the one that had it."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.counts import count
from tests.databases import Databases
from tests.wire.crashes import Moment, Story, crash

pytestmark = pytest.mark.wire

KILLS = count(50, 3)
AT_ONCE = 3
RECOVERY_MS = 2_500.0
ACTING = ("look", "book")
"""steps at which something is being done: its answer moves the script on"""


@pytest.fixture
def recoveries(databases: Databases, valkey_url: str, folder: Path) -> Iterator[list[Story]]:
    """Calls whose server was killed, each over stores of its own, three at once."""
    with ExitStack() as stack:
        stores = [
            {"DATABASE_URL": stack.enter_context(databases.fresh()), "REDIS_URL": valkey_url} for _ in range(KILLS)
        ]

        async def main() -> list[Story]:
            room = asyncio.Semaphore(AT_ONCE)

            async def one(seed: int) -> Story:
                async with room:
                    home = folder / f"k{seed}"
                    (home / "var").mkdir(parents=True)
                    return await crash(home, stores[seed], Moment.drawn(seed))

            async with asyncio.TaskGroup() as group:
                tasks = [group.create_task(one(seed)) for seed in range(KILLS)]
            return [task.result() for task in tasks]

        yield asyncio.run(main())


def test_every_call_goes_on_where_it_was_when_its_process_was_killed(recoveries: list[Story]) -> None:
    for story in recoveries:
        assert len(story.result.streams) == 2 and not story.result.gave_up, story
        before, after = story.runs()
        assert {name: value.value for name, value in after.slots.items()} == {
            name: value.value for name, value in before.slots.items()
        }, story
        if before.step not in ACTING:
            assert (after.script, after.step) == (before.script or after.script, before.step or after.step), story
        assert story.repeated <= 1, story
        assert (story.bookings, story.receipts) == (1, 1), story

    took = sorted(story.recovery_ms for story in recoveries)
    noticed = sorted(story.detected_ms for story in recoveries)
    p95 = took[min(len(took) - 1, round(0.95 * len(took)))]
    print(
        f"\n{len(took)} kills ({sum(story.moment.in_transaction for story in recoveries)} inside the booking's"
        f" transaction): recovery median {took[len(took) // 2]:.0f} ms, p95 {p95:.0f} ms, longest {took[-1]:.0f} ms;"
        f" the carrier noticed within {noticed[-1]:.0f} ms (not counted); questions repeated:"
        f" {sum(story.repeated for story in recoveries)}"
    )
    assert p95 <= RECOVERY_MS
